import * as tf from '@tensorflow/tfjs-core';
import { ImplicitError } from '../errors.ts';
import { toFloat64 } from '../float64/float64-backend.ts';
import { timesVector } from '../float64-matrix.ts';
import { choleskyFactor } from '../linear-solve/cholesky-factor.ts';
import type { QuadraticProgramme } from '../optimality/quadratic-programme.ts';

/** A programme as plain arrays: n unknowns, m equalities stacked above k inequalities. */
export interface DenseProgramme {
  readonly n: number;
  readonly m: number;
  readonly k: number;
  readonly quadratic: Float64Array;
  readonly linear: Float64Array;
  readonly rows: Float64Array;
  readonly bounds: Float64Array;
}

const empty = new Float64Array(0);
const read = (tensor: tf.Tensor | undefined): Float64Array => (tensor ? toFloat64(tensor) : empty);

/** Reads and checks a programme: ImplicitError 'bad-tensor' for shapes that do not fit. */
export function readProgramme({ Q, c, A, b, G, h }: QuadraticProgramme): DenseProgramme {
  const n = c.size;
  const [m, k] = [b?.size ?? 0, h?.size ?? 0];
  const shapes: [string, tf.Tensor | undefined, number][] = [
    ['Q', Q, n],
    ['A', A, m],
    ['G', G, k],
  ];
  for (const [name, tensor, rows] of shapes) {
    if (!tensor ? rows === 0 : tensor.shape[0] === rows && tensor.shape[1] === n) continue;
    throw new ImplicitError(
      'bad-tensor',
      `quadratic programme: ${name} must have shape [${rows}, ${n}], got ${tensor ? `[${tensor.shape.join(', ')}]` : 'nothing'}`,
    );
  }
  const q = toFloat64(Q);
  return {
    n,
    m,
    k,
    quadratic: q.map((value, at) => 0.5 * (value + q[(at % n) * n + Math.floor(at / n)])),
    linear: toFloat64(c),
    rows: Float64Array.from([...read(A), ...read(G)]),
    bounds: Float64Array.from([...read(b), ...read(h)]),
  };
}

/**
 * Largest violation of the KKT conditions (stationarity, feasibility, sign of mu, complementarity) over the size of the
 * terms they are made of, or over 1 if these are smaller. NaN if the point is not finite.
 */
export function violation(p: DenseProgramme, x: Float64Array, y: Float64Array): number {
  const curvature = timesVector(p.quadratic, p.n, p.n, x);
  const pull = pullOfRows(p, y);
  const product = timesVector(p.rows, p.m + p.k, p.n, x);
  const wrong = [
    ...pull.map((value, i) => Math.abs(value + curvature[i] + p.linear[i])),
    ...product.map((value, row) => rowViolation(value - p.bounds[row], y[row], row < p.m)),
  ];
  const terms = [...curvature, ...p.linear, ...pull, ...product, ...y, ...p.bounds.filter(Number.isFinite)];
  return largest(wrong) / Math.max(1, largest(terms));
}

function rowViolation(excess: number, multiplier: number, isEquality: boolean): number {
  if (isEquality) return Math.abs(excess);
  return Math.max(excess, -multiplier, Math.min(Math.abs(excess), Math.abs(multiplier)));
}

/** Rᵀy for the stacked rows R. */
function pullOfRows(p: DenseProgramme, y: Float64Array): Float64Array {
  const pull = new Float64Array(p.n);
  y.forEach((value, row) => {
    for (let j = 0; j < p.n; j++) pull[j] += value * p.rows[row * p.n + j];
  });
  return pull;
}

/** Largest absolute value; NaN if there is one. */
function largest(values: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) {
    const size = Math.abs(values[i]);
    if (!(size <= most)) most = size;
    if (Number.isNaN(size)) return NaN;
  }
  return most;
}

/** Whether Q is positive semidefinite, to rounding; values that are not finite pass. */
export function isConvex({ quadratic, n }: DenseProgramme): boolean {
  const scale = largest(quadratic);
  if (!Number.isFinite(scale) || scale === 0) return true;
  const shifted = Float64Array.from(quadratic);
  const shift = 100 * n * tf.backend().epsilon() * scale;
  for (let i = 0; i < n; i++) shifted[i * n + i] += shift;
  return choleskyFactor(shifted, n).definite;
}

/** ImplicitError 'bad-tensor' unless Q is positive semidefinite to rounding; values that are not finite pass. */
export function checkConvex(p: DenseProgramme): void {
  if (!isConvex(p)) throw notConvex();
}

/** A programme whose stationary points need not be minima: ImplicitError 'bad-tensor'. */
export function notConvex(): ImplicitError {
  return new ImplicitError('bad-tensor', 'quadratic programme: Q must be positive semidefinite', {
    hint: 'Its symmetric part has a negative eigenvalue along the equalities, so stationary points need not be minima.',
  });
}

/**
 * What the last step (dx, dy) of a splitting method that does not settle proves: directions in which the multipliers grow
 * without end (no feasible point) or the objective falls without end (Banjac et al. 2019).
 */
export function certificate(
  p: DenseProgramme,
  dx: Float64Array,
  dy: Float64Array,
): 'infeasible' | 'unbounded' | undefined {
  const tol = 1e-7;
  const [sizeX, sizeY] = [largest(dx), largest(dy)];
  const support = dy.reduce((sum, v, row) => sum + (v === 0 ? 0 : v * p.bounds[row]), 0);
  const signed = dy.every((v, row) => row < p.m || v >= -tol * sizeY);
  const rowScale = Math.max(largest(p.rows), Number.MIN_VALUE);
  if (signed && support < -tol * sizeY && largest(pullOfRows(p, dy)) <= tol * rowScale * sizeY)
    return 'infeasible';
  const slope = dx.reduce((sum, v, i) => sum + v * p.linear[i], 0);
  const flat = largest(timesVector(p.quadratic, p.n, p.n, dx)) <= tol * largest(p.quadratic) * sizeX;
  const moved = timesVector(p.rows, p.m + p.k, p.n, dx);
  const isFeasible = moved.every((v, row) => (row < p.m ? Math.abs(v) : v) <= tol * rowScale * sizeX);
  return flat && isFeasible && slope < -tol * largest(p.linear) * sizeX ? 'unbounded' : undefined;
}
