import { describe, expect, it } from 'vitest';
import { weightsByClass, weightsByScore } from '../../../core/factorization/score-weights.ts';
import { matrix } from '../../../core/linalg/matrix.ts';

// Scores [4, 3] of two images of each of the first two classes; the third score is the same in all.
const SCORES = matrix(4, 3, Float32Array.of(10, 0, 5, 12, 0, 5, 0, 1, 5, 0, 3, 5));
const ALL = [0, 1, 2, 3];

describe('weightsByScore()', () => {
  it('is one over the variance of each score over the images that the bank is made on', () => {
    const { data } = weightsByScore(SCORES, [0, 1]);
    expect([...data.slice(0, 3)]).toEqual([1, 0, 0]);
    expect([...data.slice(9)]).toEqual([1, 0, 0]);
    expect(weightsByScore(SCORES, ALL).data[0]).toBeCloseTo(1 / 30.75, 6);
  });
});

describe('weightsByClass()', () => {
  const { data } = weightsByClass(SCORES, [0, 0, 1, 1], ALL);
  const at = (image: number, column: number): number => data[image * 3 + column];

  it('lets the own score of an image count most, in units of how far it stands out in its class', () => {
    // Means over all images 5.5 and 1: squares 4.5², 6.5² and 0², 2².
    expect(at(0, 0) - at(2, 0)).toBeCloseTo(2 / (4.5 ** 2 + 6.5 ** 2), 6);
    expect(at(2, 1) - at(0, 1)).toBeCloseTo(2 / 4, 6);
    expect(at(0, 0)).toBeGreaterThan(5 * at(2, 0));
  });

  it('gives no weight to a score that does not vary, nor more to an image of no class', () => {
    expect(at(0, 2)).toBe(0);
    const none = weightsByClass(SCORES, [-1, 0, 1, 1], ALL).data;
    expect(none[0]).toBe(none[6]);
  });
});
