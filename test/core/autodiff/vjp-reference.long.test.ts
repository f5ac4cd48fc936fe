import { describe, expect, test } from 'vitest';
import { vjp } from '../../../core/autodiff/vjp.ts';
import { encodeModel } from '../../../core/onnx/proto.ts';
import type { Tensor } from '../../../core/tensor.ts';
import { hasShared, referenceModel, referenceNames } from '../onnx/example-models.ts';
import type { ReferenceModel } from '../onnx/example-models.ts';
import { ortSessions } from '../onnx/ort-sessions.ts';

/** Every `tol` of the reference files: torch itself agrees with float64 to 2e-6 there, so more is a wrong formula. */
const RTOL = 1e-4;

async function products(
  { model }: ReferenceModel,
  ends: { from: string; to: string },
  x: Tensor<'float32'>,
  v: Tensor<'float32'>,
  inputDims: readonly number[],
): Promise<{ a: Float32Array; gx: Float32Array }> {
  const name = model.graph.inputs[0].name;
  const backward = vjp(model, { ...ends, inputDims: new Map([[name, inputDims]]), cotangents: 'single' });
  expect(backward.inputs.others).toEqual([]);
  const session = await ortSessions('all').open(encodeModel(backward.model));
  try {
    const { a, gx } = await session.run({ [backward.inputs.x]: x, [backward.inputs.v]: v });
    expect(gx.dims).toEqual(x.dims);
    return { a: a.data as Float32Array, gx: gx.data as Float32Array };
  } finally {
    await session.dispose();
  }
}

describe(`vjp() on the reference models (${hasShared ? 'all' : 'kept ones only: ../shared is absent'})`, () => {
  test.each(referenceNames)(
    '%s: gradients to and from every cut and through the whole agree with torch',
    async (name) => {
      const reference = referenceModel(name);
      const at = (key: string): Tensor<'float32'> => {
        const tensor = reference.tensors.get(key);
        if (tensor === undefined) throw new Error(`${name} has no ${key}`);
        return tensor;
      };
      const x = at('x');
      const input = reference.model.graph.inputs[0].name;
      const output = reference.model.graph.outputs[0].name;
      for (const { index, tensor } of reference.cuts) {
        const latent = await products(reference, { from: input, to: tensor }, x, at(`v_${index}`), x.dims);
        expect(latent.a).toBeCloseInNorm(at(`A_${index}`).data, RTOL);
        expect(latent.gx).toBeCloseInNorm(at(`gx_${index}`).data, RTOL);
        const head = await products(
          reference,
          { from: tensor, to: output },
          at(`A_${index}`),
          at('w'),
          x.dims,
        );
        expect(head.a).toBeCloseInNorm(at('y').data, RTOL);
        expect(head.gx).toBeCloseInNorm(at(`ga_${index}`).data, RTOL);
      }
      const whole = await products(reference, { from: input, to: output }, x, at('w'), x.dims);
      expect(whole.gx).toBeCloseInNorm(at('gxy').data, RTOL);
    },
  );
});
