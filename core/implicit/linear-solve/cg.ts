import { begin, iterative, product } from './iterative.ts';
import type { Steps } from './iterative.ts';
import type { LinearSolution, LinearSolveOptions, LinearSolver } from './linear-operator.ts';
import { addScaled, dot, norm } from './vector.ts';

/**
 * Preconditioned conjugate gradients, for symmetric positive definite A (Hestenes & Stiefel 1952).
 *
 * One product a step. Status `breakdown` when a direction of non-positive curvature shows that A is not definite.
 */
export const cg: LinearSolver = iterative('cg', cgSteps);

function* cgSteps(b: Float64Array, options: LinearSolveOptions): Steps<LinearSolution> {
  const { tol, maxIter, precondition, x, r, bNorm, finish } = yield* begin(b, options);
  let z = precondition(r);
  const p = Float64Array.from(z);
  let rho = dot(r, z);
  let iteration = 0;
  for (; norm(r) > tol * bNorm; iteration++) {
    if (iteration >= maxIter) return yield* finish(x, 'max-iterations', iteration);
    const ap = yield* product(p);
    const curvature = dot(p, ap);
    if (!(curvature > 0) || !(rho > 0)) return yield* finish(x, 'breakdown', iteration);
    const alpha = rho / curvature;
    addScaled(x, alpha, p);
    addScaled(r, -alpha, ap);
    z = precondition(r);
    const next = dot(r, z);
    const beta = next / rho;
    for (let i = 0; i < p.length; i++) p[i] = z[i] + beta * p[i];
    rho = next;
  }
  return yield* finish(x, 'converged', iteration);
}
