import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { directionOf, inUnits, ownAmounts, withoutOwn } from '../../../../core/concepts/own/own-direction.ts';
import { bankWithOwn, codesWithOwn, directionOverlap } from '../../../../core/concepts/own/own-game.ts';
import { reconstruct } from '../../../../core/concepts/reconstruct.ts';
import { matrix, rowView, type Matrix } from '../../../../core/linalg/matrix.ts';
import { innerProduct } from '../../../../core/linalg/norms.ts';
import { openProbes } from '../../../../core/metrics/linear-probe.ts';
import { createRandom } from '../../../../core/random.ts';

function noise(rows: number, cols: number, seed: number): Matrix {
  const random = createRandom(seed);
  return matrix(
    rows,
    cols,
    Float32Array.from({ length: rows * cols }, () => Math.abs(random.normal())),
  );
}

describe('ownAmounts()', () => {
  const own = { direction: Float32Array.of(1, 0), border: 2, usual: 0.5 };

  it('is how far an activation lies beyond the usual, where the probe sees the concept', () => {
    const rows = matrix(3, 2, Float32Array.of(3, 7, 1.9, 7, 2.5, 0));
    expect([...ownAmounts(rows, own)]).toEqual([2.5, 0, 2]);
  });

  it('leaves what is usual where it is taken away, and all else as it was', () => {
    const rows = matrix(2, 2, Float32Array.of(3, 7, 1, 7));
    expect([...withoutOwn(rows, own, ownAmounts(rows, own)).data]).toEqual([0.5, 7, 1, 7]);
  });
});

describe('directionOf()', () => {
  it('is that of the probe, of unit length, with its border in units of the activations', () => {
    const raw = noise(20, 6, 4);
    const labels = Array.from({ length: 20 }, (_, row) => row % 2);
    const { rows, unit } = inUnits(raw);
    const probe = openProbes(rows).fit([...labels.keys()], labels);
    const others = matrix(1, 6, rowView(rows, 0));
    const { direction, border, usual } = directionOf(probe, unit, others);
    expect(innerProduct(direction, direction)).toBeCloseTo(1, 5);
    for (const row of [0, 1, 7]) {
      const product = innerProduct(rowView(raw, row), direction);
      expect(product > border).toBe(probe.scores[row] > 0);
    }
    expect(usual).toBeCloseTo(innerProduct(rowView(raw, 0), direction), 4);
  });

  it('does not depend on the unit of the activations', () => {
    const raw = noise(16, 5, 9);
    const labels = Array.from({ length: 16 }, (_, row) => Number(row < 6));
    const [one, hundred] = [1, 100].map((factor) => {
      const scaled = matrix(
        16,
        5,
        raw.data.map((value) => value * factor),
      );
      const { rows, unit } = inUnits(scaled);
      return directionOf(openProbes(rows).fit([...labels.keys()], labels), unit, rows);
    });
    one.direction.forEach((value, k) => expect(value).toBeCloseTo(hundred.direction[k], 4));
    expect(hundred.border).toBeCloseTo(100 * one.border, 2);
  });
});

describe('the game with an own concept', () => {
  it('adds up to the activations, whatever the direction', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 5 }), async (seed, r) => {
        const [rows, bank] = [noise(9, 7, seed), noise(r, 7, seed + 1)];
        const random = createRandom(seed + 2);
        const raw = Array.from({ length: 7 }, () => random.normal());
        const length = Math.hypot(...raw);
        const own = {
          direction: Float32Array.from(raw, (value) => value / length),
          border: 0.2,
          usual: -0.1,
        };
        const amounts = ownAmounts(rows, own);
        const codes = await codesWithOwn(rows, bank, own, amounts);
        // The found concepts explain what the own one leaves: no better codes of it are to be had.
        const remains = withoutOwn(rows, own, amounts);
        const rebuilt = reconstruct(codes, bankWithOwn(bank, own));
        for (let row = 0; row < 9; row++) {
          expect(codes.data[row * (r + 1) + r]).toBe(amounts[row]);
          const left = Float64Array.from(rowView(rows, row), (value, k) => value - rebuilt.data[row * 7 + k]);
          for (let c = 0; c < r; c++) {
            const slope = innerProduct(left, Float64Array.from(rowView(bank, c)));
            expect(slope).toBeLessThan(1e-3);
            if (codes.data[row * (r + 1) + c] > 1e-3) expect(slope).toBeGreaterThan(-1e-3);
          }
          expect(remains.data[row * 7]).toBeCloseTo(rows.data[row * 7] - amounts[row] * own.direction[0], 5);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('gives a concept that was also found all of its part, and leaves the found one nothing', async () => {
    const bank = matrix(2, 3, Float32Array.of(1, 0, 0, 0, 1, 0));
    const rows = matrix(1, 3, Float32Array.of(4, 2, 0));
    const own = { direction: Float32Array.of(1, 0, 0), border: 1, usual: 0 };
    const codes = await codesWithOwn(rows, bank, own, ownAmounts(rows, own));
    [0, 2, 4].forEach((value, c) => expect(codes.data[c]).toBeCloseTo(value, 6));
  });

  it('says what a direction has in common with those that were found', () => {
    const bank = matrix(3, 3, Float32Array.of(1, 0, 0, 0.6, 0.8, 0, 0, 0, 0));
    const own = { direction: Float32Array.of(0, 0.8, 0.6), border: 0, usual: 0 };
    const { nearest, spanned } = directionOverlap(bank, own);
    expect(nearest?.concept).toBe('c1');
    expect(nearest?.cosine).toBeCloseTo(0.64, 6);
    // Of its length 0.8² lies in the plane of the first two channels, which the bank spans.
    expect(spanned).toBeCloseTo(0.64, 6);
    expect(directionOverlap(matrix(1, 3), own)).toEqual({ spanned: 0 });
  });
});
