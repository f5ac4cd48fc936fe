import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ImplicitError } from '../../../core/implicit/errors.ts';
import { iterativeRefinement, refine } from '../../../core/implicit/linear-solve/dense-solve.ts';
import {
  denseMatrix,
  denseOperator,
  transposeOperator,
} from '../../../core/implicit/linear-solve/linear-operator.ts';
import { linearSolver, linearSolverNames } from '../../../core/implicit/linear-solve/linear-solve.ts';
import type { LinearSolverName } from '../../../core/implicit/linear-solve/linear-solve.ts';
import { luFactor } from '../../../core/implicit/linear-solve/lu-factor.ts';
import { createRandom } from '../../../core/random.ts';
import { expectClose, readGolden } from '../../fixtures/implicit/golden.ts';
import type { GoldenArray } from '../../fixtures/implicit/golden.ts';

interface Case {
  readonly id: string;
  readonly A: GoldenArray;
  readonly b: GoldenArray;
  readonly x: GoldenArray;
  readonly x_transpose: GoldenArray;
  readonly cond: number;
  readonly solvers: readonly string[];
}
const { cases } = readGolden<{ cases: readonly Case[] }>('linear_solvers');
const nameOf = (golden: string): LinearSolverName => golden.replace('_', '-') as LinearSolverName;
const operatorOf = ({ A }: Case): ReturnType<typeof denseOperator> =>
  denseOperator(Float64Array.from(A.data), A.shape[0]);

function randomOperator(n: number, seed: number, symmetric = false): ReturnType<typeof denseOperator> {
  const random = createRandom(seed);
  const matrix = Float64Array.from({ length: n * n }, () => random.normal());
  if (symmetric)
    for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) matrix[i * n + j] = matrix[j * n + i]!;
  for (let i = 0; i < n; i++) matrix[i * n + i] += 3 * Math.sqrt(n);
  return denseOperator(matrix, n);
}

describe('linear solvers against 40-digit solutions', () => {
  for (const item of cases) {
    const names = [
      ...item.solvers.map(nameOf),
      'auto' as const,
      ...(item.solvers.includes('cg') ? ['cholesky' as const] : []),
    ];
    it(`${item.id} (condition ${item.cond.toPrecision(2)}): ${names.join(', ')}`, () => {
      const operator = operatorOf(item);
      const b = Float64Array.from(item.b.data);
      for (const name of names) {
        const easy = item.cond < 1e3;
        const tolerance = easy ? 1e-9 : name === 'normal-cg' ? 1e-3 : 1e-6;
        // Loss of conjugacy at condition 1e6 costs Krylov methods many times n steps.
        const options = { tol: 1e-12, ...(easy ? {} : { maxIter: 20_000 }) };
        const solution = linearSolver(name)(operator, b, options);
        expect(solution.status, name).toBe('converged');
        expectClose(solution.x, item.x, tolerance);
        expectClose(
          linearSolver(name)(transposeOperator(operator), b, options).x,
          item.x_transpose,
          tolerance,
        );
      }
    });
  }
});

describe('linear solvers', () => {
  const general = linearSolverNames.filter((name) => name !== 'cg' && name !== 'cholesky');

  it('solve random systems, with ridge, preconditioner and warm start', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.integer(), (n, seed) => {
        const operator = randomOperator(n, seed);
        const random = createRandom(seed + 1);
        const want = Float64Array.from({ length: n }, () => random.normal());
        const matrix = denseMatrix(operator);
        const preconditioner = (r: Float64Array): Float64Array => r.map((v, i) => v / matrix[i * n + i]);
        for (const name of general) {
          const b = operator.apply(want);
          const shifted = b.map((v, i) => v + 0.5 * want[i]);
          const options = { tol: 1e-12, preconditioner };
          expect(linearSolver(name)(operator, b, options).x).toBeAllclose(want, { atol: 1e-8 });
          expect(linearSolver(name)(operator, shifted, { ...options, ridge: 0.5 }).x).toBeAllclose(want, {
            atol: 1e-8,
          });
          const warm = linearSolver(name)(operator, b, { ...options, init: want });
          expect(warm.x).toBeAllclose(want, { atol: 1e-8 });
        }
      }),
      { numRuns: 15 },
    );
  });

  it('a warm start at the solution costs no step', () => {
    const operator = randomOperator(8, 3);
    const want = Float64Array.from({ length: 8 }, (_, i) => i - 3);
    for (const name of ['gmres', 'bicgstab', 'normal-cg'] as const) {
      expect(linearSolver(name)(operator, operator.apply(want), { init: want }).iterations).toBe(0);
    }
  });

  it('gmres converges through restarts', () => {
    const operator = randomOperator(60, 5);
    const want = new Float64Array(60).fill(1);
    const solution = linearSolver('gmres')(operator, operator.apply(want), { restart: 5, tol: 1e-11 });
    expect(solution.status).toBe('converged');
    expect(solution.iterations).toBeGreaterThan(5);
    expect(solution.x).toBeAllclose(want, { atol: 1e-9 });
  });

  it('beyond 500 unknowns the default needs products only', () => {
    const n = 600;
    const apply = (v: Float64Array): Float64Array =>
      v.map((x, i) => 4 * x - (v[i - 1] ?? 0) - 2 * (v[i + 1] ?? 0));
    const want = Float64Array.from({ length: n }, (_, i) => Math.sin(i));
    const solution = linearSolver('auto')({ size: n, apply }, apply(want), { tol: 1e-12 });
    expect(solution.status).toBe('converged');
    expect(solution.x).toBeAllclose(want, { atol: 1e-9 });
  });

  it('report max-iterations with the best they have', () => {
    const operator = randomOperator(30, 8, true);
    const b = new Float64Array(30).fill(1);
    for (const name of ['cg', 'normal-cg', 'bicgstab', 'gmres'] as const) {
      const solution = linearSolver(name)(operator, b, { maxIter: 2, tol: 1e-14 });
      expect(solution.status, name).toBe('max-iterations');
      expect(solution.residual).toBeGreaterThan(1e-14);
    }
  });

  it('report breakdown on singular inconsistent systems, never values that look fine', () => {
    const operator = denseOperator(Float64Array.of(1, 1, 1, 1), 2);
    for (const name of linearSolverNames) {
      const { status, x } = linearSolver(name)(operator, Float64Array.of(1, 0));
      expect(status, name).not.toBe('converged');
      expect(x.length).toBe(2);
    }
  });

  it('report breakdown when the operator gives values that are not finite', () => {
    const operator = denseOperator(Float64Array.of(NaN, 0, 0, 1), 2);
    for (const name of linearSolverNames) {
      expect(linearSolver(name)(operator, Float64Array.of(1, 1)).status, name).toBe('breakdown');
    }
  });

  it('cg and cholesky notice a matrix that is not positive definite', () => {
    const operator = denseOperator(Float64Array.of(1, 0, 0, -1), 2);
    expect(linearSolver('cg')(operator, Float64Array.of(1, 1)).status).toBe('breakdown');
    expect(linearSolver('cholesky')(operator, Float64Array.of(1, 1)).status).toBe('breakdown');
  });

  it('minimum-norm and normal-cg find the shortest solution of a singular consistent system', () => {
    const operator = denseOperator(Float64Array.of(1, 1, 0, 1, 1, 0, 0, 0, 2), 3);
    for (const name of ['minimum-norm', 'normal-cg'] as const) {
      const { x, status } = linearSolver(name)(operator, Float64Array.of(2, 2, 4), { tol: 1e-12 });
      expect(status).toBe('converged');
      expect(x).toBeAllclose([1, 1, 2], { atol: 1e-10 });
    }
  });

  it('answer zero for a zero right-hand side, even of a singular matrix by iteration', () => {
    const operator = denseOperator(new Float64Array(4), 2);
    for (const name of ['cg', 'gmres', 'bicgstab', 'normal-cg'] as const) {
      expect(Array.from(linearSolver(name)(operator, new Float64Array(2)).x)).toEqual([0, 0]);
    }
  });

  it('refinement makes a solution from a rounded factorisation exact', () => {
    const n = 20;
    const operator = randomOperator(n, 4);
    const rough = luFactor(Float64Array.from(Float32Array.from(denseMatrix(operator))), n);
    const want = new Float64Array(n).fill(1);
    const b = operator.apply(want);
    expect(rough.solve(b)).not.toBeAllclose(want, { atol: 1e-12 });
    expect(refine(operator, rough.solve, b, { maxSteps: 10 }).x).toBeAllclose(want, { atol: 1e-12 });
  });

  it('iterative refinement corrects a solver of a nearby system, and says when it cannot', () => {
    const operator = randomOperator(20, 6);
    const want = Float64Array.from({ length: 20 }, (_, i) => Math.sin(i));
    const b = operator.apply(want);
    const ridged = iterativeRefinement(linearSolver('lu'), { ridge: 0.5 });
    const solution = ridged(operator, b, { tol: 1e-13 });
    expect(solution.status).toBe('converged');
    expect(solution.iterations).toBeGreaterThan(1);
    expect(solution.x).toBeAllclose(want, { atol: 1e-11 });
    expect(ridged(operator, b, { tol: 1e-13, init: want }).iterations).toBe(0);
    expect(ridged(operator, b, { tol: 1e-13, maxIter: 1 }).status).toBe('max-iterations');
    const useless = iterativeRefinement(linearSolver('lu'), { ridge: -100 });
    expect(useless(operator, b, { tol: 1e-13 }).status).toBe('breakdown');
  });

  it('do not claim what their recursion believes: a matrix that is not theirs is a breakdown', () => {
    const skewed = denseOperator(Float64Array.of(2, 5, -1, 3), 2);
    expect(linearSolver('cholesky')(skewed, Float64Array.of(1, 1)).status).toBe('breakdown');
    const nearlySingular = denseOperator(Float64Array.of(1, 1, 1, 1 + 1e-15), 2);
    for (const name of linearSolverNames) {
      const { status, residual } = linearSolver(name)(nearlySingular, Float64Array.of(1, 2));
      expect(status === 'converged' ? residual : 0, name).toBeLessThan(1e-6);
    }
  });

  it('refuse options that mean nothing', () => {
    const operator = randomOperator(2, 1);
    const b = Float64Array.of(1, 1);
    for (const name of linearSolverNames) {
      const solve = linearSolver(name);
      expect(() => solve(operator, b, { tol: NaN }), name).toThrow('tol must be 0 or more, got NaN');
      expect(() => solve(operator, b, { maxIter: -1 }), name).toThrow('maxIter must be a whole number');
      expect(() => solve(operator, b, { ridge: Infinity }), name).toThrow('ridge must be a number');
    }
  });

  it('refuse lengths that do not fit and names they do not know', () => {
    const operator = randomOperator(3, 1);
    expect(() => linearSolver('gmres')(operator, new Float64Array(2))).toThrow(
      "linear solve: b must have the operator's size 3, got 2",
    );
    expect(() => linearSolver('jacobi' as LinearSolverName)).toThrow('unknown linear solver "jacobi"');
    expect(() => linearSolver('normal-cg')({ size: 1, apply: (v) => v }, Float64Array.of(1))).toThrow(
      ImplicitError,
    );
  });
});
