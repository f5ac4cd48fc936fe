import { describe, expect, it } from 'vitest';
import { linearProgramme, type LinearProgramme } from '../../../core/linalg/linear-programme.ts';
import { createRandom } from '../../../core/random.ts';

const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((sum, value, i) => sum + value * b[i], 0);

/** The best of all vertices of a programme in two variables: every pair of lines, crossed. */
function bestVertex({ costs, constraints }: LinearProgramme): number {
  const lines = [...constraints, { row: [1, 0], atLeast: 0 }, { row: [0, 1], atLeast: 0 }];
  let best = Infinity;
  lines.forEach((a, i) =>
    lines.slice(i + 1).forEach((b) => {
      const determinant = a.row[0] * b.row[1] - a.row[1] * b.row[0];
      if (Math.abs(determinant) < 1e-9) return;
      const x = [
        (a.atLeast * b.row[1] - b.atLeast * a.row[1]) / determinant,
        (a.row[0] * b.atLeast - b.row[0] * a.atLeast) / determinant,
      ];
      if (lines.every(({ row, atLeast }) => dot(row, x) >= atLeast - 1e-9))
        best = Math.min(best, dot(costs, x));
    }),
  );
  return best;
}

describe('linearProgramme()', () => {
  it('takes the cheaper variable up to its limit and the dearer for the rest, by hand', () => {
    // 2x + y >= 3 with x <= 1 costs least at (1, 1).
    const { status, x } = linearProgramme({
      costs: [1, 1],
      constraints: [
        { row: [2, 1], atLeast: 3 },
        { row: [-1, 0], atLeast: -1 },
      ],
    });
    expect(status).toBe('optimal');
    expect(x).toBeAllclose([1, 1], { atol: 1e-12 });
  });

  it('stays at nothing where nothing is asked', () => {
    expect(linearProgramme({ costs: [1, 2], constraints: [] })).toEqual({
      status: 'optimal',
      x: Float64Array.of(0, 0),
    });
  });

  it('says so when the constraints contradict each other', () => {
    const constraints = [
      { row: [1], atLeast: 2 },
      { row: [-1], atLeast: -1 },
    ];
    expect(linearProgramme({ costs: [1], constraints }).status).toBe('infeasible');
  });

  it('finds the best vertex of 300 random programmes in two variables, or that there is none', () => {
    const random = createRandom(4);
    let feasible = 0;
    for (let trial = 0; trial < 300; trial++) {
      const programme: LinearProgramme = {
        costs: [random.uniform(), random.uniform()],
        constraints: Array.from({ length: 5 }, () => ({
          row: [random.normal(), random.normal()],
          atLeast: random.normal(),
        })),
      };
      const { status, x } = linearProgramme(programme);
      const want = bestVertex(programme);
      expect(status).toBe(want === Infinity ? 'infeasible' : 'optimal');
      if (want === Infinity) continue;
      feasible++;
      expect(dot(programme.costs, x)).toBeCloseTo(want, 8);
    }
    expect(feasible).toBeGreaterThan(50);
    expect(feasible).toBeLessThan(300);
  });
});
