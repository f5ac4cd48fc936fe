import * as tf from '@tensorflow/tfjs-core';
import { ImplicitError } from './errors.ts';
import { toFloat64 } from './float64/float64-backend.ts';
import { inspectTape, withoutTape } from './gradient-scope.ts';
import { allFinite, norm } from './linear-solve/vector.ts';
import type { Residual } from './residual-map.ts';

/** What evaluating a condition once tells. */
export interface Inspection {
  /** ‖F(x, ...args)‖₂; NaN or infinite if F is. */
  readonly optimality: number;
  /** F, packed as x is. */
  readonly values: Float64Array;
  /** Real tensors that F reads although they are no parameters of it. */
  readonly captured: readonly tf.Tensor[];
  /** Whether a piece of F that depends on its parameters sits on its kink, to rounding. */
  readonly onKink: boolean;
}

type Tape = Parameters<Parameters<typeof inspectTape>[1]>[0];

/** Evaluates F once, with everything it does in view. Records nothing. */
export function inspectCondition(
  residual: Residual,
  x: tf.Tensor,
  theta: readonly tf.Tensor[],
  constants: readonly tf.Tensor[],
): Inspection {
  let captured: tf.Tensor[] = [];
  let onKink = false;
  let values: Float64Array = new Float64Array(0);
  tf.tidy(() => {
    const own = [x, ...theta, ...constants].map((tensor) => withoutTape(() => tf.clone(tensor)));
    const rest = own.slice(1);
    const evaluate = (): tf.Tensor => residual(own[0], rest.slice(0, theta.length), rest.slice(theta.length));
    const oldest = own[0].id;
    const parameters = new Set(own.map(({ id }) => id));
    const value = inspectTape(evaluate, (tape) => {
      captured = capturedBy(tape, oldest, parameters);
      onKink = kinksOn(tape, parameters);
    });
    values = toFloat64(value);
    return [];
  });
  return { optimality: norm(values), values, captured, onKink };
}

/** Tensor numbers only grow: what is older than the parameters' clones was there before F ran. */
function capturedBy(tape: Tape, oldest: number, parameters: ReadonlySet<number>): tf.Tensor[] {
  const found = new Map<number, tf.Tensor>();
  for (const { inputs } of tape) {
    for (const input of Object.values(inputs) as (tf.Tensor | null)[]) {
      if (input && input.id < oldest && input.dtype === 'float32' && !parameters.has(input.id))
        found.set(input.id, input);
    }
  }
  return [...found.values()];
}

const KINKED = new Set(['Relu', 'Abs', 'Maximum', 'Minimum']);

function kinksOn(tape: Tape, parameters: ReadonlySet<number>): boolean {
  const reached = new Set(parameters);
  let found = false;
  for (const { kernelName, inputs, outputs, saved } of tape) {
    if (!Object.values(inputs).some((input) => reached.has((input as tf.Tensor | null)?.id ?? -1))) continue;
    for (const { id } of outputs) reached.add(id);
    found ||= KINKED.has(kernelName) && saved !== undefined && hasTie(saved);
  }
  return found;
}

/** Whether an entry of the one operand is 0, or entries of both are equal, to rounding. */
function hasTie([a, b]: readonly tf.Tensor[]): boolean {
  return withoutTape(() => {
    const gap = toFloat64Once(() => (b ? tf.sub(a, b) : tf.clone(a)));
    const operands = [a, ...(b ? [b] : [])].map((tensor) => largestFinite(toFloat64(tensor)));
    const rounding = 4 * tf.backend().epsilon() * Math.max(...operands);
    return gap.some((value) => Math.abs(value) <= rounding);
  });
}

function toFloat64Once(compute: () => tf.Tensor): Float64Array {
  const tensor = tf.tidy(compute);
  const values = toFloat64(tensor);
  tensor.dispose();
  return values;
}

const largestFinite = (values: Float64Array): number =>
  values.reduce((most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most), 0);

/**
 * Refuses values of F that are not finite, which a derivative would carry on or, where F is constant, hide.
 * ImplicitError 'not-differentiable'.
 */
export function checkFinite({ optimality }: Inspection): void {
  if (allFinite(Float64Array.of(optimality))) return;
  throw new ImplicitError(
    'not-differentiable',
    'implicit derivative: the optimality condition has values at the solution that are not finite',
    { hint: 'Look for log 0, division by 0 or an overflow in F, or for arguments that are not finite.' },
  );
}
