import { begin, iterative, product } from './iterative.ts';
import type { Steps } from './iterative.ts';
import type { LinearSolution, LinearSolveOptions, LinearSolver } from './linear-operator.ts';
import { addScaled, dot, norm, subtract } from './vector.ts';

/**
 * Restarted generalised minimal residuals for any A (Saad & Schultz 1986), right preconditioned, modified
 * Gram-Schmidt with one reorthogonalisation, Givens rotations.
 *
 * One product a step; keeps `restart` vectors. `breakdown` when a whole cycle brings no progress (stagnation), as for a
 * singular inconsistent system.
 */
export const gmres: LinearSolver = iterative('gmres', gmresSteps);

function* gmresSteps(b: Float64Array, options: LinearSolveOptions): Steps<LinearSolution> {
  const { tol, maxIter, precondition, x, r: first, bNorm, finish } = yield* begin(b, options);
  const restart = Math.max(1, Math.min(options.restart ?? 50, b.length));
  let r = first;
  let iteration = 0;
  while (norm(r) > tol * bNorm) {
    const before = norm(r);
    const steps = Math.min(restart, maxIter - iteration);
    if (steps <= 0) return yield* finish(x, 'max-iterations', iteration);
    const cycle = yield* gmresCycle(precondition, r, steps, tol * bNorm);
    iteration += cycle.steps;
    addScaled(x, 1, precondition(cycle.correction));
    r = subtract(b, yield* product(x));
    const after = norm(r);
    if (!(after < 0.999 * before)) {
      // Rounding may keep the true residual above a very small tol although the method is done.
      const done = after <= 1e3 * tol * bNorm;
      return yield* finish(x, done ? 'converged' : 'breakdown', iteration);
    }
  }
  return yield* finish(x, 'converged', iteration);
}

interface Cycle {
  readonly correction: Float64Array;
  readonly steps: number;
}

/** One cycle: minimises the residual over the Krylov space of up to `maxSteps` vectors. */
function* gmresCycle(
  precondition: (v: Float64Array) => Float64Array,
  r: Float64Array,
  maxSteps: number,
  target: number,
): Steps<Cycle> {
  const beta = norm(r);
  const basis = [r.map((value) => value / beta)];
  const columns: Float64Array[] = [];
  const rotations: [number, number][] = [];
  const rhs = [beta];
  while (columns.length < maxSteps && Math.abs(rhs[columns.length]) > target) {
    const k = columns.length;
    const w = Float64Array.from(yield* product(precondition(basis[k])));
    const size = norm(w);
    const h = orthogonalise(w, basis);
    const rest = norm(w);
    h[k + 1] = rest;
    rotateColumn(h, rotations, rhs);
    columns.push(h);
    // The Krylov space is exhausted: the solution lies in it (or A is singular).
    if (!(rest > 1e-15 * size)) break;
    basis.push(w.map((value) => value / rest));
  }
  return { correction: combine(basis, columns, rhs, r.length), steps: columns.length };
}

/** Takes the components along the basis out of w, twice, and returns them. */
function orthogonalise(w: Float64Array, basis: readonly Float64Array[]): Float64Array {
  const h = new Float64Array(basis.length + 1);
  for (let pass = 0; pass < 2; pass++) {
    basis.forEach((q, i) => {
      const component = dot(q, w);
      h[i] += component;
      addScaled(w, -component, q);
    });
  }
  return h;
}

/** Applies the earlier Givens rotations to a new Hessenberg column, then one that zeroes its last entry. */
function rotateColumn(h: Float64Array, rotations: [number, number][], rhs: number[]): void {
  rotations.forEach(([c, s], i) => {
    const upper = h[i];
    h[i] = c * upper + s * h[i + 1];
    h[i + 1] = -s * upper + c * h[i + 1];
  });
  const k = rotations.length;
  const radius = Math.hypot(h[k], h[k + 1]);
  const [c, s] = radius === 0 ? [1, 0] : [h[k] / radius, h[k + 1] / radius];
  h[k] = radius;
  rotations.push([c, s]);
  rhs.push(-s * rhs[k]);
  rhs[k] *= c;
}

/** Back substitution, skipping directions that A maps to nothing. */
function combine(
  basis: readonly Float64Array[],
  columns: readonly Float64Array[],
  rhs: readonly number[],
  size: number,
): Float64Array {
  const n = columns.length;
  const y = rhs.slice(0, n);
  const correction = new Float64Array(size);
  for (let k = n - 1; k >= 0; k--) {
    const pivot = columns[k][k];
    y[k] = pivot === 0 ? 0 : y[k] / pivot;
    for (let i = 0; i < k; i++) y[i] -= columns[k][i] * y[k];
    addScaled(correction, y[k], basis[k]);
  }
  return correction;
}
