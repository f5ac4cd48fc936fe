import { choleskyFactor } from './cholesky-factor.ts';
import { luFactor } from './lu-factor.ts';
import { denseMatrix, denseOperator } from './linear-operator.ts';
import type { LinearOperator, LinearSolver } from './linear-operator.ts';
import { prepare } from './prepare.ts';
import { addScaled, norm, subtract } from './vector.ts';

/** Improved by {@link refine}: the solution and how many corrections it took. */
interface Refined {
  readonly x: Float64Array;
  readonly steps: number;
}

/**
 * Iterative refinement (Wilkinson 1963): corrects x by solves with the residual while that still halves it.
 *
 * `solve` is any approximate inverse, such as a factorisation of a nearby or rounded matrix.
 */
export function refine(
  operator: LinearOperator,
  solve: (b: Float64Array) => Float64Array,
  b: Float64Array,
  { maxSteps = 5, tol = 0 } = {},
): Refined {
  let x = solve(b);
  let r = subtract(b, operator.apply(x));
  for (let step = 0; step < maxSteps; step++) {
    if (!(norm(r) > tol * norm(b))) return { x, steps: step };
    const candidate = Float64Array.from(x);
    addScaled(candidate, 1, solve(r));
    const next = subtract(b, operator.apply(candidate));
    if (!(norm(next) < 0.5 * norm(r))) return { x, steps: step };
    x = candidate;
    r = next;
  }
  return { x, steps: maxSteps };
}

/** Assembles A and solves by LU with refinement. Any regular A; O(n³). `breakdown`: A is numerically singular. */
export const lu: LinearSolver = (operator, b, options = {}) => {
  const { a, x, finish } = prepare(operator, b, options);
  const matrix = denseMatrix(a);
  const factor = luFactor(matrix, a.size);
  if (factor.singular) return finish(x, 'breakdown', 0);
  const refined = refine(denseOperator(matrix, a.size), factor.solve, b);
  return finish(refined.x, 'converged', refined.steps);
};

/** Assembles A and solves by Cholesky with refinement. `breakdown`: A is not positive definite. */
export const cholesky: LinearSolver = (operator, b, options = {}) => {
  const { a, x, finish } = prepare(operator, b, options);
  const matrix = denseMatrix(a);
  const factor = choleskyFactor(matrix, a.size);
  if (!factor.definite) return finish(x, 'breakdown', 0);
  const refined = refine(denseOperator(matrix, a.size), factor.solve, b);
  return finish(refined.x, 'converged', refined.steps);
};
