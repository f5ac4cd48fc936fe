import * as tf from '@tensorflow/tfjs-core';
import { checkFunctions } from '../checks.ts';
import { constant } from '../constant.ts';
import { ImplicitError } from '../errors.ts';
import { toFloat64 } from '../float64/float64-backend.ts';
import { norm } from '../linear-solve/vector.ts';
import type { Objective } from '../optimality/gradient.ts';
import { stationaryPoint } from '../optimality/stationary.ts';
import { withoutTape } from '../tape.ts';
import { SOLVER_NAMES, checkSetup } from './check-setup.ts';
import { checkStepsize } from './check-solver.ts';
import { packProblem } from './packed-problem.ts';
import type { PackedProblem } from './packed-problem.ts';
import { createSolver, numberOf } from './solver.ts';
import type { Solver, SolverOptions } from './solver.ts';
import type { NamesOf } from '../option-names.ts';

/*
 * Gradient steps whose length is found anew on every batch. `step(state, ...args)` takes the arguments of its batch; `solve` and
 * `run` take them from `batches`, and without it use the same arguments throughout. Error: ‖∇f‖ on the batch. Differentiated
 * through ∇f = 0 at the arguments of `run`, all of the data.
 */

/** What both solvers take. */
export interface StochasticOptions<A extends unknown[]> extends SolverOptions {
  /** The arguments of one step, such as a mini-batch, from its number (the first is 0) and those of `run`. */
  readonly batches?: (iteration: number, ...args: A) => A;
  /** The longest step. @default 1 for armijoSgd, no bound for polyakSgd */
  readonly maxStepsize?: number;
}

/** Options of {@link armijoSgd}. */
export interface ArmijoSgdOptions<A extends unknown[]> extends StochasticOptions<A> {
  /** Share of the promised fall that a step must achieve. @default 0.1 */
  readonly c1?: number;
  /** What a step is multiplied with that is too long. @default 0.5 */
  readonly decrease?: number;
  /** What the last step is multiplied with to try first. @default 2 */
  readonly increase?: number;
}

/** Options of {@link polyakSgd}. */
export interface PolyakSgdOptions<A extends unknown[]> extends StochasticOptions<A> {
  /** The smallest value of f, or a lower bound of it. @default 0, as with data that can be fitted exactly */
  readonly minimum?: number;
}

const STOCHASTIC: NamesOf<StochasticOptions<unknown[]>> = {
  ...SOLVER_NAMES,
  batches: true,
  maxStepsize: true,
};
const ARMIJO: NamesOf<ArmijoSgdOptions<unknown[]>> = {
  ...STOCHASTIC,
  c1: true,
  decrease: true,
  increase: true,
};
const POLYAK: NamesOf<PolyakSgdOptions<unknown[]>> = { ...STOCHASTIC, minimum: true };

/** One gradient step; the length comes with what the solver remembers of it. */
type Length = (
  packed: PackedProblem,
  g: tf.Tensor,
  last: number,
) => { readonly length: number; readonly memory: number };

function gradientSteps<X, A extends unknown[]>(
  objective: Objective<X, A>,
  options: StochasticOptions<A>,
  first: number,
  lengthOf: Length,
): Solver<X, A, number> {
  const { batches } = options;
  if (batches !== undefined) checkFunctions('stochastic gradient', { batches });
  return createSolver<X, A, number>(
    {
      optimality: stationaryPoint(objective),
      maxIter: 5000,
      start: () => first,
      advance: (start, last, iteration, ...args) => {
        const batch = batches ? batches(iteration, ...args) : args;
        const packed = packProblem(objective, start, batch);
        const g = packed.gradient(packed.x);
        const { length, memory } = withoutTape(() => tf.tidy(() => lengthOf(packed, g, last) as never)) as {
          length: number;
          memory: number;
        };
        const next = tf.sub(packed.x, tf.mul(constant(length), g));
        const error = Number.isNaN(length) ? NaN : norm(toFloat64(packed.gradient(next)));
        return { x: packed.unpack<X>(next), memory, error };
      },
    },
    options,
  );
}

/**
 * minimise f(x, ...args) by gradient steps with Armijo's line search on each batch (Vaswani et al. 2019), which converges at the rate of
 * full gradients where all batches share a minimum. Throws ImplicitError 'bad-usage' for options out of their range.
 * @default maxIter 5000
 */
export function armijoSgd<X, A extends unknown[]>(
  objective: Objective<X, A>,
  options: ArmijoSgdOptions<A> = {},
): Solver<X, A, number> {
  checkSetup('armijoSgd', { 'the objective': objective }, options, ARMIJO);
  const { c1 = 0.1, decrease = 0.5, increase = 2, maxStepsize = 1 } = options;
  checkStepsize(maxStepsize);
  const inside = (value: number): boolean => value > 0 && value < 1;
  if (!inside(c1) || !inside(decrease) || !(increase >= 1 && Number.isFinite(increase))) {
    throw new ImplicitError(
      'bad-usage',
      `armijoSgd: expected 0 < c1 < 1, 0 < decrease < 1 and increase >= 1, got ${c1}, ${decrease}, ${increase}`,
    );
  }
  return gradientSteps(objective, options, maxStepsize / increase, ({ objective: f, x }, g, last) => {
    const value = numberOf(f(x));
    const slope = norm(toFloat64(g)) ** 2;
    if (!Number.isFinite(value) || !Number.isFinite(slope)) return { length: NaN, memory: last };
    const rounding = 10 * tf.backend().epsilon() * Math.abs(value);
    for (let length = Math.min(increase * last, maxStepsize); length > 1e-30; length *= decrease) {
      const there = numberOf(f(tf.sub(x, tf.mul(constant(length), g))));
      if (there <= value - c1 * length * slope + rounding) return { length, memory: length };
    }
    return { length: NaN, memory: last };
  });
}

/**
 * minimise f(x, ...args) by gradient steps of Polyak's length (f - minimum) / ‖∇f‖², at most maxStepsize, on each batch (Loizou et al.
 * 2021). The minimum must be known, or bounded from below: too low a bound makes steps too long near the solution. Throws
 * ImplicitError 'bad-usage' when f falls below it, and for options out of their range. @default maxIter 5000
 */
export function polyakSgd<X, A extends unknown[]>(
  objective: Objective<X, A>,
  options: PolyakSgdOptions<A> = {},
): Solver<X, A, number> {
  checkSetup('polyakSgd', { 'the objective': objective }, options, POLYAK);
  const { minimum = 0, maxStepsize = Infinity } = options;
  if (maxStepsize !== Infinity) checkStepsize(maxStepsize);
  if (!Number.isFinite(minimum))
    throw new ImplicitError('bad-usage', `polyakSgd: the minimum must be a number, got ${minimum}`);
  return gradientSteps(objective, options, 0, ({ objective: f, x }, g) => {
    const value = numberOf(f(x));
    const slope = norm(toFloat64(g)) ** 2;
    const rounding = 1e3 * tf.backend().epsilon() * Math.max(Math.abs(value), Math.abs(minimum));
    if (value < minimum - rounding) {
      throw new ImplicitError('bad-usage', `polyakSgd: f = ${value} lies below its minimum ${minimum}`, {
        hint: 'Give a lower bound of f as the minimum.',
      });
    }
    if (slope === 0) return { length: 0, memory: 0 };
    const length = Math.min(Math.max(value - minimum, 0) / slope, maxStepsize);
    return { length, memory: length };
  });
}
