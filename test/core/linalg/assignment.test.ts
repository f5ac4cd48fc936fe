import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assignRows } from '../../../core/linalg/assignment.ts';

/** Cheapest total over every injection of rows into columns. */
function bruteForce(cost: readonly number[], n: number, m: number, row = 0, used = 0): number {
  if (row === n) return 0;
  let best = Infinity;
  for (let j = 0; j < m; j++) {
    if (used & (1 << j)) continue;
    best = Math.min(best, cost[row * m + j] + bruteForce(cost, n, m, row + 1, used | (1 << j)));
  }
  return best;
}

describe('assignRows()', () => {
  it('costs no more than the best of all matchings', () => {
    const problem = fc
      .record({ n: fc.integer({ min: 1, max: 5 }), extra: fc.integer({ min: 0, max: 1 }) })
      .chain(({ n, extra }) =>
        fc.record({
          n: fc.constant(n),
          m: fc.constant(n + extra),
          cost: fc.array(fc.integer({ min: -9, max: 9 }), {
            minLength: n * (n + extra),
            maxLength: n * (n + extra),
          }),
        }),
      );
    fc.assert(
      fc.property(problem, ({ n, m, cost }) => {
        const columns = assignRows(cost, n, m);
        expect(new Set(columns).size).toBe(n);
        const total = columns.reduce((sum, column, row) => sum + cost[row * m + column], 0);
        expect(total).toBe(bruteForce(cost, n, m));
      }),
      { seed: 1 },
    );
  });
});
