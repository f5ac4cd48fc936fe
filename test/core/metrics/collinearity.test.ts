import { describe, expect, it } from 'vitest';
import { matrix } from '../../../core/linalg/matrix.ts';
import { collinearity } from '../../../core/metrics/collinearity.ts';

const used = (r: number, amounts: readonly number[] = []): ReturnType<typeof matrix> =>
  matrix(
    2,
    r,
    Float32Array.from({ length: 2 * r }, (_, k) => amounts[k % r] ?? 1),
  );

describe('collinearity', () => {
  it('lists pairs above the cosine, closest first, whatever the length of the rows', () => {
    const bank = matrix(4, 2, Float32Array.of(1, 0, 0, 1, 10, 1, 3, 0));
    const { pairs, dead } = collinearity([used(4)], bank);
    expect(pairs.map(({ first, second }) => [first, second])).toEqual([
      [0, 3],
      [0, 2],
      [2, 3],
    ]);
    expect(pairs[0].cosine).toBe(1);
    expect(pairs[1].cosine).toBeCloseTo(10 / Math.sqrt(101), 7);
    expect(dead).toEqual([]);
    expect(collinearity([used(4)], bank, { minCosine: 0.999 }).pairs).toHaveLength(1);
  });

  it('does not call opposite directions collinear', () => {
    expect(collinearity([used(2)], matrix(2, 2, Float32Array.of(1, 2, -1, -2))).pairs).toEqual([]);
  });

  it('finds concepts that are dead by an empty direction or by never being used', () => {
    const bank = matrix(4, 2, Float32Array.of(1, 0, 0, 0, 0, 1, 1, 0));
    const { dead, pairs } = collinearity([used(4, [1, 1, 0, 1e-9])], bank);
    expect(dead).toEqual([1, 2, 3]);
    // Concept 3 points the way of concept 0, but a dead concept disturbs nobody.
    expect(pairs).toEqual([]);
  });

  it('calls every concept of an empty factorisation dead', () => {
    expect(collinearity([matrix(2, 2)], matrix(2, 3)).dead).toEqual([0, 1]);
  });

  it('refuses shapes that do not fit', () => {
    expect(() => collinearity([used(3)], matrix(2, 2))).toThrow(
      'internal: collinearity: 3 columns of coefficients for 2 concepts',
    );
  });
});
