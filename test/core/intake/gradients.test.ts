import { describe, expect, it } from 'vitest';
import { partBetween } from '../../../core/autodiff/part-between.ts';
import { vjp } from '../../../core/autodiff/vjp.ts';
import { prepareModel } from '../../../core/onnx/prepare/prepare-model.ts';
import { encodeModel } from '../../../core/onnx/proto.ts';
import { float32, sizeOf, type Tensor } from '../../../core/tensor.ts';
import { ortSessions } from '../onnx/ort-sessions.ts';
import { intakeCases, modelOf, pictureInput, tensorsOf, type IntakeCase } from './intake-cases.ts';

interface Product {
  readonly a: Tensor<'float32'>;
  readonly gx: Tensor<'float32'>;
}

/** What `tessera vjp` computes: the value at `to`, and the gradient of one element of it by `from`. */
async function product(
  item: IntakeCase,
  from: string,
  to: string,
  x: Tensor<'float32'>,
  element: (dims: readonly number[]) => number | undefined,
): Promise<Product> {
  const part = partBetween(prepareModel(modelOf(item)), { from, to, x });
  const backward = vjp(part.model, { from, to, inputDims: part.inputDims, cotangents: 'single' });
  expect(backward.inputs.others).toEqual([]);
  const v = new Float32Array(sizeOf(backward.aDims));
  const at = element(backward.aDims);
  if (at !== undefined) v[at] = 1;
  const session = await ortSessions('all').open(encodeModel(backward.model));
  try {
    const { a, gx } = await session.run({
      [backward.inputs.x]: x,
      [backward.inputs.v]: float32(v, backward.aDims),
    });
    return { a: a as Tensor<'float32'>, gx: gx as Tensor<'float32'> };
  } finally {
    await session.dispose();
  }
}

const differentiable = intakeCases.flatMap((item) => (item.gradient ? [[item.name, item] as const] : []));

describe.skipIf(intakeCases.length === 0)('gradients of the intake cases (in ../shared)', () => {
  it.each(differentiable)('%s: of the score by the picture and by the cut', async (_, item) => {
    const { picture, score, tolerance } = item.gradient!;
    const want = tensorsOf(item);
    const x = await pictureInput(item, picture);
    const place = (dims: readonly number[]) =>
      score.index.reduce((at, index, axis) => at + index * sizeOf(dims.slice(axis + 1)), 0);
    const whole = await product(item, item.input.name, score.tensor, x, place);
    expect(whole.gx.dims).toEqual(want.get('gx')!.dims);
    expect(whole.gx.data).toBeCloseInNorm(want.get('gx')!.data, tolerance);
    if (!item.cut) return;
    const latent = await product(item, item.input.name, item.cut.tensor, x, () => undefined);
    expect(latent.a.dims).toEqual(item.cut.shape);
    expect(latent.a.data).toBeCloseInNorm(want.get('a')!.data, tolerance);
    const head = await product(item, item.cut.tensor, score.tensor, want.get('a')!, place);
    expect(head.gx.data).toBeCloseInNorm(want.get('ga')!.data, tolerance);
  });
});
