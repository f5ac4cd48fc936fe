import type * as tf from '@tensorflow/tfjs-core';
import { ImplicitError } from '../errors.ts';
import { constant } from '../constant.ts';
import { allFinite } from '../linear-solve/vector.ts';
import type { KktPoint } from '../optimality/kkt.ts';
import { quadraticProgrammeResidual } from '../optimality/quadratic-programme.ts';
import type { QuadraticProgramme } from '../optimality/quadratic-programme.ts';
import {
  certificate,
  checkConvex,
  isConvex,
  notConvex,
  readProgramme,
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
import type { Solver, SolverOptions } from './solver.ts';

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
 * programme. Error: largest KKT violation, relative. Where equalities repeat each other the multipliers are those of least
 * norm, and where the programme leaves x free so is x; `infeasible` when equalities contradict each other, `unbounded`
 * when the objective falls without end along them. Throws ImplicitError 'bad-usage' for a programme with G or h,
 * 'bad-tensor' for shapes that do not fit or a Q that curves downwards along the equalities.
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
        const isKnown = [p.quadratic, p.linear, p.rows, p.bounds].every(allFinite);
        if (isKnown && !isConvex(p) && !isConvexAlongEqualities(p)) throw notConvex();
        const equalities = Array.from({ length: p.m }, (_row, i) => i);
        const found = isKnown ? solveEqualities(p, equalities) : undefined;
        if (found)
          return { x: toPoint(p, found.x, found.y), memory: null, error: violation(p, found.x, found.y) };
        const nowhere = toPoint(p, new Float64Array(p.n).fill(NaN), new Float64Array(p.m).fill(NaN));
        if (!isKnown) return { x: nowhere, memory: null, error: NaN };
        return {
          x: nowhere,
          memory: null,
          error: NaN,
          verdict: equalitiesAgree(p) ? 'unbounded' : 'infeasible',
        };
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
