import { describe, expect, it } from 'vitest';
import { matrix } from '../../../core/linalg/matrix.ts';
import { confusionPairs } from '../../../core/metrics/confusion-pairs.ts';

const rows = (...values: readonly (readonly number[])[]) =>
  matrix(values.length, values[0].length, Float32Array.from(values.flat()));
const judged = (...pairs: readonly (readonly [number | undefined, number])[]) =>
  pairs.map(([truth, predicted]) => ({ truth, predicted }));

describe('confusionPairs()', () => {
  it('compares the confused images with the right ones of the predicted class, by hand', () => {
    const images = judged([0, 0], [0, 0], [1, 0], [1, 0]);
    const [pair, ...others] = confusionPairs(images, rows([4, 1], [4, 1], [0, 1], [0, 1]));
    expect(others).toEqual([]);
    expect(pair).toMatchObject({
      truth: 1,
      predicted: 0,
      images: [2, 3],
      reference: 'predicted',
      referenceImages: 2,
    });
    // Means 0 and 4, standard deviation 2 over all images; the second concept does not vary.
    expect(pair.differences).toEqual([
      { concept: 0, difference: -2 },
      { concept: 1, difference: 0 },
    ]);
  });

  it('falls back on the right images of the true class, then on all others, then on nothing', () => {
    const strengths = rows([1], [2], [3]);
    expect(confusionPairs(judged([0, 0], [0, 1], [0, 2]), strengths)[0]).toMatchObject({
      truth: 0,
      predicted: 1,
      reference: 'truth',
      referenceImages: 1,
    });
    expect(confusionPairs(judged([0, 1], [undefined, 1], [undefined, 1]), strengths)[0]).toMatchObject({
      reference: 'others',
      referenceImages: 2,
    });
    expect(confusionPairs(judged([0, 1]), rows([1]))[0]).toMatchObject({
      referenceImages: 0,
      differences: [],
    });
  });

  it('puts the most frequent pair first and names none where all is right or unknown', () => {
    const strengths = rows([1], [2], [3]);
    const pairs = confusionPairs(judged([0, 1], [2, 1], [2, 1]), strengths);
    expect(pairs.map(({ truth, images }) => [truth, images.length])).toEqual([
      [2, 2],
      [0, 1],
    ]);
    expect(confusionPairs(judged([0, 0], [1, 1], [undefined, 0]), strengths)).toEqual([]);
  });

  it('refuses images without a row', () => {
    expect(() => confusionPairs(judged([0, 1]), rows([1], [2]))).toThrow('1 images, 2 rows');
  });
});
