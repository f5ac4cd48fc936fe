import * as tf from '@tensorflow/tfjs-core';
import { constant } from '../constant.ts';
import { toFloat64 } from '../float64/float64-backend.ts';
import { checkOptions } from '../line-search/line-search.ts';
import type { LineSearchOptions } from '../line-search/line-search.ts';
import { dot, norm, subtract } from '../linear-solve/vector.ts';
import type { Objective } from '../optimality/gradient.ts';
import { stationaryPoint } from '../optimality/stationary.ts';
import { cautiousStep, stepAlong } from './descent-step.ts';
import { packProblem } from './packed-problem.ts';
import { createSolver } from './solver.ts';
import type { Solver, SolverOptions } from './solver.ts';
import type { NamesOf } from '../option-names.ts';
import { checkSetup, SOLVER_NAMES } from './check-setup.ts';

/** Options of {@link bfgs}. */
export interface BfgsOptions extends SolverOptions {
  /** Its first step is 1 once the curvature is known. @default zoom with c1 = 1e-4, c2 = 0.9 */
  readonly lineSearch?: LineSearchOptions;
}

const NAMES: NamesOf<BfgsOptions> = { ...SOLVER_NAMES, lineSearch: true };

/** The approximate inverse Hessian [n, n], row-major; nothing before the first step. */
interface Curvature {
  readonly inverse?: Float64Array;
}

/** The update of Broyden, Fletcher, Goldfarb and Shanno (Nocedal & Wright 2006, eq. 6.17), scaled by eq. 6.20 at first. */
function updated(
  inverse: Float64Array | undefined,
  s: Float64Array,
  y: Float64Array,
): Float64Array | undefined {
  const n = s.length;
  const curvature = dot(s, y);
  if (!(curvature > 1e-12 * norm(s) * norm(y))) return inverse;
  const scale = curvature / dot(y, y);
  const h = inverse ?? Float64Array.from({ length: n * n }, (_, at) => (at % (n + 1) === 0 ? scale : 0));
  const hy = Float64Array.from({ length: n }, (_, i) => dot(h.subarray(i * n, (i + 1) * n), y));
  const factor = (1 + dot(y, hy) / curvature) / curvature;
  return h.map((value, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    return value + factor * s[i] * s[j] - (hy[i] * s[j] + s[i] * hy[j]) / curvature;
  });
}

/**
 * minimise a smooth f(x, ...args) by BFGS with a dense inverse Hessian: up to some hundred unknowns (lbfgs beyond that).
 * Error: ‖∇f‖; `diverged` when f falls without end. Differentiated through ∇f = 0. Throws ImplicitError 'bad-usage' for
 * options of the line search out of their range. @default maxIter 500
 */
export function bfgs<A extends unknown[], X = tf.Tensor>(
  objective: Objective<X, A>,
  options: BfgsOptions = {},
): Solver<X, A, Curvature> {
  checkSetup('bfgs', { 'the objective': objective }, options, NAMES);
  const { lineSearch = {} } = options;
  checkOptions(lineSearch);
  return createSolver<X, A, Curvature>(
    {
      optimality: stationaryPoint(objective),
      maxIter: 500,
      start: () => ({}),
      advance: (start, { inverse }, _, ...args) => {
        const packed = packProblem(objective, start, args);
        const n = packed.x.size;
        const g = packed.gradient(packed.x);
        const newton = inverse
          ? tf.reshape(tf.matMul(constant(inverse, [n, n]), tf.reshape(g, [n, 1])), [n])
          : g;
        const first = inverse ? 1 : cautiousStep(g);
        const { next, status, before, after, error } = stepAlong(packed, g, tf.neg(newton), {
          first,
          ...lineSearch,
        });
        const s = subtract(toFloat64(next), toFloat64(packed.x));
        // Without a step the next one follows the gradient again.
        const memory = status === 'converged' ? updated(inverse, s, subtract(after, before)) : undefined;
        return { x: packed.unpack<X>(next), memory: memory ? { inverse: memory } : {}, error };
      },
    },
    options,
  );
}
