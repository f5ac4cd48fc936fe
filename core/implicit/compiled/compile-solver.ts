import * as tf from '@tensorflow/tfjs-core';
import { ImplicitError } from '../errors.ts';
import { toFloat64, valuesOf } from '../float64/float64-backend.ts';
import { allFinite } from '../linear-solve/vector.ts';
import { createSolver, originOf } from '../solvers/solver.ts';
import type { Solver, SolverDefinition, SolverEngine } from '../solvers/solver.ts';
import { customGradientCalls } from '../custom-gradients.ts';
import type { ImplicitOptions } from '../implicit-options.ts';
import { connectedTensors, isRecording } from '../gradient-scope.ts';
import { flattenTree } from '../tree.ts';
import { attachCompiled } from './attach-compiled.ts';
import { ConditionAtPoint } from './condition-at-point.ts';
import { loopFor } from './loops/loop-for.ts';
import type { Loop, LoopEnd } from './loops/loop.ts';
import { PlanCache } from './plan-cache.ts';
import type { CompiledReport, CompileOptions } from './plan-cache.ts';
import { rootPlan } from './root-plan.ts';
import { tensorOf } from './trace-tree.ts';
import { TraceFailure } from './trace-failure.ts';
import { isTracing } from './trace.ts';
import { NotFiniteError } from '../checks.ts';

/** How the two parts of a compiled solver ran last; each may go its own way. */
export interface CompiledSolverReport {
  readonly iterations: CompiledReport;
  /** The derivative of a solution, from `run` inside a gradient. */
  readonly derivative: CompiledReport;
}

/** A solver whose iterations and derivatives run as plans wherever they can, and which tells how they ran. */
export interface CompiledSolver<X, A extends unknown[], M = unknown> extends Solver<X, A, M> {
  readonly report: () => CompiledSolverReport;
}

/** See `compile`. */
export function compileSolver<X, A extends unknown[], M>(
  solver: Solver<X, A, M>,
  options: CompileOptions,
): CompiledSolver<X, A, M> {
  const origin = originOf(solver);
  if (!origin) {
    throw new ImplicitError('bad-usage', 'compile: expected a function, or a solver of this toolkit', {
      hint: 'Solvers are made by solvers.lbfgs(…) and its kin. Of a solver of your own, compile what its steps call.',
    });
  }
  const definition = origin.definition as unknown as SolverDefinition<X, A, M>;
  const { implicit = {} } = origin.options;
  const loops = loopCache(definition, options);
  // What carried out the last iterations, just found to be what its functions still compute.
  let last: Loop | undefined;
  const conditions = conditionCache(definition, implicit, options, () => last);
  const engine: SolverEngine<X, A, M> = {
    iterate: (x0, args, limits) => {
      // Nothing to pack, or written down as part of another trace: step by step.
      last = undefined;
      if (isTracing() || flattenTree(x0).leaves.length === 0) return undefined;
      const found = loops.get([x0, ...args]);
      last = found?.plans;
      if (!found) return undefined;
      const count = flattenTree(x0).leaves.length;
      const epsilon = tf.backend().epsilon();
      let end: LoopEnd;
      try {
        end = found.plans.run(packed(x0), found.leaves.slice(count), { ...limits, epsilon });
      } catch (error) {
        // Step by step the solver ends in a status there.
        if (error instanceof NotFiniteError) return undefined;
        throw error;
      }
      const memory = { stepsize: end.stepsize } as M;
      return { x: unpacked(x0, end.x), memory, iteration: end.iterations, error: end.error };
    },
    attach: ({ x, memory }, args) => {
      // Elsewhere the solution is a copy, and plans have nothing to offer.
      if (isTracing() || !isRecording() || flattenTree(x).leaves.length === 0) return undefined;
      // Refused by name where every solution is.
      if (!flattenTree(x).leaves.every((leaf) => allFinite(toFloat64(leaf)))) return undefined;
      if (tf.engine().state.gradientDepth > 1) return conditions.byTape('is differentiated more than once');
      const found = conditions.get([x, ...args]);
      const condition = found?.plans;
      if (!condition?.isTheta.includes(true)) return undefined;
      if (connectedTensors([...condition.captured, ...(last?.closure.captured() ?? [])]).length > 0)
        return conditions.byTape('closes over a tensor that the gradient depends on');
      const leaves = found!.leaves.slice(flattenTree(x).leaves.length);
      const stepsize = (memory as Partial<Record<'stepsize', number>> | null)?.stepsize ?? 1;
      return attachCompiled({ condition, solution: x, found: stepsize }, leaves, implicit);
    },
  };
  const report = (): CompiledSolverReport => ({ iterations: loops.report, derivative: conditions.report });
  return Object.assign(createSolver(definition, origin.options, engine), { report });
}

function loopCache<X, A extends unknown[], M>(
  { recipe }: SolverDefinition<X, A, M>,
  options: CompileOptions,
): PlanCache<Loop> {
  return new PlanCache('the solver', options, (_, [x0, ...args]) => {
    if (!recipe) throw new TraceFailure('has no compiled form of its iterations');
    const loop = loopFor(recipe, x0 as X, args as A);
    return { plans: loop, closure: loop.closure };
  });
}

function conditionCache<X, A extends unknown[], M>(
  definition: SolverDefinition<X, A, M>,
  { constants }: ImplicitOptions,
  options: CompileOptions,
  lastLoop: () => Loop | undefined,
): PlanCache<ConditionAtPoint> {
  const { recipe, optimality } = definition;
  const bySteps = recipe?.kind === 'proximal-gradient' ? recipe.conditionFor : undefined;
  return new PlanCache("the solver's derivative", options, (_, [x, ...args]) => {
    if ('optimalityAfter' in definition && !bySteps)
      throw new TraceFailure('depends on more than a step size of the solver');
    const before = customGradientCalls();
    const root = rootPlan(bySteps ?? (() => optimality), x as X, args as A, constants);
    const { closure } = root.staged;
    // Made of the functions of the loop, whose closure has just been looked at. Gradients that they bring with them may
    // close over more than the loop evaluates.
    const madeWith = customGradientCalls() === before ? lastLoop() : undefined;
    const isCurrent = (): boolean =>
      (madeWith !== undefined && madeWith === lastLoop()) || closure.isCurrent();
    return { plans: new ConditionAtPoint(root), closure: { ...closure, isCurrent } };
  });
}

/** All numbers of a tree of tensors, one after another. */
function packed(tree: unknown): Float64Array {
  const parts = flattenTree(tree).leaves.map(valuesOf);
  const all = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let from = 0;
  for (const part of parts) {
    all.set(part, from);
    from += part.length;
  }
  return all;
}

/** Numbers as tensors in the places of a tree's. */
function unpacked<X>(like: X, values: Float64Array): X {
  const tree = flattenTree(like);
  let from = 0;
  const leaves = tree.leaves.map(({ shape, size }) => {
    from += size;
    return tensorOf(values.slice(from - size, from), shape, 'float32');
  });
  return tree.rebuild<X>(leaves);
}
