import * as tf from '@tensorflow/tfjs-core';
import { attachRoot } from '../attach-root.ts';
import { explainFailure } from '../arity.ts';
import { NotFiniteError, checkAlive } from '../checks.ts';
import { toFloat64 } from '../float64/float64-backend.ts';
import { registerGradients } from '../gradients/register-gradients.ts';
import type { ImplicitOptions } from '../implicit-options.ts';
import type { OptimalityFn } from '../residual-map.ts';
import { withoutTape } from '../tape.ts';
import { flattenTree } from '../tree.ts';
import type { Recipe } from './recipe.ts';
import { checkLimits, checkShapes, realCopy, refuseFailure, warnOfUnfinished } from './check-solver.ts';

/**
 * `diverged`: the error is no longer finite, or the method cannot go on. `infeasible`, `unbounded`: the problem was shown
 * to have no point, or no minimum; only the solver of quadratic programmes can tell.
 */
export type SolverStatus =
  'running' | 'converged' | 'max-iterations' | 'diverged' | 'infeasible' | 'unbounded';

/** Where a solver stands. `memory` is the solver's own (momentum, step sizes, history). */
export interface SolverState<X, M = unknown> {
  readonly x: X;
  readonly memory: M;
  readonly iteration: number;
  /** The solver's measure of what is left to do, compared with `tol`; its docstring says what it is. */
  readonly error: number;
  /** Of a batch: where each sample stands. */
  readonly samples?: readonly SampleState[];
  /** Why it makes no sense to go on, if the step found a reason. */
  readonly verdict?: 'infeasible' | 'unbounded';
}

/** Where one sample of a batch stands. */
export interface SampleState {
  readonly error: number;
  readonly verdict?: 'infeasible' | 'unbounded';
}

/** How far a solver came, in numbers. */
export interface SolverStats {
  readonly status: SolverStatus;
  readonly iterations: number;
  readonly error: number;
  /** Of a batch: how each sample ended; `status` and `error` are then those of the worst. */
  readonly samples?: readonly { readonly status: SolverStatus; readonly error: number }[];
}

/** What every solver takes. */
export interface SolverOptions {
  /** @default depends on the solver */
  readonly maxIter?: number;
  /** Stop when the error is at or below this. @default 1e-10 on the float64 backend, 1e-5 on float32 ones */
  readonly tol?: number;
  /** How `run` differentiates. */
  readonly implicit?: ImplicitOptions;
  /** Called with how every `run` ended. */
  readonly onSolved?: (stats: SolverStats) => void;
}

/** What all solvers offer. States own their tensors; arguments are passed again to every call, as to the objective. */
export interface Solver<X, A extends unknown[], M = unknown> {
  readonly init: (x0: X, ...args: A) => SolverState<X, M>;
  /** One iteration; the given state remains valid. */
  readonly step: (state: SolverState<X, M>, ...args: A) => SolverState<X, M>;
  readonly isDone: (state: SolverState<X, M>) => boolean;
  readonly status: (state: SolverState<X, M>) => SolverStatus;
  readonly stats: (state: SolverState<X, M>) => SolverStats;
  /** Iterates from x0 to the end; nothing is recorded by an enclosing gradient. Ends in a status, not in an error. */
  readonly solve: (x0: X, ...args: A) => SolverStats & { readonly x: X };
  /**
   * The solution, differentiable by its arguments through `optimality` (see customRoot). Throws ImplicitError
   * 'not-differentiable' if there is none (`diverged`, `infeasible`, `unbounded`). `max-iterations` gives the
   * derivative at the point reached and warns once, unless `onSolved` takes the status or { implicit: { unsolved: 'accept' } }
   * says that stopping early is meant.
   */
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
  /** The same condition, scaled by what the solver learnt (its step size); used by `run`. */
  optimalityAfter?(memory: M): OptimalityFn<X, A>;
  /** What it is made of, where its steps can be carried out by other means. */
  readonly recipe?: Recipe<X, A>;
  readonly maxIter: number;
  /** How many leading axes of the solution count samples with a condition each: see `batch` of {@link ImplicitOptions}. */
  batchAxes?(...args: A): number;
  /** Whether anything may be given as a start, of any shape. */
  readonly ignoresStart?: boolean;
  start(x0: X, ...args: A): M;
  advance(x: X, memory: M, iteration: number, ...args: A): Omit<SolverState<X, M>, 'iteration'>;
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

/** Another way to carry out the iterations of a recipe. */
export interface SolverEngine<X, A extends unknown[], M> {
  /** Iterates to the end; undefined where it has to be done step by step. */
  iterate(
    x0: X,
    args: A,
    limits: { readonly maxIter: number; readonly tol: number },
  ): SolverState<X, M> | undefined;
  /** The solution that was reached, differentiable as attachRoot makes it; undefined where that has to be asked. */
  attach(state: SolverState<X, M>, args: A): X | undefined;
}

/** Iterates that ran away are a status; projections and the like refuse them by an error. */
function endingRunaways<X, M>(
  x: X,
  memory: M,
  advance: () => Omit<SolverState<X, M>, 'iteration'>,
): Omit<SolverState<X, M>, 'iteration'> {
  try {
    return advance();
  } catch (error) {
    if (error instanceof NotFiniteError) return { x, memory, error: NaN };
    throw error;
  }
}

/** What a solver was completed from. */
interface Origin {
  readonly definition: SolverDefinition<unknown, unknown[], unknown>;
  readonly options: SolverOptions;
}
const origins = new WeakMap<object, Origin>();

/** The definition and options of a solver of this toolkit; undefined for anything else. */
export const originOf = (solver: object): Origin | undefined => origins.get(solver);

/** Where a solver, or one sample of a batch, stands after so many iterations. */
type Progress = SampleState & { readonly iteration: number };

function statusOf({ error, iteration, verdict }: Progress, tol: number, maxIter: number): SolverStatus {
  if (verdict) return verdict;
  if (iteration > 0 && !Number.isFinite(error)) return 'diverged';
  if (error <= tol) return 'converged';
  return iteration >= maxIter ? 'max-iterations' : 'running';
}

/** How `run` attaches a final state to its arguments. */
function attachmentOf<X, A extends unknown[], M>(
  definition: SolverDefinition<X, A, M>,
  implicit: ImplicitOptions,
): (state: SolverState<X, M>, args: A) => X {
  // One object for each number of axes, which is what a warning is given once for.
  const batched = new Map<number, ImplicitOptions>([[0, implicit]]);
  return ({ x, memory }, args) => {
    const axes = definition.batchAxes?.(...args) ?? 0;
    const options = batched.get(axes) ?? { ...implicit, batch: axes };
    batched.set(axes, options);
    const optimality = definition.optimalityAfter?.(memory) ?? definition.optimality;
    return attachRoot(optimality, options)(x, ...args);
  };
}

/** Completes a definition to a {@link Solver}. */
export function createSolver<X, A extends unknown[], M>(
  definition: SolverDefinition<X, A, M>,
  options: SolverOptions,
  engine?: SolverEngine<X, A, M>,
): Solver<X, A, M> {
  const { maxIter = definition.maxIter, tol, implicit = {}, onSolved } = options;
  registerGradients();
  checkLimits(maxIter, tol);
  const explained = <T>(x: X, args: A, run: () => T): T =>
    explainFailure('solver', definition.optimality, [x ?? [], ...args], run);
  const tolerance = (): number => tol ?? (tf.backend().epsilon() < 1e-10 ? 1e-10 : 1e-5);
  const warnOnce = onSolved ? () => undefined : warnOfUnfinished(implicit);
  const init = (x0: X, ...args: A): SolverState<X, M> =>
    tidyState(() => {
      checkAlive('solver', flattenTree([x0, args]).leaves);
      const x = realCopy(x0, definition.ignoresStart === true);
      const memory = explained(x, args, () => definition.start(x, ...args));
      return { x, memory, iteration: 0, error: Infinity };
    });
  const step = ({ x, memory, iteration }: SolverState<X, M>, ...args: A): SolverState<X, M> =>
    tidyState(() => {
      const next = explained(x, args, () =>
        endingRunaways(x, memory, () => definition.advance(x, memory, iteration, ...args)),
      );
      if (!definition.ignoresStart) checkShapes(x, next.x);
      return { ...next, iteration: iteration + 1 };
    });
  const status = (state: Progress): SolverStatus => statusOf(state, tolerance(), maxIter);
  const sampleStats = (iteration: number) => (sample: SampleState) => ({
    status: status({ ...sample, iteration }),
    error: sample.error,
  });
  const isDone = (state: SolverState<X, M>): boolean => status(state) !== 'running';
  const stats = (state: SolverState<X, M>): SolverStats => ({
    status: status(state),
    iterations: state.iteration,
    error: state.error,
    ...(state.samples ? { samples: state.samples.map(sampleStats(state.iteration)) } : {}),
  });
  const iterate = (x0: X, ...args: A): SolverState<X, M> => {
    checkAlive('solver', flattenTree([x0, args]).leaves);
    return engine?.iterate(x0, args, { maxIter, tol: tolerance() }) ?? iterateByStep(x0, ...args);
  };
  const iterateByStep = (x0: X, ...args: A): SolverState<X, M> => {
    let state = init(x0, ...args);
    while (!isDone(state)) {
      const next = step(state, ...args);
      disposeReplaced(state, next);
      state = next;
    }
    disposeReplaced(state, { ...state, memory: null });
    return state;
  };
  const solve = (x0: X, ...args: A): SolverStats & { x: X } =>
    withoutTape(() => {
      const state = iterate(x0, ...args);
      return { x: state.x, ...stats(state) };
    });
  const attach = attachmentOf(definition, implicit);
  const run = (x0: X, ...args: A): X =>
    tf.tidy(() => {
      const state = withoutTape(() => iterate(x0, ...args));
      onSolved?.(stats(state));
      refuseFailure(stats(state));
      warnOnce(stats(state), tolerance());
      return (engine?.attach(state, args) ?? attach(state, args)) as unknown as tf.TensorContainer;
    }) as unknown as X;
  const unroll = (x0: X, ...args: A): X => iterateByStep(x0, ...args).x;
  const { optimality } = definition;
  const solver: Solver<X, A, M> = { init, step, isDone, status, stats, solve, run, unroll, optimality };
  origins.set(solver, { definition: definition as unknown as Origin['definition'], options });
  return solver;
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
