import * as tf from '@tensorflow/tfjs-core';
import { ImplicitError, describeValue } from '../errors.ts';
import { warn } from '../implicit-options.ts';
import type { ImplicitOptions } from '../implicit-options.ts';
import { flattenTree, haveShapesOf, shapesOf } from '../tree.ts';

/** ImplicitError 'bad-usage' for limits that no iteration could respect. */
export function checkLimits(maxIter: number, tol: number | undefined): void {
  const whole = maxIter === Infinity || Number.isInteger(maxIter);
  if (!whole || maxIter < 0)
    throw new ImplicitError('bad-usage', `solver: maxIter must be a whole number, got ${maxIter}`);
  if (tol !== undefined && (typeof tol !== 'number' || Number.isNaN(tol)))
    throw new ImplicitError('bad-usage', `solver: tol must be a number, got ${String(tol)}`);
}

/** ImplicitError 'bad-usage' unless the step size is a finite number above 0. */
export function checkStepsize(stepsize: number | undefined): void {
  if (stepsize === undefined || (stepsize > 0 && Number.isFinite(stepsize))) return;
  throw new ImplicitError('bad-usage', `solver: a step size must be a number above 0, got ${stepsize}`);
}

/** The start as real tensors of our own; ImplicitError 'bad-tensor' if it holds none, unless it may be anything. */
export function realCopy<X>(x0: X, mayBeAnything: boolean): X {
  const tree = flattenTree(x0);
  if (tree.leaves.length > 0 || mayBeAnything)
    return tree.rebuild<X>(tree.leaves.map((leaf) => tf.clone(tf.cast(leaf, 'float32'))));
  throw new ImplicitError('bad-tensor', `solver: the start holds no tensor, got ${describeValue(x0)}`, {
    hint: 'Call run(start, ...args), with a start shaped like the solution: a tensor such as tf.zeros([2]), or arrays and plain objects of tensors.',
  });
}

/** ImplicitError 'bad-tensor' if a step changed the shapes of the unknowns. */
export function checkShapes(before: unknown, after: unknown): void {
  const [given, got] = [flattenTree(before).leaves, flattenTree(after).leaves];
  if (haveShapesOf(got, given)) return;
  throw new ImplicitError(
    'bad-tensor',
    `solver: a step must keep the shapes of the start, ${shapesOf(given)}, got ${shapesOf(got)}`,
  );
}

/** How a solver ended; its status, iterations and error. */
interface Ending {
  readonly status: string;
  readonly iterations: number;
  readonly error: number;
  readonly samples?: readonly { readonly status: string }[];
}

/** A point that solves nothing has no derivative, even if its values look fine: ImplicitError 'not-differentiable'. */
export function refuseFailure({ status, iterations, error, samples }: Ending): void {
  if (status === 'converged' || status === 'max-iterations') return;
  const failed = (samples ?? []).flatMap((sample, i) => (sample.status === status ? [i] : []));
  const which = failed.length > 0 ? `, in sample ${failed.slice(0, 10).join(', ')}` : '';
  throw new ImplicitError(
    'not-differentiable',
    `solver: no solution to differentiate${which}: ${status} after ${iterations} iterations, error ${error}`,
    { hint: 'Look at the status of solve(); another start, step size or solver may help.' },
  );
}

/** Warns of the first run that used up its iterations, unless stopping early is meant. */
export function warnOfUnfinished(options: ImplicitOptions): (ended: Ending, tol: number) => void {
  let hasWarned = false;
  return ({ status, iterations, error }, tol) => {
    if (status !== 'max-iterations' || options.unsolved === 'accept' || hasWarned) return;
    hasWarned = true;
    const message =
      `solver: stopped after ${iterations} iterations with error ${error.toPrecision(3)}, above tol ${tol}; a gradient is that of the point reached. ` +
      `Raise maxIter or tol; if stopping early is meant, pass { implicit: { unsolved: 'accept' } } or listen to onSolved.`;
    warn(message, options);
  };
}
