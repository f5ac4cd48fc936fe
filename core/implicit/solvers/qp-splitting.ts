import * as tf from '@tensorflow/tfjs-core';
import { rowGram, timesVector } from '../float64-matrix.ts';
import { denseOperator } from '../linear-solve/linear-operator.ts';
import { luFactor } from '../linear-solve/lu-factor.ts';
import { solveSingular } from '../linear-solve/minimum-norm.ts';
import { norm, subtract } from '../linear-solve/vector.ts';
import { symmetricEigen } from '../symmetric-eigen.ts';
import { violation } from './dense-programme.ts';
import type { DenseProgramme } from './dense-programme.ts';

/** [[Q + shift I, Rᵀ], [R, -D]] for the chosen rows R and a diagonal D. */
function kktMatrix(
  p: DenseProgramme,
  chosen: readonly number[],
  shift: number,
  diagonal: Float64Array,
): Float64Array {
  const size = p.n + chosen.length;
  const matrix = new Float64Array(size * size);
  for (let i = 0; i < p.n; i++) {
    for (let j = 0; j < p.n; j++) matrix[i * size + j] = p.quadratic[i * p.n + j]!;
    matrix[i * size + i] += shift;
  }
  chosen.forEach((row, c) => {
    for (let j = 0; j < p.n; j++) {
      matrix[(p.n + c) * size + j] = matrix[j * size + p.n + c] = p.rows[row * p.n + j]!;
    }
    matrix[(p.n + c) * size + p.n + c] = -diagonal[c];
  });
  return matrix;
}

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** A primal point x and the multipliers y of all rows. */
export interface PrimalDual {
  readonly x: Float64Array;
  readonly y: Float64Array;
}

/**
 * The point where the chosen rows hold with equality: one dense solve of the KKT system. Where rows depend on each other, or
 * the programme leaves x free, the point of least norm; undefined if there is none (rows that contradict each other, an
 * objective that falls without end).
 */
export function solveEqualities(p: DenseProgramme, chosen: readonly number[]): PrimalDual | undefined {
  const size = p.n + chosen.length;
  const matrix = kktMatrix(p, chosen, 0, new Float64Array(chosen.length));
  const rhs = Float64Array.from([...p.linear.map((v) => -v), ...chosen.map((row) => p.bounds[row])]);
  const rankTol = tf.backend().epsilon() < 1e-10 ? 1e-11 : 1e-6;
  const factor = luFactor(matrix, size, rankTol > 1e-10 ? rankTol : undefined);
  const solved = factor.singular ? leastNorm(matrix, size, rhs, rankTol) : factor.solve(rhs);
  if (!solved) return undefined;
  const y = new Float64Array(p.m + p.k);
  chosen.forEach((row, i) => (y[row] = solved[p.n + i]));
  return { x: solved.slice(0, p.n), y };
}

function leastNorm(
  matrix: Float64Array,
  size: number,
  rhs: Float64Array,
  rankTol: number,
): Float64Array | undefined {
  const { x, status } = solveSingular(denseOperator(matrix, size), rhs, { rankTol });
  return status === 'converged' ? x : undefined;
}

/** Whether a point satisfies all equalities at once. */
export function equalitiesAgree(p: DenseProgramme): boolean {
  const rankTol = tf.backend().epsilon() < 1e-10 ? 1e-11 : 1e-6;
  const rows = p.rows.subarray(0, p.m * p.n);
  return leastNorm(rowGram(rows, p.m, p.n), p.m, p.bounds.subarray(0, p.m), rankTol) !== undefined;
}

/** Whether the objective curves upwards along all directions that keep the equalities, to rounding. */
export function isConvexAlongEqualities(p: DenseProgramme): boolean {
  const rows = p.rows.subarray(0, p.m * p.n);
  const { values } = symmetricEigen(kktMatrix(p, range(p.m), 0, new Float64Array(p.m)), p.n + p.m);
  const negative = countBelow(values, 1e-9);
  const rank = p.m - countNear(symmetricEigen(rowGram(rows, p.m, p.n), p.m).values, 1e-9);
  // A saddle of the Lagrangian takes one negative eigenvalue for each independent row, and no more.
  return negative <= rank;
}

const largestOf = (values: Float64Array): number =>
  values.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
const countBelow = (values: Float64Array, tol: number): number =>
  values.filter((v) => v < -tol * largestOf(values)).length;
const countNear = (values: Float64Array, tol: number): number =>
  values.filter((v) => Math.abs(v) <= tol * largestOf(values)).length;

/** The splitting's own variables; x and y also appear in the point. */
export interface SplittingMemory {
  readonly x: Float64Array;
  readonly z: Float64Array;
  readonly y: Float64Array;
  readonly rho: number;
}

/** Takes `count` splitting steps with one factorisation and adapts the penalty; dx and dy are the last step. */
export function splittingSteps(
  p: DenseProgramme,
  { x, z, y, rho }: SplittingMemory,
  count: number,
): SplittingMemory & { readonly dx: Float64Array; readonly dy: Float64Array } {
  const sigma = 1e-6;
  const relaxation = 1.6;
  const rows = p.m + p.k;
  const penalty = Float64Array.from({ length: rows }, (_, row) => (row < p.m ? 1e3 * rho : rho));
  const factor = luFactor(
    kktMatrix(
      p,
      range(rows),
      sigma,
      penalty.map((v) => 1 / v),
    ),
    p.n + rows,
  );
  let [dx, dy] = [x, y];
  for (let step = 0; step < count; step++) {
    const [xBefore, yBefore] = [x, y];
    const top = x.map((value, i) => sigma * value - p.linear[i]);
    const solved = factor.solve(Float64Array.from([...top, ...z.map((v, i) => v - y[i] / penalty[i])]));
    const zTilde = z.map((v, i) => v + (solved[p.n + i] - y[i]) / penalty[i]);
    x = x.map((value, i) => relaxation * solved[i] + (1 - relaxation) * value);
    const mixed = z.map((v, i) => relaxation * zTilde[i] + (1 - relaxation) * v);
    const target = mixed.map((v, i) => v + y[i] / penalty[i]);
    z = target.map((v, i) => (i < p.m ? p.bounds[i] : Math.min(v, p.bounds[i])));
    y = y.map((v, i) => v + penalty[i] * (mixed[i] - z[i]));
    dx = subtract(x, xBefore);
    dy = subtract(y, yBefore);
  }
  return { x, z, y, rho: adaptedPenalty(p, { x, z, y, rho }), dx, dy };
}

/** Balances primal against dual residual, both relative to what they are made of. */
function adaptedPenalty(p: DenseProgramme, { x, z, y, rho }: SplittingMemory): number {
  const ax = timesVector(p.rows, p.m + p.k, p.n, x);
  const qx = timesVector(p.quadratic, p.n, p.n, x);
  const aty = new Float64Array(p.n);
  y.forEach((value, row) => {
    for (let j = 0; j < p.n; j++) aty[j] += value * p.rows[row * p.n + j];
  });
  const primal = norm(ax.map((v, i) => v - z[i])) / Math.max(norm(ax), norm(z), 1e-12);
  const dual =
    norm(qx.map((v, i) => v + p.linear[i] + aty[i])) / Math.max(norm(qx), norm(aty), norm(p.linear), 1e-12);
  const factor = Math.sqrt(Math.max(primal, 1e-16) / Math.max(dual, 1e-16));
  return factor > 5 || factor < 0.2 ? Math.min(Math.max(rho * factor, 1e-6), 1e6) : rho;
}

/** The point that the guessed active rows imply, if it is better than what the splitting has. */
export function polish(p: DenseProgramme, { x, z, y }: SplittingMemory): PrimalDual | undefined {
  const active = range(p.m + p.k).filter((row) => row < p.m || p.bounds[row] - z[row] < y[row]);
  const point = solveEqualities(p, active);
  return point && violation(p, point.x, point.y) < violation(p, x, y) ? point : undefined;
}
