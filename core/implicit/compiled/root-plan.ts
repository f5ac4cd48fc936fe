import * as tf from '@tensorflow/tfjs-core';
import { valuesOf } from '../float64/float64-backend.ts';
import { createResidualMap } from '../residual-map.ts';
import type { OptimalityFn, Residual } from '../residual-map.ts';
import type { Scalar } from '../scalar.ts';
import { jvp, vjp } from '../tape.ts';
import { flattenTree } from '../tree.ts';
import type { Graph, Value } from './graph.ts';
import { neededFor } from './schedule.ts';
import type { EntrySpec } from './schedule.ts';
import { stagedPlan } from './staged-plan.ts';
import type { StagedPlan } from './staged-plan.ts';

/** F for a number that the solver found, such as its step size; a condition without one ignores it. */
export type ConditionFor<X, A extends unknown[]> = (found: Scalar) => OptimalityFn<X, A>;

type Entry = 'residual' | 'kinks' | 'pull' | 'parameters';

/** Variables: what the solver found, x and a vector along which ∂F is multiplied. */
const [FOUND, X, ALONG] = [0, 1, 2];

/** A condition as plans. */
export interface RootPlan {
  readonly size: number;
  readonly staged: StagedPlan<Entry>;
  /** ∂F/∂x · v, traced when it is first asked for: it needs second derivatives of TensorFlow.js's kernels. */
  readonly forward: () => StagedPlan<'push'>;
  /** Which tensors of the arguments are differentiated. */
  readonly isTheta: readonly boolean[];
  /** Shapes of those. */
  readonly parameters: readonly (readonly number[])[];
  /** Number of pairs of operands whose ties, or operands whose zeros, are kinks of F. */
  readonly kinks: readonly (readonly [Value, Value | undefined])[];
}

/** Kernels that have a kink where their operand is 0, or their two operands are equal. */
const KINKED = new Set(['Relu', 'Abs', 'Maximum', 'Minimum']);

/** Traces F(x, ...args) and its derivatives for the structure of a solution and arguments. */
export function rootPlan<Solution, A extends unknown[]>(
  conditionFor: ConditionFor<Solution, A>,
  solution: Solution,
  args: A,
  constants: readonly number[] = [],
): RootPlan {
  const x = flattenTree(solution);
  const shapes = x.leaves.map(({ shape }) => shape);
  const size = x.leaves.reduce((sum, leaf) => sum + leaf.size, 0);
  const isTheta = createResidualMap(conditionFor(1), solution, args, { constants }).isTheta;
  /** Takes the traced arguments apart as createResidualMap does, whose F is for the traced number. */
  const atTraced = (
    given: A,
    found: tf.Tensor,
  ): { residual: Residual; theta: tf.Tensor[]; rest: tf.Tensor[] } => {
    const leaves = flattenTree(given).leaves;
    const condition = (point: Solution, ...all: A): Solution => conditionFor(found)(point, ...all);
    // The solution itself may be gone by the time the forward product is traced; its structure is not.
    const like = x.rebuild(shapes.map((shape) => tf.zeros([...shape])));
    return {
      residual: createResidualMap(condition, like, given, { constants }).residual,
      theta: leaves.filter((_, i) => isTheta[i]),
      rest: leaves.filter((_, i) => !isTheta[i]),
    };
  };
  const variables = [
    { shape: [], stage: 0 },
    { shape: [size], stage: 1 },
    { shape: [size], stage: 2 },
  ];
  let kinks: RootPlan['kinks'] = [];
  const staged = stagedPlan(
    args,
    variables,
    (given, traced) => {
      const { residual, theta, rest } = atTraced(given, traced[FOUND]);
      const [point, u] = [traced[X], traced[ALONG]];
      return {
        residual: { stage: 1, values: [residual(point, theta, rest)] },
        pull: { stage: 2, values: vjp(([free]) => residual(free, theta, rest), [point], u) },
        parameters: { stage: 2, values: vjp((free) => residual(point, free, rest), theta, tf.neg(u)) },
      };
    },
    (graph, { residual }): Record<'kinks', EntrySpec> => {
      kinks = kinksOf(graph, residual.outputs);
      const outputs = kinks.flat().filter((value) => value !== undefined);
      return { kinks: { stage: 1, outputs } };
    },
  );
  let push: StagedPlan<'push'> | undefined;
  const forward = (): StagedPlan<'push'> =>
    (push ??= stagedPlan(args, variables, (given, traced) => {
      const { residual, theta, rest } = atTraced(given, traced[FOUND]);
      const product = jvp(([free]) => residual(free, theta, rest), [traced[X]], [traced[ALONG]]);
      return { push: { stage: 2, values: [product] } };
    }));
  const parameters = flattenTree(args).leaves.flatMap(({ shape }, i) => (isTheta[i] ? [shape] : []));
  return { size, staged, forward, isTheta, parameters, kinks };
}

function kinksOf(graph: Graph, outputs: readonly Value[]): RootPlan['kinks'] {
  const needed = neededFor(outputs);
  return graph.ops
    .filter((op) => KINKED.has(op.kernel) && needed.has(op))
    .map(({ inputs }) => [inputs[0], inputs[1] as Value | undefined] as const);
}

/** Sets the point of one of the plans of a condition. */
export function setPoint<E extends string>(
  { plan, setArguments, set }: StagedPlan<E>,
  {
    found,
    x,
    leaves,
  }: { readonly found: number; readonly x: tf.Tensor; readonly leaves: readonly tf.Tensor[] },
): void {
  setArguments(leaves);
  set(FOUND, [found]);
  plan.finish(0);
  setUnknowns({ plan, set }, valuesOf(x));
}

/** Sets x alone; the arguments stay. */
export function setUnknowns<E extends string>(
  { plan, set }: Pick<StagedPlan<E>, 'plan' | 'set'>,
  x: ArrayLike<number>,
): void {
  set(X, x);
  plan.finish(1);
}

/** A product along a vector, once the point is set. */
export function along<E extends string>(
  { plan, set }: StagedPlan<E>,
  vector: Float64Array,
  entry: E,
): Float64Array {
  set(ALONG, vector);
  plan.finish(2);
  plan.run(entry);
  return plan.result(entry).slice();
}
