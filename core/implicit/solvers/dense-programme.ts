import * as tf from '@tensorflow/tfjs-core';
import { ImplicitError } from '../errors.ts';
import { toFloat64 } from '../float64/float64-backend.ts';
import { timesVector } from '../float64-matrix.ts';
import { choleskyFactor } from '../linear-solve/cholesky-factor.ts';
import type { QuadraticProgramme } from '../optimality/quadratic-programme.ts';
import { checkTensor } from '../checks.ts';
import { checkFields } from '../option-names.ts';
import type { NamesOf } from '../option-names.ts';

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

type Part = keyof QuadraticProgramme;
const RANKS = { Q: 2, c: 1, A: 2, b: 1, G: 2, h: 1 } as const satisfies Record<Part, number>;
const FIELDS: NamesOf<QuadraticProgramme> = { Q: true, c: true, A: true, b: true, G: true, h: true };
const parts = Object.keys(RANKS) as Part[];
const shapeOf = (tensor: tf.Tensor | undefined): string =>
  tensor ? `[${tensor.shape.join(', ')}]` : 'nothing';

/**
 * How many programmes a batch holds; undefined for a single one. ImplicitError 'bad-tensor' where tensors have different
 * numbers of them, or axes beyond.
 */
export function batchOf(programme: QuadraticProgramme): number | undefined {
  const given = parts.filter((name) => programme[name] instanceof tf.Tensor);
  const batched = given.filter((name) => programme[name]!.rank === RANKS[name] + 1);
  const counts = [...new Set(batched.map((name) => programme[name]!.shape[0]))];
  const wrong = given.find((name) => !batched.includes(name) && programme[name]!.rank !== RANKS[name]);
  if (wrong === undefined && counts.length < 2) return counts[0];
  throw new ImplicitError(
    'bad-tensor',
    wrong === undefined
      ? `quadratic programme: tensors of a batch must hold as many programmes, got ${counts.join(' and ')}`
      : `quadratic programme: ${wrong} must have ${RANKS[wrong]} axes, or one more for a batch, got ${shapeOf(programme[wrong])}`,
  );
}

/** Reads and checks a programme: ImplicitError 'bad-tensor' for shapes that do not fit, or a batch. */
export function readProgramme(programme: QuadraticProgramme): DenseProgramme {
  if (batchOf(programme) === undefined) return readProgrammes(programme)[0];
  throw new ImplicitError('bad-tensor', 'quadratic programme: expected a single programme, got a batch');
}

/** Reads and checks a programme, or each of a batch. ImplicitError 'bad-tensor' for shapes that do not fit. */
export function readProgrammes(programme: QuadraticProgramme): DenseProgramme[] {
  checkFields('quadratic programme', programme, FIELDS);
  for (const name of parts)
    if (name === 'Q' || name === 'c' || programme[name] !== undefined)
      checkTensor('quadratic programme', name, programme[name]);
  const count = batchOf(programme);
  const own = (name: Part): readonly number[] => programme[name]?.shape.slice(-RANKS[name]) ?? [0];
  const [n, m, k] = [own('c')[0], own('b')[0], own('h')[0]];
  checkMatrices(programme, { Q: n, A: m, G: k }, n);
  if (count === 0) throw new ImplicitError('bad-tensor', 'quadratic programme: the batch is empty');
  const values = new Map(
    parts.map((name) => [name, programme[name] ? toFloat64(programme[name]) : new Float64Array(0)]),
  );
  const sample = (name: Part, i: number): Float64Array => {
    const all = values.get(name)!;
    if (programme[name]?.rank !== RANKS[name] + 1) return all;
    const size = all.length / count!;
    return all.subarray(i * size, (i + 1) * size);
  };
  return Array.from({ length: count ?? 1 }, (_, i) => {
    const q = sample('Q', i);
    return {
      ...{ n, m, k },
      quadratic: q.map((value, at) => 0.5 * (value + q[(at % n) * n + Math.floor(at / n)])),
      linear: sample('c', i),
      rows: Float64Array.from([...sample('A', i), ...sample('G', i)]),
      bounds: Float64Array.from([...sample('b', i), ...sample('h', i)]),
    };
  });
}

function checkMatrices(
  programme: QuadraticProgramme,
  rows: Readonly<Record<'Q' | 'A' | 'G', number>>,
  n: number,
): void {
  for (const name of ['Q', 'A', 'G'] as const) {
    const tensor = programme[name];
    const fits = tensor ? tensor.shape.slice(-2).join() === [rows[name], n].join() : rows[name] === 0;
    if (fits) continue;
    throw new ImplicitError(
      'bad-tensor',
      `quadratic programme: ${name} must have shape [${rows[name]}, ${n}], got ${shapeOf(tensor)}`,
    );
  }
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
