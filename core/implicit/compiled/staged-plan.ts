import type * as tf from '@tensorflow/tfjs-core';
import { valuesOf } from '../float64/float64-backend.ts';
import { flattenTree } from '../tree.ts';
import { specsOf } from './argument-key.ts';
import type { Graph } from './graph.ts';
import { Plan } from './plan.ts';
import type { EntrySpec } from './schedule.ts';
import type { Closure } from './closure.ts';
import { trace } from './trace.ts';
import type { InputSpec } from './trace.ts';

/** A variable of a plan: real numbers of a shape, set at a stage (see Plan). */
export interface Variable {
  readonly shape: readonly number[];
  readonly stage: number;
}

/** Tensors that an entry gives, once the variables up to its stage are set. */
export interface StagedEntry {
  readonly stage: number;
  readonly values: readonly tf.Tensor[];
}

/** A plan of arguments, which are set at stage 0, and variables. */
export interface StagedPlan<Entry extends string> {
  readonly plan: Plan<Entry>;
  readonly closure: Closure;
  /** Sets the tensors of the arguments; stage 0 is not finished by it. */
  readonly setArguments: (leaves: readonly tf.Tensor[]) => void;
  /** Sets one of the variables. */
  readonly set: (variable: number, values: ArrayLike<number>) => void;
}

/**
 * Traces several functions of the same arguments and variables into one plan, in which they share what they have in common.
 * `more` names further entries among the values of the graph.
 */
export function stagedPlan<Entry extends string, A extends unknown[], More extends string = never>(
  args: A,
  variables: readonly Variable[],
  compute: (args: A, variables: readonly tf.Tensor[]) => Readonly<Record<Entry, StagedEntry>>,
  more?: (graph: Graph, entries: Readonly<Record<Entry, EntrySpec>>) => Readonly<Record<More, EntrySpec>>,
): StagedPlan<Entry | More> {
  const tree = flattenTree(args);
  const count = tree.leaves.length;
  const specs: InputSpec[] = [
    ...specsOf(tree.leaves),
    ...variables.map(({ shape }) => ({ shape, dtype: 'float32' as const })),
  ];
  let entries: [Entry, { stage: number; count: number }][] = [];
  const { graph, outputs, closure } = trace((inputs) => {
    const computed = compute(tree.rebuild<A>(inputs.slice(0, count)), inputs.slice(count));
    const list = Object.entries(computed) as [Entry, StagedEntry][];
    entries = list.map(([name, { stage, values }]) => [name, { stage, count: values.length }]);
    return list.flatMap(([, { values }]) => values);
  }, specs);
  let from = 0;
  const parts = entries.map(([name, { stage, count: size }]) => {
    from += size;
    return [name, { stage, outputs: outputs.slice(from - size, from) }] as const;
  });
  const stages = [...tree.leaves.map(() => 0), ...variables.map(({ stage }) => stage)];
  const own = Object.fromEntries(parts) as unknown as Record<Entry, EntrySpec>;
  const all = { ...own, ...more?.(graph, own) } as Record<Entry | More, EntrySpec>;
  const plan = new Plan<Entry | More>(graph, stages, all);
  return {
    plan,
    closure,
    setArguments: (leaves) => leaves.forEach((leaf, i) => plan.set(i, valuesOf(leaf))),
    set: (variable, values) => plan.set(count + variable, values),
  };
}
