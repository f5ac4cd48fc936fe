import * as tf from '@tensorflow/tfjs-core';
import { ImplicitError, describeValue } from './errors.ts';
import { tidyTree } from './tidy-tree.ts';
import { flattenTree, shapesOf } from './tree.ts';

type Callable = (...values: never[]) => unknown;
/** A function, of which only the number of parameters that it declares is of interest. */
interface Declaring {
  readonly length: number;
}

/** Gives a function made from another one the number of parameters that the other declares. */
export function withArityOf<F extends Callable>(like: Declaring, made: F): F {
  return Object.defineProperty(made, 'length', { value: like.length });
}

/** The same for a condition or a map, whose failures are explained, and which leaves nothing but its result. */
export function conditionLike<X, A extends unknown[], R>(
  where: string,
  like: Declaring,
  made: (x: X, ...args: A) => R,
): (x: X, ...args: A) => R {
  const explained = (x: X, ...args: A): R =>
    explainFailure(where, like, [x, ...args], () => tidyTree(() => made(x, ...args)));
  return withArityOf(like, explained);
}

/** A failure of a function, explained; whoever called it explains it again in its own words. */
class ExplainedFailure extends ImplicitError {}

/** How TensorFlow.js complains of shapes and kinds; what a function throws itself is left as it is. */
const ABOUT_ARGUMENTS =
  /shape|broadcast|\brank\b|dimension|Size\(|Argument '\w+' passed to|must all be tensors|at least one tensor|is disposed/i;

/**
 * Runs what calls a function of a solution and further arguments. Where it fails because arguments are missing, are none that
 * a function could compute with, or have shapes that do not fit each other, the error says so: ImplicitError 'bad-usage',
 * 'bad-tensor'.
 */
export function explainFailure<T>(where: string, fn: Declaring, called: readonly unknown[], run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw explained(where, fn.length, called, error instanceof ExplainedFailure ? error.cause : error);
  }
}

/** The same for an operation of the toolkit, which declares what it takes. */
export function explainShapes<T>(where: string, named: Readonly<Record<string, unknown>>, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!isOfTfjs(error)) throw error;
    const shapes = Object.entries(named).map(
      ([name, value]) => `${name} ${shapesOf(flattenTree(value).leaves)}`,
    );
    throw new ImplicitError('bad-tensor', `${where}: the shapes do not fit: ${shapes.join(', ')}`, {
      cause: error,
    });
  }
}

const isOfTfjs = (error: unknown): error is Error =>
  error instanceof Error && error.name === 'Error' && ABOUT_ARGUMENTS.test(error.message);

function explained(where: string, arity: number, called: readonly unknown[], error: unknown): unknown {
  if (error instanceof ImplicitError || !(error instanceof Error)) return error;
  const [declared, given] = [arity - 1, called.length - 1];
  if (given < declared) {
    return new ExplainedFailure(
      'bad-usage',
      `${where}: the condition takes ${declared} argument${declared === 1 ? '' : 's'} after the solution, got ${given}`,
      {
        hint: 'The first argument of a solver is its start: call it as solver(init, ...args), with null where it needs none.',
        cause: error,
      },
    );
  }
  const useless = called.map(uselessIn);
  const place = useless.findIndex((what) => what !== undefined);
  if (place >= 0) {
    const name = place === 0 ? 'the solution' : `argument ${place}`;
    return new ExplainedFailure('bad-tensor', `${where}: ${name} holds ${useless[place]}`, {
      hint: 'Tensors are expected, alone or in arrays and plain objects.',
      cause: error,
    });
  }
  if (!isOfTfjs(error)) return error;
  const [x, ...args] = called;
  return new ExplainedFailure(
    'bad-tensor',
    `${where}: with a solution of shape ${shapesOf(flattenTree(x).leaves)} and arguments of shape ${shapesOf(flattenTree(args).leaves)} TensorFlow.js says: ${error.message}`,
    { hint: 'A start must have the shape that the function expects of the solution.', cause: error },
  );
}

/** What in a tree no operation can compute with, for the end of a sentence. */
function uselessIn(value: unknown): string | undefined {
  if (value === undefined || value === null || typeof value === 'string') return describeValue(value);
  if (value instanceof tf.Tensor) {
    if (value.isDisposed) return 'a tensor that has been disposed';
    return value.dtype === 'string' ? 'a tensor of strings' : undefined;
  }
  if (typeof value !== 'object') return undefined;
  const found = Object.values(value).map(uselessIn);
  return found.find((what) => what !== undefined);
}
