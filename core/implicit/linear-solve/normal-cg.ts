import { ImplicitError } from '../errors.ts';
import type { LinearSolver } from './linear-operator.ts';
import { prepare } from './prepare.ts';
import { addScaled, dot, norm } from './vector.ts';

/**
 * Conjugate gradients on AᵀA x = Aᵀb without forming it (CGLS, Björck 1996, alg. 7.4.1), for any A.
 *
 * Two products a step, one of them with Aᵀ. The squared condition number slows it down; prefer gmres or a dense
 * solve. For a singular but consistent system it finds the solution of least norm (from a zero start). An
 * inconsistent system ends as `breakdown` at the least-squares point.
 */
export const normalCg: LinearSolver = (operator, b, options = {}) => {
  const { a, tol, maxIter, x, r, bNorm, finish } = prepare(operator, b, options);
  const { applyTranspose } = a;
  if (!applyTranspose) {
    throw new ImplicitError('bad-usage', 'normal-cg: the operator must offer applyTranspose', {
      hint: 'Use gmres or bicgstab, which need products with A only.',
    });
  }
  let s = applyTranspose(r);
  const p = Float64Array.from(s);
  let gamma = dot(s, s);
  let scale = 0;
  let iteration = 0;
  for (; norm(r) > tol * bNorm; iteration++) {
    if (iteration >= maxIter) return finish(x, 'max-iterations', iteration);
    const q = a.apply(p);
    const curvature = dot(q, q);
    scale = Math.max(scale, curvature / dot(p, p));
    // No descent left although a residual remains: b is not in the range of A.
    if (!(curvature > 0) || gamma <= (1e-14 * norm(r)) ** 2 * scale) return finish(x, 'breakdown', iteration);
    const alpha = gamma / curvature;
    addScaled(x, alpha, p);
    addScaled(r, -alpha, q);
    s = applyTranspose(r);
    const next = dot(s, s);
    for (let i = 0; i < p.length; i++) p[i] = s[i] + (next / gamma) * p[i];
    gamma = next;
  }
  return finish(x, 'converged', iteration);
};
