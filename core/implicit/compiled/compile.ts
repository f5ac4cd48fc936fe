import type { Solver } from '../solvers/solver.ts';
import { ImplicitError } from '../errors.ts';
import { compileFunction } from './compile-function.ts';
import type { CompiledFunction } from './compile-function.ts';
import { compileSolver } from './compile-solver.ts';
import type { CompiledSolver } from './compile-solver.ts';
import type { CompileOptions } from './plan-cache.ts';

/**
 * Makes a solver, or a function of tensors, run without TensorFlow.js's machinery around every operation.
 *
 * What it computes is traced once for every structure, shape and type of its arguments (and every number, string or boolean
 * among them) into a plan: a straight list of kernels over memory that is set aside once, in 64 bits whichever backend is
 * active. Calls then copy the arguments in, run the plan and copy the result out; a solver makes no tensor on its way.
 * Results are those without `compile`, to rounding.
 *
 * What cannot be traced runs as it does without `compile`, and `report()` says why: a function that reads values of its
 * arguments (`dataSync`), is random, uses an operation that plans do not have, or is called inside a gradient. What the
 * function closes over (tensors, numbers, the branches it takes) is a constant of the plan: every call compares, by running the
 * function on tensors without values, and the plan is made anew where something has changed. { closure: 'fixed' } promises
 * that nothing is bound anew and saves that; variables that were assigned are seen all the same.
 *
 * Throws ImplicitError 'bad-usage' for anything but a function or a solver of this toolkit, for options that make no sense
 * and, with { fallback: 'error' }, where there is no plan.
 */
export function compile<X, A extends unknown[], M>(
  solver: Solver<X, A, M>,
  options?: CompileOptions,
): CompiledSolver<X, A, M>;
export function compile<A extends unknown[], R>(
  run: (...args: A) => R,
  options?: CompileOptions,
): CompiledFunction<A, R>;
export function compile(
  target: Solver<unknown, unknown[]> | ((...args: unknown[]) => unknown),
  options: CompileOptions = {},
): unknown {
  if (typeof target === 'function') return compileFunction(target, options);
  if (typeof target === 'object' && (target as object | null) !== null) return compileSolver(target, options);
  throw new ImplicitError(
    'bad-usage',
    `compile: expected a function, or a solver of this toolkit, got ${typeof target} ${JSON.stringify(target)}`,
  );
}
