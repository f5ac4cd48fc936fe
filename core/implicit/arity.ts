import type * as tf from '@tensorflow/tfjs-core';
import { ImplicitError } from './errors.ts';
import { flattenTree, shapesOf } from './tree.ts';

type Callable = (...values: never[]) => unknown;

/** Gives a function made from another one the number of parameters that the other declares. */
export function withArityOf<F extends Callable>(like: Callable, made: F): F {
  return Object.defineProperty(made, 'length', { value: like.length });
}

/** What a function was called with. */
interface Called {
  readonly solution: readonly tf.Tensor[];
  readonly args: readonly unknown[];
}

/** How TensorFlow.js complains of shapes; what a function throws itself is left as it is. */
const ABOUT_SHAPES = /shape|broadcast|\brank\b|dimension|inner|Size\(|Argument '\w+' passed to/i;

/**
 * Runs what calls a function of a solution and further arguments. Where it fails because arguments are missing, or shapes do
 * not fit each other, the error says so: ImplicitError 'bad-usage', 'bad-tensor'.
 */
export function explainFailure<T>(where: string, fn: Callable, { solution, args }: Called, run: () => T): T {
  try {
    return explainMissingArguments(where, fn, args.length, run);
  } catch (error) {
    if (!(error instanceof Error) || error instanceof ImplicitError || error.name !== 'Error') throw error;
    if (!ABOUT_SHAPES.test(error.message)) throw error;
    throw new ImplicitError(
      'bad-tensor',
      `${where}: with a solution of shape ${shapesOf(solution)} and arguments of shape ${shapesOf(flattenTree(args).leaves)} TensorFlow.js says: ${error.message}`,
      { hint: 'A start must have the shape that the function expects of the solution.', cause: error },
    );
  }
}

/**
 * Runs what calls a function of a solution and `given` further arguments. Where it fails and the function declares more of
 * them, the reason is most likely that a solver was called without a start: ImplicitError 'bad-usage'.
 */
export function explainMissingArguments<T>(where: string, fn: Callable, given: number, run: () => T): T {
  try {
    return run();
  } catch (error) {
    const declared = fn.length - 1;
    if (error instanceof ImplicitError || given >= declared) throw error;
    throw new ImplicitError(
      'bad-usage',
      `${where}: the condition takes ${declared} argument${declared === 1 ? '' : 's'} after the solution, got ${given}`,
      {
        hint: 'The first argument of a solver is its start: call it as solver(init, ...args), with null where it needs none.',
        cause: error,
      },
    );
  }
}
