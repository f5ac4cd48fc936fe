import * as tf from '@tensorflow/tfjs-core';
import { ImplicitError } from '../errors.ts';
import { constant } from '../constant.ts';
import { allFinite } from '../linear-solve/vector.ts';
import type { KktPoint } from '../optimality/kkt.ts';
import { quadraticProgrammeResidual } from '../optimality/quadratic-programme.ts';
import type { QuadraticProgramme } from '../optimality/quadratic-programme.ts';
import {
  certificate,
  batchOf,
  checkConvex,
  isConvex,
  notConvex,
  readProgrammes,
  violation,
} from './dense-programme.ts';
import type { DenseProgramme } from './dense-programme.ts';
import {
  equalitiesAgree,
  isConvexAlongEqualities,
  polish,
  solveEqualities,
  splittingSteps,
} from './qp-splitting.ts';
import type { SplittingMemory } from './qp-splitting.ts';
import { createSolver } from './solver.ts';
import type { SampleState, Solver, SolverOptions } from './solver.ts';
import { checkSetup, SOLVER_NAMES } from './check-setup.ts';
import { checkPositive } from '../option-names.ts';
import type { NamesOf } from '../option-names.ts';

/** A primal point with its multipliers, how wrong it is, and what it is known to be. */
interface Solved extends SampleState {
  readonly x: Float64Array;
  readonly y: Float64Array;
}

/** Points (x, y) with y = (nu, mu) of one programme, or of a batch, as the tensors that a solver returns. */
function toPoint(
  programmes: readonly DenseProgramme[],
  points: readonly { readonly x: Float64Array; readonly y: Float64Array }[],
  isBatch: boolean,
): KktPoint<tf.Tensor> {
  const [{ m, k }] = programmes;
  const joined = (values: readonly Float64Array[]): tf.Tensor =>
    constant(
      Float64Array.from(values.flatMap((v) => Array.from(v))),
      isBatch ? [values.length, values[0].length] : [values[0].length],
    );
  return {
    x: joined(points.map(({ x }) => x)),
    ...(m > 0 ? { nu: joined(points.map(({ y }) => y.slice(0, m))) } : {}),
    ...(k > 0 ? { mu: joined(points.map(({ y }) => y.slice(m))) } : {}),
  };
}

/** What a step returns for samples that stand where they stand: the worst of them, and all. */
function stateOf(
  programmes: readonly DenseProgramme[],
  solved: readonly Solved[],
  isBatch: boolean,
): SampleState & { readonly x: KktPoint<tf.Tensor>; readonly samples?: readonly SampleState[] } {
  const samples = solved.map(({ error, verdict }) => ({ error, ...(verdict ? { verdict } : {}) }));
  const verdict = samples.find((sample) => sample.verdict)?.verdict;
  return {
    x: toPoint(programmes, solved, isBatch),
    error: worstError(solved),
    ...(verdict ? { verdict } : {}),
    ...(isBatch ? { samples } : {}),
  };
}

const worstError = (solved: readonly Solved[]): number =>
  solved.reduce((most, { error }) => (Number.isNaN(most) || error <= most ? most : error), 0);

const batchAxes = (programme: QuadraticProgramme): number => (batchOf(programme) === undefined ? 0 : 1);

/**
 * minimise ½ xᵀQx + cᵀx s.t. A x = b, by one dense solve of the KKT system for each programme of the argument of `run`; the
 * start is ignored. Error: largest KKT violation, relative. Where equalities repeat each other the multipliers are those
 * of least norm, and where the programme leaves x free so is x; `infeasible` when equalities contradict each other,
 * `unbounded` when the objective falls without end along them. Throws ImplicitError 'bad-usage' for a programme with G
 * or h, 'bad-tensor' for shapes that do not fit or a Q that curves downwards along the equalities.
 */
export function equalityQp(
  options: SolverOptions = {},
): Solver<KktPoint<tf.Tensor>, [QuadraticProgramme], null> {
  checkSetup('equalityQp', {}, options, SOLVER_NAMES);
  return createSolver<KktPoint<tf.Tensor>, [QuadraticProgramme], null>(
    {
      optimality: quadraticProgrammeResidual,
      maxIter: 1,
      ignoresStart: true,
      batchAxes,
      start: () => null,
      advance: (_, __, ___, programme) => {
        const programmes = readProgrammes(programme);
        if (programmes[0].k > 0) {
          throw new ImplicitError('bad-usage', 'equalityQp: the programme has inequalities', {
            hint: 'Use quadraticProgramme.',
          });
        }
        return {
          ...stateOf(programmes, programmes.map(solveOnEqualities), batchAxes(programme) > 0),
          memory: null,
        };
      },
    },
    options,
  );
}

function solveOnEqualities(p: DenseProgramme): Solved {
  const isKnown = [p.quadratic, p.linear, p.rows, p.bounds].every(allFinite);
  if (isKnown && !isConvex(p) && !isConvexAlongEqualities(p)) throw notConvex();
  const equalities = Array.from({ length: p.m }, (_, i) => i);
  const found = isKnown ? solveEqualities(p, equalities) : undefined;
  if (found) return { ...found, error: violation(p, found.x, found.y) };
  const nowhere = { x: new Float64Array(p.n).fill(NaN), y: new Float64Array(p.m).fill(NaN), error: NaN };
  if (!isKnown) return nowhere;
  return { ...nowhere, verdict: equalitiesAgree(p) ? 'unbounded' : 'infeasible' };
}

/** Options of {@link quadraticProgramme}. */
export interface QpOptions extends SolverOptions {
  /** Penalty on inequalities; equalities get a thousand times as much. @default 0.1, adapted */
  readonly rho?: number;
}

const NAMES: NamesOf<QpOptions> = { ...SOLVER_NAMES, rho: true };

/** ImplicitError for options that make no sense. */
export function checkQp(where: string, options: QpOptions): void {
  checkSetup(where, {}, options, NAMES);
  if (options.rho !== undefined) checkPositive(where, 'rho', options.rho);
}

/** A sample of a batch between steps: its splitting, and where it stands. */
interface QpSample extends Solved {
  readonly splitting: SplittingMemory;
}

/**
 * minimise ½ xᵀQx + cᵀx s.t. A x = b, G x <= h, Q positive semidefinite: operator splitting with polishing, after OSQP
 * (Stellato et al. 2020). The start is ignored; the argument of `run` is the programme, its result { x, nu, mu }.
 *
 * Each iteration takes 25 splitting steps with one factorisation, adapts the penalty, and tries the equality-constrained
 * programme of the active rows, which gives the exact solution once these are right. Dense: up to a few hundred rows.
 * Of a batch every programme has its own steps, its own end and its own status (`samples` of `solve`); the others are
 * right where one fails, but `run` then throws.
 * Error: largest KKT violation of the returned point, relative. Ends `infeasible` or `unbounded` when the iterates prove
 * it. Throws ImplicitError 'bad-tensor' for shapes that do not fit or a Q that is not positive semidefinite.
 * @default maxIter 400
 */
export function quadraticProgramme(
  options: QpOptions = {},
): Solver<KktPoint<tf.Tensor>, [QuadraticProgramme], readonly QpSample[]> {
  checkQp('quadraticProgramme', options);
  const { rho = 0.1, maxIter = 400 } = options;
  const enough = (): number => options.tol ?? (tf.backend().epsilon() < 1e-10 ? 1e-10 : 1e-5);
  return createSolver<KktPoint<tf.Tensor>, [QuadraticProgramme], readonly QpSample[]>(
    {
      optimality: quadraticProgrammeResidual,
      maxIter,
      ignoresStart: true,
      batchAxes,
      start: (_, programme) =>
        readProgrammes(programme).map((p) => {
          checkConvex(p);
          const [x, y] = [new Float64Array(p.n), new Float64Array(p.m + p.k)];
          return { x, y, splitting: { x, z: y, y, rho }, error: Infinity };
        }),
      advance: (_, memory, iteration, programme) => {
        const programmes = readProgrammes(programme);
        const next = programmes.map((p, i) =>
          isFinished(memory[i], iteration, enough()) ? memory[i] : advanceSample(p, memory[i]),
        );
        const { verdict, ...state } = stateOf(programmes, next, batchAxes(programme) > 0);
        const moving = next.filter((sample) => !isFinished(sample, iteration + 1, enough()));
        // A verdict or a NaN would end the whole run, so it waits for the samples that still move.
        if (moving.length > 0 && iteration + 1 < maxIter)
          return { ...state, memory: next, error: worstError(moving) };
        return { ...state, memory: next, ...(verdict ? { verdict } : {}) };
      },
    },
    options,
  );
}

const isFinished = ({ error, verdict }: QpSample, iteration: number, tol: number): boolean =>
  iteration > 0 && (verdict !== undefined || error <= tol || !Number.isFinite(error));

function advanceSample(p: DenseProgramme, { splitting }: QpSample): QpSample {
  const { dx, dy, ...next } = splittingSteps(p, splitting, 25);
  const found = polish(p, next) ?? { x: next.x, y: next.y };
  const error = violation(p, found.x, found.y);
  // A solved programme needs no certificate, and rounding could make one up.
  const verdict = error > 1e-6 ? certificate(p, dx, dy) : undefined;
  return { ...found, splitting: next, error, ...(verdict ? { verdict } : {}) };
}
