import { describe, expect, it } from 'vitest';
import type { AblatedImage } from '../../../core/concepts/ablation-head.ts';
import { counterfactual } from '../../../core/concepts/counterfactual.ts';
import { matrix, type Matrix } from '../../../core/linalg/matrix.ts';
import { createRandom } from '../../../core/random.ts';

/** An image whose logits at factors f are `bend(own + Σ (f_c - 1) slopes_c)`. */
function image(
  own: readonly number[],
  slopes: readonly (readonly number[])[],
  bend?: (z: number) => number,
): AblatedImage {
  return {
    isAffine: bend === undefined,
    bytes: 0,
    evaluate: (factors: Matrix) => {
      const logits = matrix(factors.rows, own.length);
      for (let row = 0; row < factors.rows; row++) {
        own.forEach((z, k) => {
          const sum = slopes.reduce(
            (all, slope, c) => all + (factors.data[row * slopes.length + c] - 1) * slope[k],
            z,
          );
          logits.data[row * own.length + k] = bend === undefined ? sum : bend(sum);
        });
      }
      return Promise.resolve(logits);
    },
  };
}

const lead = (logits: Float32Array, target: number): number =>
  logits[target] - Math.max(...[...logits].filter((_, k) => k !== target));

describe('counterfactual() on an affine head', () => {
  // Class 0 leads class 1 by 3. Concept 0 speaks for class 0 (4), concept 1 for class 1 (1), concept 2 for neither.
  const own = [3, 0, -9];
  const slopes = [
    [4, 0, 0],
    [0, 1, 0],
    [1, 1, 5],
  ];

  it('turns down the one concept that is worth most, by hand', async () => {
    const { status, factors, size, logits } = await counterfactual(image(own, slopes), 3, {
      target: 1,
      margin: 0.2,
    });
    expect(status).toBe('found');
    expect(factors).toBeAllclose([1 - 3.2 / 4, 1, 1], { atol: 1e-5 });
    expect(size).toBeCloseTo(0.8, 5);
    expect(lead(logits, 1)).toBeCloseTo(0.2, 4);
  });

  it('takes the next concept to help once the first is used up, by hand', async () => {
    const { status, factors } = await counterfactual(image([4.5, 0, -9], slopes), 3, {
      target: 1,
      margin: 0.1,
    });
    expect(status).toBe('found');
    expect(factors).toBeAllclose([0, 1.6, 1], { atol: 1e-5 });
  });

  it('minds a rival that comes to the fore only by the change', async () => {
    // Turning down concept 0 is cheapest against class 0 but lifts class 2; both must be beaten.
    const { status, factors, logits } = await counterfactual(
      image(
        [2, 0, -1],
        [
          [4, 0, -8],
          [0, 2, 0],
        ],
      ),
      2,
      {
        target: 1,
        margin: 0.1,
      },
    );
    expect(status).toBe('found');
    expect(lead(logits, 1)).toBeGreaterThan(0.05);
    // The programme by hand: minimise d + u with 4d + 2u >= 2.1 and 2u - 8d >= -0.9 (d down, u up).
    expect(factors).toBeAllclose([0.75, 1.55], { atol: 1e-4 });
  });

  it('says that it is not possible where no factors will do, and how near they came', async () => {
    const { status, factors, logits } = await counterfactual(image([9, 0, -9], slopes), 3, { target: 1 });
    expect(status).toBe('not-possible');
    expect([factors[0], factors[1]]).toEqual([0, 2]);
    expect(lead(logits, 1)).toBeCloseTo(-4, 4);
  });

  it('leaves alone what is right already', async () => {
    const { status, size } = await counterfactual(image(own, slopes), 3, { target: 0 });
    expect([status, size]).toEqual(['already', 0]);
  });

  it('refuses a class that does not exist', async () => {
    await expect(counterfactual(image(own, slopes), 3, { target: 7 })).rejects.toThrow(
      'There is no class 7; the model has 3.',
    );
  });

  it('works with one concept and with a dead one', async () => {
    const one = await counterfactual(image([1, 0], [[4, 0]]), 1, { target: 1, margin: 0.2 });
    expect(one.factors).toBeAllclose([0.7], { atol: 1e-5 });
    const dead = await counterfactual(
      image(
        [1, 0],
        [
          [0, 0],
          [4, 0],
        ],
      ),
      2,
      { target: 1, margin: 0.2 },
    );
    expect(dead.factors).toBeAllclose([1, 0.7], { atol: 1e-5 });
    expect((await counterfactual(image([1, 0], [[0, 0]]), 1, { target: 1 })).status).toBe('not-possible');
  });
});

describe('counterfactual() on a head that bends', () => {
  it('finds the same change as on the affine head where bending keeps the order', async () => {
    const random = createRandom(3);
    let flips = 0;
    for (let trial = 0; trial < 20; trial++) {
      const own = Array.from({ length: 5 }, () => random.normal());
      const slopes = Array.from({ length: 6 }, () => own.map(() => random.normal()));
      const target = own.indexOf(Math.min(...own));
      const straight = await counterfactual(image(own, slopes), 6, { target, margin: 1e-3 });
      const bent = await counterfactual(
        image(own, slopes, (z) => Math.sinh(z)),
        6,
        { target, margin: 1e-3 },
      );
      if (straight.status !== 'found') {
        expect(bent.status).toBe('not-found');
        continue;
      }
      flips++;
      expect(bent.status).toBe('found');
      expect(lead(bent.logits, target)).toBeGreaterThan(0);
      expect(bent.size).toBeLessThan(1.02 * straight.size + 0.01);
    }
    expect(flips).toBeGreaterThan(5);
  });

  it('finds the way out of a dead zone, where nothing moves near no change', async () => {
    const relu = (z: number) => Math.max(0, z);
    const { status, factors, logits } = await counterfactual(image([-0.5, -0.6], [[0, 2]], relu), 1, {
      target: 1,
      margin: 0.01,
    });
    expect(status).toBe('found');
    expect(lead(logits, 1)).toBeGreaterThan(0);
    // 2 (f - 1) - 0.6 >= 0.01 from f = 1.305 on; the way back is tried in 64 steps.
    expect(factors[0]).toBeGreaterThan(1.3);
    expect(factors[0]).toBeLessThan(1.33);
  });
});
