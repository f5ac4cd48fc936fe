import type * as tf from '@tensorflow/tfjs-core';
import { ImplicitError } from '../errors.ts';
import { constant } from '../constant.ts';
import { timesVector } from '../float64-matrix.ts';
import { luFactor } from '../linear-solve/lu-factor.ts';
import { norm, subtract } from '../linear-solve/vector.ts';
import type { KktPoint } from '../optimality/kkt.ts';
import { quadraticProgrammeResidual } from '../optimality/quadratic-programme.ts';
import type { QuadraticProgramme } from '../optimality/quadratic-programme.ts';
import { certificate, checkConvex, readProgramme, violation } from './dense-programme.ts';
import type { DenseProgramme } from './dense-programme.ts';
import { createSolver } from './solver.ts';
import type { Solver, SolverOptions } from './solver.ts';

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

/** Everything about a point (x, y) with y = (nu, mu), as the tensors that a solver returns. */
function toPoint(p: DenseProgramme, x: Float64Array, y: Float64Array): KktPoint<tf.Tensor> {
  return {
    x: constant(x),
    ...(p.m > 0 ? { nu: constant(y.slice(0, p.m)) } : {}),
    ...(p.k > 0 ? { mu: constant(y.slice(p.m)) } : {}),
  };
}

/**
 * minimise ½ xᵀQx + cᵀx s.t. A x = b, by one dense solve of the KKT system. The start is ignored; the argument of `run` is the
 * programme. Error: largest KKT violation, relative; `diverged` when the system is singular. Q only need be positive
 * definite along the constraints, which is not checked. Throws ImplicitError 'bad-usage' for a programme with G or h.
 */
export function equalityQp(
  options: SolverOptions = {},
): Solver<KktPoint<tf.Tensor>, [QuadraticProgramme], null> {
  return createSolver<KktPoint<tf.Tensor>, [QuadraticProgramme], null>(
    {
      optimality: quadraticProgrammeResidual,
      maxIter: 1,
      ignoresStart: true,
      start: () => null,
      advance: (_, __, ___, programme) => {
        const p = readProgramme(programme);
        if (p.k > 0) {
          throw new ImplicitError('bad-usage', 'equalityQp: the programme has inequalities', {
            hint: 'Use quadraticProgramme.',
          });
        }
        const factor = luFactor(kktMatrix(p, range(p.m), 0, new Float64Array(p.m)), p.n + p.m);
        const solved = factor.singular
          ? new Float64Array(p.n + p.m).fill(NaN)
          : factor.solve(Float64Array.from([...p.linear.map((v) => -v), ...p.bounds]));
        const [x, y] = [solved.slice(0, p.n), solved.slice(p.n)];
        return { x: toPoint(p, x, y), memory: null, error: violation(p, x, y) };
      },
    },
    options,
  );
}

/** Options of {@link quadraticProgramme}. */
export interface QpOptions extends SolverOptions {
  /** Penalty on inequalities; equalities get a thousand times as much. @default 0.1, adapted */
  readonly rho?: number;
}

/** The splitting's own variables; x and y also appear in the point. */
interface SplittingMemory {
  readonly x: Float64Array;
  readonly z: Float64Array;
  readonly y: Float64Array;
  readonly rho: number;
}

/**
 * minimise ½ xᵀQx + cᵀx s.t. A x = b, G x <= h, Q positive semidefinite: operator splitting with polishing, after OSQP
 * (Stellato et al. 2020). The start is ignored; the argument of `run` is the programme, its result { x, nu, mu }.
 *
 * Each iteration takes 25 splitting steps with one factorisation, adapts the penalty, and tries the equality-constrained
 * programme of the active rows, which gives the exact solution once these are right. Dense: up to a few hundred rows.
 * Error: largest KKT violation of the returned point, relative. Ends `infeasible` or `unbounded` when the iterates prove
 * it. Throws ImplicitError 'bad-tensor' for shapes that do not fit or a Q that is not positive semidefinite.
 * @default maxIter 400
 */
export function quadraticProgramme(
  options: QpOptions = {},
): Solver<KktPoint<tf.Tensor>, [QuadraticProgramme], SplittingMemory> {
  return createSolver<KktPoint<tf.Tensor>, [QuadraticProgramme], SplittingMemory>(
    {
      optimality: quadraticProgrammeResidual,
      maxIter: 400,
      ignoresStart: true,
      start: (_, programme) => {
        const p = readProgramme(programme);
        checkConvex(p);
        const rows = p.m + p.k;
        return {
          x: new Float64Array(p.n),
          z: new Float64Array(rows),
          y: new Float64Array(rows),
          rho: options.rho ?? 0.1,
        };
      },
      advance: (_, memory, __, programme) => {
        const p = readProgramme(programme);
        const { dx, dy, ...next } = splittingSteps(p, memory, 25);
        const polished = polish(p, next);
        const found = polished ?? { x: next.x, y: next.y };
        const error = violation(p, found.x, found.y);
        // A solved programme needs no certificate, and rounding could make one up.
        const verdict = error > 1e-6 ? certificate(p, dx, dy) : undefined;
        return { x: toPoint(p, found.x, found.y), memory: next, error, ...(verdict ? { verdict } : {}) };
      },
    },
    options,
  );
}

function splittingSteps(
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
function polish(
  p: DenseProgramme,
  { x, z, y }: SplittingMemory,
): { x: Float64Array; y: Float64Array } | undefined {
  const active = range(p.m + p.k).filter((row) => row < p.m || p.bounds[row] - z[row] < y[row]);
  const delta = new Float64Array(active.length);
  const factor = luFactor(kktMatrix(p, active, 0, delta), p.n + active.length);
  if (factor.singular) return undefined;
  const solved = factor.solve(
    Float64Array.from([...p.linear.map((v) => -v), ...active.map((row) => p.bounds[row])]),
  );
  const multipliers = new Float64Array(p.m + p.k);
  active.forEach((row, i) => (multipliers[row] = solved[p.n + i]!));
  const point = { x: solved.slice(0, p.n), y: multipliers };
  return violation(p, point.x, point.y) < violation(p, x, y) ? point : undefined;
}
