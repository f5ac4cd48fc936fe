import { choleskyFactor } from './cholesky-factor.ts';
import { luFactor } from './lu-factor.ts';
import { denseMatrix, denseOperator } from './linear-operator.ts';
import type { LinearOperator, LinearSolveOptions, LinearSolver } from './linear-operator.ts';
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
  const { a, x, finish } = prepare(assembled(operator), b, options);
  const rounding = 4 * a.size * Number.EPSILON;
  const { rankTol = 0 } = options;
  // Only where entries are known to fewer digits than 64 bits hold is a small pivot more than small.
  const tolerance = rankTol > 1e-10 ? Math.max(rankTol, rounding) : rounding;
  const kept = options.ridge ? undefined : operator.factorise?.(tolerance);
  const factor = kept ?? luFactor(denseMatrix(a), a.size, tolerance);
  if (factor.singular) return finish(x, 'breakdown', 0);
  const refined = refine(a, factor.solve, b);
  return finish(refined.x, 'converged', refined.steps);
};

/** Assembles A and solves by Cholesky with refinement. `breakdown`: A is not symmetric positive definite. */
export const cholesky: LinearSolver = (operator, b, options = {}) => {
  const { a, x, finish } = prepare(assembled(operator), b, options);
  const factor = choleskyFactor(denseMatrix(a), a.size);
  if (!factor.definite) return finish(x, 'breakdown', 0);
  const refined = refine(a, factor.solve, b);
  return finish(refined.x, 'converged', refined.steps);
};

const assembled = (operator: LinearOperator): LinearOperator =>
  denseOperator(denseMatrix(operator), operator.size);

/**
 * A solver that corrects what another one finds for a nearby system: iterative refinement around any method.
 *
 * `inner` solves with `innerOptions` (a ridge, a loose tol, a preconditioner), the residual is that of A itself. Status
 * `max-iterations` after `maxIter` corrections (default 50 here), `breakdown` when a correction no longer helps.
 */
export function iterativeRefinement(
  inner: LinearSolver,
  innerOptions: LinearSolveOptions = {},
): LinearSolver {
  return (operator, b, options = {}) => {
    const { a, tol, bNorm, x, r: first, finish } = prepare(operator, b, options);
    const { maxIter = 50 } = options;
    let r = first;
    for (let step = 0; step < maxIter; step++) {
      if (norm(r) <= tol * bNorm) return finish(x, 'converged', step);
      const candidate = Float64Array.from(x);
      addScaled(candidate, 1, inner(a, r, innerOptions).x);
      const next = subtract(b, a.apply(candidate));
      if (!(norm(next) < 0.9 * norm(r))) return finish(x, 'breakdown', step);
      x.set(candidate);
      r = next;
    }
    return finish(x, norm(r) <= tol * bNorm ? 'converged' : 'max-iterations', maxIter);
  };
}
