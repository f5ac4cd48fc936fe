import * as tf from '@tensorflow/tfjs-core';
import { customRoot } from '../custom-root.ts';
import { toFloat64 } from '../float64/float64-backend.ts';
import { registerGradients } from '../gradients/register-gradients.ts';
import type { ImplicitOptions } from '../implicit-options.ts';
import type { OptimalityFn } from '../residual-map.ts';
import { withoutTape } from '../tape.ts';
import { flattenTree } from '../tree.ts';

/** `diverged`: the error is no longer a number. */
export type SolverStatus = 'running' | 'converged' | 'max-iterations' | 'diverged';

/** Where a solver stands. `memory` is the solver's own (momentum, step sizes, history). */
export interface SolverState<X, M = unknown> {
  readonly x: X;
  readonly memory: M;
  readonly iteration: number;
  /** The solver's measure of what is left to do, compared with `tol`; its docstring says what it is. */
  readonly error: number;
}

export interface SolverStats {
  readonly status: SolverStatus;
  readonly iterations: number;
  readonly error: number;
}

export interface SolverOptions {
  /** @default depends on the solver */
  readonly maxIter?: number;
  /** Stop when the error is at or below this. @default 1e-10 on the float64 backend, 1e-5 on float32 ones */
  readonly tol?: number;
  /** How `run` differentiates. */
  readonly implicit?: ImplicitOptions;
  /** Told how every `run` ended. */
  readonly onSolved?: (stats: SolverStats) => void;
}

/** What all solvers offer. States own their tensors; arguments are passed again to every call, as to the objective. */
export interface Solver<X, A extends unknown[], M = unknown> {
  readonly init: (x0: X, ...args: A) => SolverState<X, M>;
  /** One iteration; the given state stays valid. */
  readonly step: (state: SolverState<X, M>, ...args: A) => SolverState<X, M>;
  readonly isDone: (state: SolverState<X, M>) => boolean;
  readonly status: (state: SolverState<X, M>) => SolverStatus;
  /** Iterates from x0 to the end; nothing is recorded by an enclosing gradient. */
  readonly solve: (x0: X, ...args: A) => SolverStats & { readonly x: X };
  /** The solution, differentiable by its arguments through `optimality` (see customRoot). */
  readonly run: (x0: X, ...args: A) => X;
  /**
   * The solution with every iteration recorded: gradients by unrolling, for comparison. Step sizes, line searches and
   * curvature matrices count as constants. Memory grows with the iterations.
   */
  readonly unroll: (x0: X, ...args: A) => X;
  /** The condition that solutions satisfy. */
  readonly optimality: OptimalityFn<X, A>;
}

/** A solver's own part: how to start and how to take one step. */
export interface SolverDefinition<X, A extends unknown[], M> {
  readonly optimality: OptimalityFn<X, A>;
  readonly maxIter: number;
  start(x0: X, ...args: A): M;
  advance(
    x: X,
    memory: M,
    iteration: number,
    ...args: A
  ): { readonly x: X; readonly memory: M; readonly error: number };
}

const leavesOf = (state: SolverState<unknown>): readonly tf.Tensor[] =>
  flattenTree([state.x, state.memory]).leaves;

/** Runs in a scope; the state's tensors are all that survives. */
function tidyState<X, M>(compute: () => SolverState<X, M>): SolverState<X, M> {
  let state: SolverState<X, M> | undefined;
  tf.tidy(() => {
    state = compute();
    return [...leavesOf(state)];
  });
  return state!;
}

/** Disposes what the next state does not share. */
function disposeReplaced(old: SolverState<unknown>, next: SolverState<unknown>): void {
  const kept = new Set(leavesOf(next).map((leaf) => leaf.id));
  for (const leaf of leavesOf(old)) if (!kept.has(leaf.id)) leaf.dispose();
}

/** Completes a definition to a {@link Solver}. */
export function createSolver<X, A extends unknown[], M>(
  definition: SolverDefinition<X, A, M>,
  { maxIter = definition.maxIter, tol, implicit, onSolved }: SolverOptions,
): Solver<X, A, M> {
  registerGradients();
  const tolerance = (): number => tol ?? (tf.backend().epsilon() < 1e-10 ? 1e-10 : 1e-5);
  const init = (x0: X, ...args: A): SolverState<X, M> =>
    tidyState(() => {
      const tree = flattenTree(x0);
      const x = tree.rebuild<X>(tree.leaves.map((leaf) => tf.clone(leaf)));
      return { x, memory: definition.start(x, ...args), iteration: 0, error: Infinity };
    });
  const step = ({ x, memory, iteration }: SolverState<X, M>, ...args: A): SolverState<X, M> =>
    tidyState(() => ({ ...definition.advance(x, memory, iteration, ...args), iteration: iteration + 1 }));
  const status = ({ error, iteration }: SolverState<X, M>): SolverStatus => {
    if (Number.isNaN(error)) return 'diverged';
    if (error <= tolerance()) return 'converged';
    return iteration >= maxIter ? 'max-iterations' : 'running';
  };
  const isDone = (state: SolverState<X, M>): boolean => status(state) !== 'running';
  const iterate = (x0: X, ...args: A): SolverStats & { x: X } => {
    let state = init(x0, ...args);
    while (!isDone(state)) {
      const next = step(state, ...args);
      disposeReplaced(state, next);
      state = next;
    }
    const result = { ...state, memory: null };
    disposeReplaced(state, result);
    return { x: state.x, status: status(state), iterations: state.iteration, error: state.error };
  };
  const solve = (x0: X, ...args: A): SolverStats & { x: X } => withoutTape(() => iterate(x0, ...args));
  const report = ({ x, ...stats }: SolverStats & { x: X }): X => {
    onSolved?.(stats);
    return x;
  };
  const wrap = customRoot(definition.optimality, implicit);
  return {
    init,
    step,
    isDone,
    status,
    solve,
    run: wrap((x0: X, ...args: A) => report(iterate(x0, ...args))),
    unroll: (x0, ...args) => iterate(x0, ...args).x,
    optimality: definition.optimality,
  };
}

/** Euclidean norm over all tensors of a tree, as a number. */
export function treeNorm(tree: unknown): number {
  return withoutTape(() => {
    let sum = 0;
    for (const leaf of flattenTree(tree).leaves) for (const value of toFloat64(leaf)) sum += value * value;
    return Math.sqrt(sum);
  });
}

/** The single number in a tensor, without recording. */
export function numberOf(tensor: tf.Tensor): number {
  return toFloat64(tensor)[0];
}
