import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matrix, rowView, takeRows, type Matrix } from '../../../core/linalg/matrix.ts';
import { innerProduct } from '../../../core/linalg/norms.ts';
import { openProbes } from '../../../core/metrics/linear-probe.ts';
import { createRandom } from '../../../core/random.ts';

interface Golden {
  readonly name: string;
  readonly rows: readonly (readonly number[])[];
  readonly labels: readonly number[];
  readonly fits: readonly {
    readonly c: number;
    readonly isBalanced: boolean;
    readonly weights: readonly number[];
    readonly intercept: number;
  }[];
}

const FILE = path.join(import.meta.dirname, '../../fixtures/linear-probe/logistic-regression.json');
const { cases } = JSON.parse(readFileSync(FILE, 'utf8')) as { readonly cases: readonly Golden[] };

function matrixOf(rows: readonly (readonly number[])[]): Matrix {
  return matrix(rows.length, rows[0].length, Float32Array.from(rows.flat()));
}

const everyRow = (rows: Matrix): number[] => Array.from({ length: rows.rows }, (_, row) => row);

describe('openProbes()', () => {
  for (const { name, rows, labels, fits } of cases) {
    for (const { weights, intercept, ...options } of fits) {
      it(`gives scikit-learn's weights for ${name}, C = ${options.c}${options.isBalanced ? ', balanced' : ''}`, () => {
        const given = matrixOf(rows);
        const probe = openProbes(given).fit(everyRow(given), labels, options);
        const tolerance = 1e-3 * Math.max(...weights.map(Math.abs));
        expect(probe.status).toBe('converged');
        weights.forEach((weight, k) => expect(Math.abs(probe.weights[k] - weight)).toBeLessThan(tolerance));
        expect(Math.abs(probe.intercept - intercept)).toBeLessThan(Math.max(tolerance, 1e-3));
      });
    }
  }

  it('finds the plane between two points', () => {
    // By symmetry b = 0, and w = 2 C σ(-w): at C = 1 the solution of w (1 + eʷ) = 2 is 0.7850.
    const rows = matrixOf([[1], [-1]]);
    const { weights, intercept } = openProbes(rows).fit([0, 1], [1, 0]);
    expect(weights[0] * (1 + Math.exp(weights[0]))).toBeCloseTo(2, 8);
    expect(intercept).toBeCloseTo(0, 10);
  });

  it('leaves no slope at its minimum, whatever the rows', () => {
    fc.assert(
      fc.property(
        fc.record({ n: fc.integer({ min: 4, max: 30 }), p: fc.integer({ min: 1, max: 40 }), seed: fc.nat() }),
        fc.double({ min: -3, max: 2, noNaN: true }),
        ({ n, p, seed }, power) => {
          const c = 10 ** power;
          const random = createRandom(seed);
          const rows = matrix(
            n,
            p,
            Float32Array.from({ length: n * p }, () => 2 * random.normal() + 1),
          );
          const labels = Array.from({ length: n }, (_, row) => (row < 2 ? row : random.integer(2)));
          const { weights, scores } = openProbes(rows).fit(everyRow(rows), labels, { c });
          const left = scores.map((score, row) => c * (labels[row] - 1 / (1 + Math.exp(-score))));
          const slope = weights.slice();
          for (let row = 0; row < n; row++)
            rowView(rows, row).forEach((value, k) => (slope[k] -= left[row] * value));
          const scale = 1 + c * n * 3;
          for (const value of slope) expect(Math.abs(value)).toBeLessThan(1e-6 * scale);
          expect(Math.abs(left.reduce((sum, value) => sum + value, 0))).toBeLessThan(1e-6 * scale);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('scores rows that it was not fitted to', () => {
    const random = createRandom(3);
    const rows = matrix(
      20,
      5,
      Float32Array.from({ length: 100 }, () => random.normal()),
    );
    const labels = everyRow(rows).map((row) => row % 2);
    const chosen = everyRow(rows).slice(0, 12);
    const some = openProbes(rows).fit(chosen, labels);
    const alone = openProbes(takeRows(rows, chosen)).fit(chosen, labels);
    expect([...some.weights]).toEqual([...alone.weights]);
    expect(some.scores[15]).toBeCloseTo(innerProduct(rowView(rows, 15), some.weights) + some.intercept, 10);
  });

  it('takes the same rows twice, and rows of zeros', () => {
    const rows = matrixOf([
      [1, 0],
      [1, 0],
      [0, 0],
      [0, 0],
    ]);
    const { scores, status } = openProbes(rows).fit([0, 1, 2, 3], [1, 1, 0, 0]);
    expect(status).toBe('converged');
    expect(scores[0]).toBe(scores[1]);
    expect(scores[0]).toBeGreaterThan(scores[2]);
  });

  it('refuses rows of one kind', () => {
    expect(() => openProbes(matrixOf([[1], [2]])).fit([0, 1], [1, 1])).toThrow(
      'internal: a probe needs rows of both kinds, got 2 of 2',
    );
  });
});
