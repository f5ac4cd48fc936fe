import { describe, expect, it } from 'vitest';
import { findCutPoints } from '../../../core/onnx/cut-points.ts';
import type { Model } from '../../../core/onnx/graph.ts';
import { decodeModel } from '../../../core/onnx/proto.ts';
import { specialiseHead } from '../../../core/onnx/specialise.ts';
import { cutModel } from '../../../core/onnx/cut-model.ts';
import { createRandom } from '../../../core/random.ts';
import { float32, sizeOf } from '../../../core/tensor.ts';
import type { Tensor } from '../../../core/tensor.ts';
import {
  fullSizeBytes,
  fullSizeNames,
  randomInput,
  referenceModel,
  referenceNames,
} from './example-models.ts';
import { runModel } from './ort-sessions.ts';

const concepts = 4;
const maskCount = 6;

function product(a: Float32Array, b: Float32Array, inner: number): Float32Array {
  const [rows, cols] = [a.length / inner, b.length / inner];
  const result = new Float32Array(rows * cols);
  for (let i = 0; i < rows; i++)
    for (let k = 0; k < inner; k++)
      for (let j = 0; j < cols; j++) result[i * cols + j] += a[i * inner + k] * b[k * cols + j];
  return result;
}

/** The class's score by the plain head, and through the specialised one, on random concepts and masks. */
async function bothWays(head: Model, latentDims: readonly number[], classIndex: number) {
  const random = createRandom(3);
  const size = sizeOf(latentDims);
  const parts = Float32Array.from({ length: concepts * size }, () => random.uniform());
  const masks = Float32Array.from({ length: maskCount * concepts }, () => random.uniform());
  const [input, output] = [head.graph.inputs[0].name, head.graph.outputs[0].name];
  const batch = (data: Float32Array) => ({
    [input]: float32(data, [data.length / size, ...latentDims.slice(1)]),
  });

  const plain = (await runModel(head, batch(product(masks, parts, concepts))))[output];
  const classes = plain.data.length / maskCount;
  const want = Array.from({ length: maskCount }, (_, row) => Number(plain.data[row * classes + classIndex]));

  const special = specialiseHead(head, { latentDims, classIndex });
  const atZero = await runModel(special.affine, batch(new Float32Array(size)));
  const atParts = await runModel(special.affine, batch(parts));
  const feeds: Record<string, Tensor> = { masks: float32(masks, [maskCount, concepts]) };
  for (const { output: name, features, offset, size: q } of special.frontier) {
    const zero = atZero[name].data as Float32Array;
    feeds[offset] = float32(zero, [q]);
    feeds[features] = float32(
      (atParts[name].data as Float32Array).map((value, index) => value - zero[index % q]),
      [concepts, q],
    );
  }
  if (special.rest) return { want, got: (await runModel(special.rest, feeds)).logit, special };
  const linear = product(masks, feeds.features_0.data as Float32Array, concepts);
  const shift = Number(feeds.offset_0.data[0]);
  return {
    want,
    got: float32(
      linear.map((value) => value + shift),
      [maskCount],
    ),
    special,
  };
}

describe('specialiseHead()', () => {
  it.each(referenceNames)(
    'gives the scores of the plain head of %s at every reference cut and the proposed one',
    async (name) => {
      const { model, cuts } = referenceModel(name);
      const dims = new Map(
        Object.entries(randomInput(model, 1)).map(([key, tensor]) => [key, tensor.dims] as const),
      );
      const found = findCutPoints(model, dims);
      const tensors = new Set([
        ...cuts.map(({ tensor }) => tensor),
        found.find(({ proposed }) => proposed)!.tensor,
      ]);
      for (const cut of found.filter(({ tensor }) => tensors.has(tensor))) {
        const { head } = cutModel(model, cut.tensor);
        const { want, got } = await bothWays(head, cut.shape, 3);
        expect(got.dims).toEqual([maskCount]);
        // Another order of float32 sums; it stays far below this.
        expect(got.data as Float32Array).toBeCloseInNorm(want, 1e-4);
      }
    },
  );

  const full = [
    ['cifar10_resnet20', true],
    ['mobilenet_v2', true],
    ['squeezenet1_1', false],
  ] as const;
  it.skipIf(fullSizeNames.length === 0).each(full)(
    'does so at the proposed cut of %s, where all is affine: %s',
    async (name, isAffine) => {
      const model = decodeModel(fullSizeBytes(name));
      const dims = new Map(
        Object.entries(randomInput(model, 1)).map(([key, tensor]) => [key, tensor.dims] as const),
      );
      const cut = findCutPoints(model, dims).find(({ proposed }) => proposed)!;
      const { want, got, special } = await bothWays(cutModel(model, cut.tensor).head, cut.shape, 7);
      expect(special.isAffine).toBe(isAffine);
      expect(got.data as Float32Array).toBeCloseInNorm(want, 1e-4);
    },
  );

  it.each(referenceNames.filter((name) => name.startsWith('squeezenet')))(
    'computes one class map instead of ten in %s',
    (name) => {
      const { model, cuts } = referenceModel(name);
      const [{ shape, tensor }] = findCutPoints(model, new Map([['input', [1, 3, 47, 43]]])).filter(
        ({ proposed }) => proposed,
      );
      expect(cuts.map((cut) => cut.tensor)).toContain(tensor);
      const { frontier } = specialiseHead(cutModel(model, tensor).head, {
        latentDims: shape,
        classIndex: 2,
      });
      expect(frontier.map(({ size }) => size)).toEqual([25]);
    },
  );

  it('refuses a class that does not exist', () => {
    const { model } = referenceModel('squeezenet_dyn20');
    const { head } = cutModel(model, 'cat_2');
    expect(() => specialiseHead(head, { latentDims: [1, 32, 5, 5], classIndex: 10 })).toThrow(
      'There is no class 10: the output output has 10 classes.',
    );
  });
});
