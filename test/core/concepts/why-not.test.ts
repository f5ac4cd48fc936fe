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

const LARGEST = { rule: { kind: 'largest', classes: 3 } } as const;

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
    const { margin, changes } = await whyNot(image, LARGEST, 3, { ahead: 0, other: 1 });
    expect(margin).toBe(2);
    expect([...changes]).toEqual([1.5, -1, 0]);
  });

  it('turns its sign with the classes', async () => {
    const image = affine([5, 3, 0], [[2, 0.5, 9]]);
    const { margin, changes } = await whyNot(image, LARGEST, 1, { ahead: 1, other: 0 });
    expect([margin, changes[0]]).toEqual([-2, -1.5]);
  });

  it.each([
    { what: 'a probability', at: 0, value: 1.5, margin: 1.5 },
    { what: 'a probability with a border of its own', at: -1, value: 1.5, margin: 2.5 },
    { what: 'a number', at: 30, value: 34, margin: 4 },
  ])('counts the distance from the border of $what once', async ({ at, value, margin }) => {
    // The columns of two sides are -v and v: their difference would count it twice, and from 0.
    const image = affine([-value, value], [[-0.5, 0.5]]);
    const rule = { kind: 'sides', value: 'upper', at, isLogit: at < 30 } as const;
    const found = await whyNot(image, { rule }, 1, { ahead: 1, other: 0 });
    expect(found.margin).toBeCloseTo(margin, 5);
    expect(found.changes[0]).toBeCloseTo(0.5, 5);
  });

  it('leaves what a run asks beside the classes out of it', async () => {
    // Three classes, and the lead of the first over the second.
    const image = affine([5, 3, 0, 2], [[2, 0.5, 9, 1.5]]);
    const { margin } = await whyNot(image, LARGEST, 1, { ahead: 0, other: 2 });
    expect(margin).toBe(5);
  });
});
