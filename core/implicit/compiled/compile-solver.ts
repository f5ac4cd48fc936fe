import * as tf from '@tensorflow/tfjs-core';
import { ImplicitError } from '../errors.ts';
import { valuesOf } from '../float64/float64-backend.ts';
import { createSolver, originOf } from '../solvers/solver.ts';
import type { Solver, SolverDefinition, SolverEngine, SolverState } from '../solvers/solver.ts';
import { flattenTree } from '../tree.ts';
import { loopFor } from './loops/loop-for.ts';
import type { Loop } from './loops/loop.ts';
import { PlanCache } from './plan-cache.ts';
import type { CompiledReport, CompileOptions } from './plan-cache.ts';
import { tensorOf } from './trace-tree.ts';
import { TraceFailure } from './trace-backend.ts';
import { isTracing } from './trace.ts';

/** A solver whose iterations run as plans wherever they can, and which tells how they ran. */
export interface CompiledSolver<X, A extends unknown[], M = unknown> extends Solver<X, A, M> {
  readonly report: () => CompiledReport;
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
  const cache = new PlanCache<Loop>('the solver', options, (_, [x0, ...args]) => {
    if (!definition.recipe) throw new TraceFailure('has no compiled form of its iterations');
    const loop = loopFor(definition.recipe, x0 as X, args as A);
    return { plans: loop, captured: loop.captured };
  });
  const engine: SolverEngine<X, A, M> = {
    iterate: (x0, args, limits) => {
      // Nothing to pack, or written down as part of another trace: step by step.
      if (isTracing() || flattenTree(x0).leaves.length === 0) return undefined;
      const found = cache.get([x0, ...args]);
      if (!found) return undefined;
      const count = flattenTree(x0).leaves.length;
      const epsilon = tf.backend().epsilon();
      const end = found.plans.run(packed(x0), found.leaves.slice(count), { ...limits, epsilon });
      return {
        x: unpacked(x0, end.x),
        memory: { stepsize: end.stepsize } as M,
        iteration: end.iterations,
        error: end.error,
      } satisfies SolverState<X, M>;
    },
  };
  return Object.assign(createSolver(definition, origin.options, engine), { report: () => cache.report });
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
