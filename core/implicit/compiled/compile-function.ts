import { valuesOf } from '../float64/float64-backend.ts';
import { Plan } from './plan.ts';
import { PlanCache } from './plan-cache.ts';
import type { CompiledReport, CompileOptions } from './plan-cache.ts';
import { tensorOf, traceTree } from './trace-tree.ts';
import { runsAsItIs } from './trace.ts';

/** A function that runs as a plan wherever it can, and tells how it ran. */
export interface CompiledFunction<A extends unknown[], R> {
  (...args: A): R;
  readonly report: () => CompiledReport;
}

/** See `compile`. */
export function compileFunction<A extends unknown[], R>(
  run: (...args: A) => R,
  options: CompileOptions,
): CompiledFunction<A, R> {
  const cache = new PlanCache('the function', options, (_, args) => {
    const traced = traceTree(run, args as A);
    const { graph, outputs, closure } = traced;
    const stages = graph.inputs.map(() => 0);
    const plan = new Plan(graph, stages, { result: { outputs, stage: 0 } });
    return { plans: { plan, traced }, closure };
  });
  const call = (...args: A): R => {
    // Where a gradient is taken around it, or another trace, it is recorded like any other function.
    const found = runsAsItIs() ? undefined : cache.get(args);
    if (!found) return run(...args);
    const { plan, traced } = found.plans;
    found.leaves.forEach((leaf, i) => plan.set(i, valuesOf(leaf)));
    plan.finish(0);
    plan.run('result');
    return traced.rebuild(
      traced.outputs.map(({ shape, dtype }, i) => tensorOf(plan.result('result', i), shape, dtype)),
    );
  };
  return Object.assign(call, { report: () => cache.report });
}
