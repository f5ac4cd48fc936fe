import { vjp } from '../../../core/autodiff/vjp.ts';
import type { BackwardModel } from '../../../core/autodiff/vjp.ts';
import { encodeModel } from '../../../core/onnx/proto.ts';
import type { Tensor } from '../../../core/tensor.ts';
import { referenceModel } from '../onnx/example-models.ts';

/** One product of a reference model: what to feed a backward graph, and what torch got in float64. */
export interface ReferenceProduct {
  readonly label: string;
  readonly backward: BackwardModel;
  readonly bytes: Uint8Array;
  readonly feeds: Readonly<Record<string, Tensor<'float32'>>>;
  readonly want: { readonly a: Float32Array; readonly gx: Float32Array };
}

/** Products of a reference model: input to every cut, every cut to output, and through the whole. */
export function referenceProducts(name: string): readonly ReferenceProduct[] {
  const { model, cuts, tensors } = referenceModel(name);
  const at = (key: string): Tensor<'float32'> => {
    const tensor = tensors.get(key);
    if (tensor === undefined) throw new Error(`${name} has no ${key}`);
    return tensor;
  };
  const [input, output] = [model.graph.inputs[0].name, model.graph.outputs[0].name];
  const inputDims = new Map([[input, at('x').dims]]);
  const product = (
    label: string,
    ends: { from: string; to: string },
    [x, v, a, gx]: readonly string[],
  ): ReferenceProduct => {
    const backward = vjp(model, { ...ends, inputDims, cotangents: 'single' });
    const feeds = { [backward.inputs.x]: at(x), [backward.inputs.v]: at(v) };
    const want = { a: at(a).data, gx: at(gx).data };
    return { label: `${name} ${label}`, backward, bytes: encodeModel(backward.model), feeds, want };
  };
  return [
    ...cuts.flatMap(({ index, tensor }) => [
      product(`input to ${tensor}`, { from: input, to: tensor }, [
        'x',
        `v_${index}`,
        `A_${index}`,
        `gx_${index}`,
      ]),
      product(`${tensor} to output`, { from: tensor, to: output }, [`A_${index}`, 'w', 'y', `ga_${index}`]),
    ]),
    product('whole', { from: input, to: output }, ['x', 'w', 'y', 'gxy']),
  ];
}
