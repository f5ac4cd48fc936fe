import { begin, iterative, product, transposedProduct } from './iterative.ts';
import type { Steps } from './iterative.ts';
import type { LinearSolution, LinearSolveOptions, LinearSolver } from './linear-operator.ts';
import { addScaled, dot, norm } from './vector.ts';

/**
 * Conjugate gradients on AᵀA x = Aᵀb without forming it (CGLS, Björck 1996, alg. 7.4.1), for any A.
 *
 * Two products a step, one of them with Aᵀ. The squared condition number slows it down; prefer gmres or a dense
 * solve. For a singular but consistent system it finds the solution of least norm (from a zero start). An
 * inconsistent system ends as `breakdown` at the least-squares point.
 */
export const normalCg: LinearSolver = iterative('normal-cg', normalCgSteps, { needsTranspose: true });

function* normalCgSteps(b: Float64Array, options: LinearSolveOptions): Steps<LinearSolution> {
  const { tol, maxIter, x, r, bNorm, finish } = yield* begin(b, options);
  let s = yield* transposedProduct(r);
  const p = Float64Array.from(s);
  let gamma = dot(s, s);
  let scale = 0;
  let iteration = 0;
  for (; norm(r) > tol * bNorm; iteration++) {
    if (iteration >= maxIter) return yield* finish(x, 'max-iterations', iteration);
    const q = yield* product(p);
    const curvature = dot(q, q);
    scale = Math.max(scale, curvature / dot(p, p));
    // No descent left although a residual remains: b is not in the range of A.
    if (!(curvature > 0) || gamma <= (1e-14 * norm(r)) ** 2 * scale)
      return yield* finish(x, 'breakdown', iteration);
    const alpha = gamma / curvature;
    addScaled(x, alpha, p);
    addScaled(r, -alpha, q);
    s = yield* transposedProduct(r);
    const next = dot(s, s);
    for (let i = 0; i < p.length; i++) p[i] = s[i] + (next / gamma) * p[i];
    gamma = next;
  }
  return yield* finish(x, 'converged', iteration);
}
