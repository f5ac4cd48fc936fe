import type { Check, Graph, Op, Value } from './graph.ts';
import { chained } from './steps/fused.ts';

/** Something a plan can be asked for: values that are known once the inputs up to `stage` are. */
export interface EntrySpec {
  readonly outputs: readonly Value[];
  readonly stage: number;
}

/** The order of a plan's work. */
export interface Schedule {
  /** By stage: what depends on inputs up to it and on no later ones, and is needed by later stages or for checks. */
  readonly preludes: readonly (readonly Op[])[];
  /** By entry: what is left to do for it. */
  readonly bodies: ReadonlyMap<string, readonly Op[]>;
  /** By stage: checks of values that are known then. */
  readonly checks: readonly (readonly Check[])[];
  /** Values that outlive the list of operations that makes them. */
  readonly kept: ReadonlySet<Value>;
}

/** Stage of every operation: the latest of what it reads. */
function stagesOf(graph: Graph, inputStages: readonly number[]): (value: Value) => number {
  const stages = new Map<Value, number>();
  graph.inputs.forEach((input, i) => stages.set(input, inputStages[i]));
  const stageOf = ({ base }: Value): number => stages.get(base) ?? 0;
  for (const { inputs, outputs } of graph.ops) {
    const latest = Math.max(0, ...inputs.map(stageOf));
    for (const output of outputs) stages.set(output, latest);
  }
  return stageOf;
}

/** Operations that values depend on. */
export function neededFor(values: readonly Value[]): Set<Op> {
  const needed = new Set<Op>();
  const queue = values.map(({ base }) => base.op);
  for (let op = queue.pop(); queue.length > 0 || op !== undefined; op = queue.pop()) {
    if (op === undefined || needed.has(op)) continue;
    needed.add(op);
    for (const { base } of op.inputs) queue.push(base.op);
  }
  return needed;
}

/**
 * Divides a graph into what runs when: operations before the stage of an entry run once for all calls that share the
 * inputs up to there. What no entry needs is left out.
 */
export function schedule(
  graph: Graph,
  inputStages: readonly number[],
  entries: Readonly<Record<string, EntrySpec>>,
): Schedule {
  const stageOf = stagesOf(graph, inputStages);
  const opStage = ({ outputs }: Op): number => stageOf(outputs[0]);
  const last = Math.max(...inputStages, ...Object.values(entries).map(({ stage }) => stage), 0);
  const checks = Array.from({ length: last + 1 }, (_, stage) =>
    graph.checks.filter(({ value }) => stageOf(value) === stage),
  );
  const needed = Object.values(entries).map(({ outputs }) => neededFor(outputs));
  const early = neededFor(graph.checks.map(({ value }) => value));
  Object.values(entries).forEach(({ stage }, i) => {
    for (const op of needed[i]) if (opStage(op) < stage) early.add(op);
  });
  const bodies = Object.entries(entries).map(
    ([name], i) => [name, chained(graph.ops.filter((op) => needed[i].has(op) && !early.has(op)))] as const,
  );
  const preludes = checks.map((_, stage) =>
    chained(graph.ops.filter((op) => early.has(op) && opStage(op) === stage)),
  );
  const results = [
    ...Object.values(entries).flatMap(({ outputs }) => outputs),
    ...graph.checks.map(({ value }) => value),
  ];
  const kept = new Set<Value>([...graph.inputs, ...results.map(({ base }) => base)]);
  for (const value of crossing(preludes, [...preludes, ...bodies.map(([, ops]) => ops)])) kept.add(value);
  return { preludes, bodies: new Map(bodies), checks, kept };
}

/** Values that one of the first lists makes and another list reads. */
function crossing(makers: readonly (readonly Op[])[], readers: readonly (readonly Op[])[]): Value[] {
  return makers.flatMap((maker) => {
    const made = new Set(maker.flatMap(({ outputs }) => outputs));
    const others = readers.filter((reader) => reader !== maker).flat();
    return others.flatMap(({ inputs }) => inputs.map(({ base }) => base).filter((base) => made.has(base)));
  });
}
