import { begin, iterative, product } from './iterative.ts';
import type { Steps } from './iterative.ts';
import type { LinearSolution, LinearSolveOptions, LinearSolver } from './linear-operator.ts';
import { addScaled, dot, norm, subtract } from './vector.ts';

/**
 * Stabilised bi-conjugate gradients for any A (van der Vorst 1992), right preconditioned.
 *
 * Two products a step, none with Aᵀ, and constant memory. The recursion may lose touch with the true residual: it is
 * restarted from the true one until both agree, and likewise after a breakdown of the Lanczos process.
 */
export const bicgstab: LinearSolver = iterative('bicgstab', bicgstabSteps);

function* bicgstabSteps(b: Float64Array, options: LinearSolveOptions): Steps<LinearSolution> {
  const { tol, maxIter, precondition, x, r: first, bNorm, finish } = yield* begin(b, options);
  let r = first;
  let iteration = 0;
  for (let round = 0; norm(r) > tol * bNorm; round++) {
    const before = norm(r);
    const spent = yield* bicgstabSweep(precondition, x, r, tol * bNorm, maxIter - iteration);
    iteration += spent;
    r = subtract(b, yield* product(x));
    if (iteration >= maxIter && norm(r) > tol * bNorm) return yield* finish(x, 'max-iterations', iteration);
    // Accept what rounding allows; give up when a restart brings nothing.
    if (round >= 2 && norm(r) <= 1e3 * tol * bNorm) break;
    if (round >= 10 || spent === 0 || !(norm(r) < 1e6 * before)) {
      if (norm(r) > tol * bNorm) return yield* finish(x, 'breakdown', iteration);
    }
  }
  return yield* finish(x, 'converged', iteration);
}

/** Runs until the recursive residual is below `target`, a breakdown, or the budget is used; updates x in place. */
function* bicgstabSweep(
  precondition: (v: Float64Array) => Float64Array,
  x: Float64Array,
  start: Float64Array,
  target: number,
  budget: number,
): Steps<number> {
  const r = Float64Array.from(start);
  const shadow = Float64Array.from(start);
  let p = Float64Array.from(start);
  let rho = dot(shadow, r);
  for (let iteration = 1; iteration <= budget; iteration++) {
    const pHat = precondition(p);
    const v = yield* product(pHat);
    const alpha = rho / dot(shadow, v);
    if (!Number.isFinite(alpha)) return iteration - 1;
    addScaled(x, alpha, pHat);
    addScaled(r, -alpha, v);
    if (norm(r) <= target) return iteration;
    const rHat = precondition(r);
    const t = yield* product(rHat);
    const omega = dot(t, r) / dot(t, t);
    if (!Number.isFinite(omega) || omega === 0) return iteration;
    addScaled(x, omega, rHat);
    addScaled(r, -omega, t);
    const next = dot(shadow, r);
    if (norm(r) <= target || Math.abs(next) < 1e-30 * norm(shadow) * norm(r)) return iteration;
    const beta = (next / rho) * (alpha / omega);
    p = p.map((value, i) => r[i] + beta * (value - omega * v[i]));
    rho = next;
  }
  return budget;
}
