import { TesseraError } from '../../errors.ts';
import type { ElementType, Tensor } from '../../tensor.ts';
import { intsOf, labelOf } from '../attributes.ts';
import type { Node } from '../graph.ts';

/** What is known of a tensor for fixed input sizes: type, every dimension, and its values where they are constant. */
export interface TensorFact {
  readonly type: ElementType;
  readonly dims: readonly number[];
  readonly value?: Tensor | undefined;
}

/** A node about to be inferred, with what is known of its inputs (undefined: an absent optional input). */
export interface NodeCall {
  readonly node: Node;
  readonly opset: number;
  readonly inputs: readonly (TensorFact | undefined)[];
}

/** Gives type and shape of each output of a node. */
export type ShapeRule = (call: NodeCall) => readonly TensorFact[];

/** Refuses a node whose output sizes cannot be known before it runs. */
export function refuse({ node }: NodeCall, reason: string): never {
  throw new TesseraError('unsupported-operator', `${labelOf(node)}: ${reason}.`, {
    hint: 'Export the model for a fixed input size, without data-dependent shapes.',
  });
}

/** A required input. */
export function inputOf(call: NodeCall, index: number): TensorFact {
  return call.inputs[index] ?? refuse(call, `input ${index} is missing`);
}

/** The values of a constant integer (or float) input as numbers, undefined when the input is absent. */
export function numbersOf(call: NodeCall, index: number, what: string): readonly number[] | undefined {
  const fact = call.inputs[index];
  if (!fact) return undefined;
  if (!fact.value) refuse(call, `${what} depends on the data, not only on the input size`);
  return Array.from(fact.value.data as ArrayLike<number | bigint>, clampedNumber);
}

/** int64 bounds stand for "to the end"; beyond 2^53 only their sign and hugeness matter. */
function clampedNumber(value: number | bigint): number {
  return Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, Number(value)));
}

/** A parameter that older operator sets keep in an attribute and newer ones in an input. */
export function parameterOf(call: NodeCall, name: string, index: number): readonly number[] | undefined {
  return intsOf(call.node, name) ?? (call.inputs[index] ? numbersOf(call, index, name) : undefined);
}

/** An axis counted from the front. */
export function axisOf(call: NodeCall, axis: number, rank: number): number {
  const fromFront = axis < 0 ? axis + rank : axis;
  if (fromFront < 0 || fromFront >= Math.max(rank, 1))
    refuse(call, `axis ${axis} does not exist in rank ${rank}`);
  return fromFront;
}

/** Shape that several operands broadcast to, aligned at the last axis. */
export function broadcast(call: NodeCall, shapes: readonly (readonly number[])[]): readonly number[] {
  const rank = Math.max(0, ...shapes.map((dims) => dims.length));
  return Array.from({ length: rank }, (_, axis) => {
    const sizes = shapes.map((dims) => dims[axis - rank + dims.length] ?? 1).filter((size) => size !== 1);
    const size = sizes[0] ?? 1;
    if (sizes.some((other) => other !== size)) {
      refuse(call, `shapes ${shapes.map((dims) => `[${dims.join(', ')}]`).join(' and ')} do not broadcast`);
    }
    return size;
  });
}
