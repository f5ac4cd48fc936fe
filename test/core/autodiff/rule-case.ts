import type { AttributeValue } from '../../../core/onnx/attributes.ts';
import { int64 } from '../../../core/tensor.ts';
import type { ElementType, Tensor } from '../../../core/tensor.ts';

/** One form of one operator whose rule is held against differences of the operator itself. */
export interface RuleCase {
  readonly op: string;
  /** Per input: a shape to be filled with values away from kinks, a constant, or '' for absent. */
  readonly inputs: readonly (readonly number[] | Tensor | '')[];
  readonly attributes?: Readonly<Record<string, AttributeValue | { readonly floats: readonly number[] }>>;
  /** Inputs to differentiate by. @default [0] */
  readonly by?: readonly number[];
  /** @default 17 */
  readonly opset?: number;
  /** Number of outputs of the node. @default 1 */
  readonly outputs?: number;
  /** Outputs whose cotangents are given. @default [0] */
  readonly of?: readonly number[];
  /** Keeps every value above this bound. */
  readonly above?: number;
  /** @default 'float32' */
  readonly type?: ElementType;
}

/** For operators with a double kernel that bend or tie too much for float32 differences. */
export const smooth: ElementType = 'float64';

export const ints = int64;

export function floats(
  values: readonly number[],
  dims: readonly number[] = [values.length],
): Tensor<'float32'> {
  return { type: 'float32', dims, data: Float32Array.from(values) };
}

export const scalar = (value: number) => floats([value], []);
export const flags = (values: readonly number[], dims: readonly number[]): Tensor => ({
  type: 'bool',
  dims,
  data: Uint8Array.from(values),
});

export type Extra = Omit<RuleCase, 'op' | 'inputs'>;
export const one = (op: string, inputs: RuleCase['inputs'], extra: Extra = {}): RuleCase => ({
  op,
  inputs,
  ...extra,
});
export const attr = (attributes: NonNullable<RuleCase['attributes']>, extra: Extra = {}): Extra => ({
  attributes,
  ...extra,
});
