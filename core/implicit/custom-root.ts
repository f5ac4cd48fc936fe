import * as tf from '@tensorflow/tfjs-core';
import { explainFailure } from './arity.ts';
import { ImplicitError } from './errors.ts';
import { attachRoot } from './attach-root.ts';
import { checkFunctions, refusePromise } from './checks.ts';
import { checkImplicitOptions } from './implicit-options.ts';
import type { ImplicitOptions } from './implicit-options.ts';
import type { OptimalityFn } from './residual-map.ts';
import { withoutTape } from './tape.ts';
import { tidyTree } from './tidy-tree.ts';

/**
 * Makes any solver differentiable by the optimality condition that its solutions satisfy.
 *
 * `customRoot(F)(solver)` is a function with the solver's own signature, `(init, ...args) => x`. Inside `tf.grad`,
 * `tf.grads` or `tf.valueAndGrads` (and `tf.tidy`) gradients flow through x to every real tensor among `args`, however
 * nested; numbers, integer tensors and the arguments listed in `constants` remain constant, and so does `init`. The
 * solver's own steps are never recorded: memory does not grow with its iterations, and it need not be differentiable.
 * A parameter that F closes over instead of taking it as an argument is differentiated as well (see {@link attachRoot}).
 *
 * Throws ImplicitError: 'bad-usage' if the solver returns a promise (see {@link customRootAsync}); 'bad-tensor' if shapes
 * do not fit or values are not finite; 'not-differentiable' in the backward pass if ∂F/∂x is singular. Where F is not 0 at
 * what the solver returned it warns once, or does what `unsolved` says.
 * Source: Blondel et al. 2022, "Efficient and Modular Implicit Differentiation", sec. 2.
 */
export function customRoot<X, A extends unknown[]>(
  optimalityFn: OptimalityFn<X, A>,
  options?: ImplicitOptions & { readonly hasAux?: false },
): <I>(solver: (init: I, ...args: A) => X) => (init: I, ...args: A) => X;
/** The same for a solver that returns [x, aux] (`hasAux`): aux, with tensors or without, is passed on as a constant. */
export function customRoot<X, A extends unknown[]>(
  optimalityFn: OptimalityFn<X, A>,
  options: ImplicitOptions & { readonly hasAux: true },
): <I, T>(solver: (init: I, ...args: A) => readonly [X, T]) => (init: I, ...args: A) => [X, T];
export function customRoot<X, A extends unknown[]>(
  optimalityFn: OptimalityFn<X, A>,
  given: ImplicitOptions & { readonly hasAux?: boolean } = {},
): unknown {
  checkFunctions('customRoot', { 'the condition': optimalityFn });
  checkImplicitOptions('customRoot', given);
  const { hasAux = false, ...options } = given;
  const attach = attachRoot(optimalityFn, options);
  return (solver: (init: unknown, ...args: A) => unknown) => {
    checkFunctions('customRoot', { 'the solver': solver });
    return (init: unknown, ...args: A): unknown => {
      const call = (): unknown =>
        explainFailure('customRoot', optimalityFn, [init ?? [], ...args], () => solver(init, ...args));
      const run = (): unknown => tidyTree(() => refusePromise(call(), 'customRoot: the solver', USE_ASYNC));
      return tidyTree(() => {
        const found = withoutTape(run);
        if (!hasAux) return attach(found as X, ...args);
        const [solution, aux] = pairOf(found);
        return [attach(solution as X, ...args), aux];
      });
    };
  };
}

const USE_ASYNC = 'Use customRootAsync, or await the solution and give it to attachRoot.';

function pairOf(found: unknown): readonly [unknown, unknown] {
  if (Array.isArray(found) && found.length === 2) return found as [unknown, unknown];
  throw new ImplicitError('bad-usage', 'customRoot: with hasAux the solver must return [solution, aux]');
}

/**
 * The same for an asynchronous solver. tfjs's gradients are synchronous, so the work is in two parts:
 *
 *     const attach = await customRootAsync(F)(solver)(init, theta);   // solves once
 *     const gradient = tf.grad((t) => loss(attach(t)))(theta);        // differentiates at that solution
 *
 * `attach(...args)` returns the solution that was found, so it must be given the arguments it was found for. The caller
 * owns the solution's tensors and disposes them through `attach.dispose()`.
 */
export function customRootAsync<X, A extends unknown[]>(
  optimalityFn: OptimalityFn<X, A>,
  options: ImplicitOptions = {},
): <I>(
  solver: (init: I, ...args: A) => Promise<X>,
) => (init: I, ...args: A) => Promise<AttachedSolution<X, A>> {
  const attach = attachRoot(optimalityFn, options);
  return (solver) =>
    async (init, ...args) => {
      const solution = await solver(init, ...args);
      const attached = (...current: A): X => attach(solution, ...current);
      return Object.assign(attached, {
        solution,
        dispose: () => tf.dispose(solution as unknown as tf.TensorContainer),
      });
    };
}

/** A solution found asynchronously, to be attached to its arguments inside a gradient. */
export interface AttachedSolution<X, A extends unknown[]> {
  (...args: A): X;
  readonly solution: X;
  dispose(): void;
}
