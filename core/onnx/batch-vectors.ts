import { int64 } from '../tensor.ts';
import type { Tensor } from '../tensor.ts';
import type { Node } from './graph.ts';
import { makeNode } from './graph-edits.ts';

/** Integers that grow with the batch: value = constant + factor · batch, element by element. */
export interface BatchVector {
  readonly constant: readonly number[];
  readonly factor: readonly number[];
  readonly dims: readonly number[];
}

/** The batch vector that takes these values at two batch sizes, or undefined when it is not integer and affine. */
export function batchVectorOf(
  [first, second]: readonly [Tensor, Tensor],
  [batch, otherBatch]: readonly [number, number],
): BatchVector | undefined {
  if (first.type !== 'int64' || second.type !== 'int64' || first.dims.join() !== second.dims.join())
    return undefined;
  const [a, b] = [first, second].map(({ data }) => Array.from(data as BigInt64Array, Number));
  const factor = a.map((value, index) => (b[index] - value) / (otherBatch - batch));
  if (!factor.every(Number.isInteger)) return undefined;
  return { factor, constant: a.map((value, index) => value - factor[index] * batch), dims: first.dims };
}

/** Nodes and constants that compute something, and the tensor that holds it. */
export interface Fragment {
  readonly result: string;
  readonly nodes: readonly Node[];
  readonly initializers: ReadonlyMap<string, Tensor>;
}

/**
 * Computes a batch vector from the shape of a tensor whose axis 0 is the batch. The chain always starts with
 * Shape, so that a graph cut can hang it on another tensor with the same batch.
 */
export function batchVectorFragment(
  { constant, factor, dims }: BatchVector,
  anchor: string,
  result: string,
  fresh: (stem: string) => string,
): Fragment {
  const [shape, zero, batch, factors, product, constants] = [
    'shape',
    'zero',
    'batch',
    'factor',
    'product',
    'constant',
  ].map((part) => fresh(`${result}/${part}`));
  const nodes = [
    makeNode('Shape', [anchor], [shape]),
    makeNode('Gather', [shape, zero], [batch]),
    makeNode('Mul', [batch, factors], [product]),
    makeNode('Add', [product, constants], [result]),
  ];
  const initializers = new Map([
    [zero, int64([0], [])],
    [factors, int64(factor, dims)],
    [constants, int64(constant, dims)],
  ]);
  return { result, nodes, initializers };
}
