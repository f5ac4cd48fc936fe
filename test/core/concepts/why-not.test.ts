import { describe, expect, it } from 'vitest';
import { whyNot } from '../../../core/concepts/why-not.ts';
import { matrix, rowView, type Matrix } from '../../../core/linalg/matrix.ts';

/** Logits [3] = own + Σ_c (f_c - 1) G_c, as an affine head gives them. */
const affine = (own: readonly number[], features: readonly (readonly number[])[]) => ({
  isAffine: true,
  bytes: 0,
  evaluate: (factors: Matrix) =>
    Promise.resolve(
      matrix(
        factors.rows,
        own.length,
        Float32Array.from(
          Array.from({ length: factors.rows }, (_, row) =>
            own.map((logit, k) =>
              features.reduce((sum, of, c) => sum + (rowView(factors, row)[c] - 1) * of[k], logit),
            ),
          ).flat(),
        ),
      ),
    ),
});

describe('whyNot()', () => {
  it('is what each concept adds to the lead, by hand', async () => {
    const image = affine(
      [5, 3, 0],
      [
        [2, 0.5, 9],
        [0, 1, 0],
        [1, 1, 0],
      ],
    );
    const { margin, changes } = await whyNot(image, 3, { ahead: 0, other: 1 });
    expect(margin).toBe(2);
    expect([...changes]).toEqual([1.5, -1, 0]);
  });

  it('turns its sign with the classes', async () => {
    const image = affine([5, 3, 0], [[2, 0.5, 9]]);
    const { margin, changes } = await whyNot(image, 1, { ahead: 1, other: 0 });
    expect([margin, changes[0]]).toEqual([-2, -1.5]);
  });
});
