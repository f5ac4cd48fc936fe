import type * as tf from '@tensorflow/tfjs-core';
import { ImplicitError } from '../errors.ts';
import { constant } from '../constant.ts';
import { createSolver, numberOf } from './solver.ts';
import type { Solver, SolverOptions } from './solver.ts';
import type { NamesOf } from '../option-names.ts';
import { checkSetup, SOLVER_NAMES } from './check-setup.ts';
import { checkFields } from '../option-names.ts';

/** Options of {@link bisection}. */
export interface BisectionOptions extends SolverOptions {
  readonly lower: number;
  readonly upper: number;
}

const NAMES: NamesOf<BisectionOptions> = { ...SOLVER_NAMES, lower: true, upper: true };

/** The bracket, and the sign of f at its lower end. */
interface Bracket {
  readonly lower: number;
  readonly upper: number;
  readonly sign: number;
}

/**
 * Root of a continuous f(x, ...args) of one number x between two bounds where it has opposite signs. The first guess given
 * to `run` is ignored. Error: width of the bracket over that of the bounds. Its iterations carry no gradient, so
 * unrolling gives none; `run` does.
 *
 * Throws ImplicitError 'bad-usage' when f has the same sign at both bounds. @default maxIter 200
 */
export function bisection<A extends unknown[]>(
  rootFn: (x: tf.Tensor, ...args: A) => tf.Tensor,
  options: BisectionOptions,
): Solver<tf.Tensor, A, Bracket> {
  checkFields('bisection', options, NAMES);
  checkSetup('bisection', { 'the function': rootFn }, options, NAMES);
  const { lower, upper } = options;
  if (!(Number.isFinite(lower) && Number.isFinite(upper) && lower < upper)) {
    throw new ImplicitError(
      'bad-usage',
      `bisection: expected numbers lower < upper, got ${String(lower)} and ${String(upper)}`,
    );
  }
  const at = (x: number, args: A): number => {
    const value = rootFn(constant(x), ...args);
    if (value.size === 1) return numberOf(value);
    throw new ImplicitError(
      'bad-tensor',
      `bisection: f must return one number, got [${value.shape.join(', ')}]`,
    );
  };
  return createSolver<tf.Tensor, A, Bracket>(
    {
      optimality: rootFn,
      maxIter: 200,
      ignoresStart: true,
      start: (_, ...args) => {
        const [low, high] = [at(lower, args), at(upper, args)];
        if (!(low * high <= 0)) {
          throw new ImplicitError(
            'bad-usage',
            `bisection: f must change sign between ${lower} and ${upper}, got f = ${low} and ${high}`,
          );
        }
        return { lower, upper, sign: Math.sign(low) || -Math.sign(high) || -1 };
      },
      advance: (_, bracket, __, ...args) => {
        const middle = 0.5 * (bracket.lower + bracket.upper);
        const value = at(middle, args);
        const below = Math.sign(value) === bracket.sign;
        const memory = { ...bracket, ...(below ? { lower: middle } : { upper: middle }) };
        const width = value === 0 ? 0 : (memory.upper - memory.lower) / (upper - lower);
        return { x: constant(middle), memory, error: Number.isNaN(value) ? NaN : width };
      },
    },
    options,
  );
}
