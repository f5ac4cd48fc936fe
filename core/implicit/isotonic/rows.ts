import * as tf from '@tensorflow/tfjs-core';
import { ImplicitError } from '../errors.ts';
import { sumByRow } from '../gradients/structural-gradients.ts';
import { shapesOf } from '../tree.ts';
import type { BlockStarts } from './blocks.ts';

/** ImplicitError 'bad-tensor' unless the tensors have one shape [..., n], n > 0. */
export function checkRows(where: string, tensors: readonly tf.Tensor[]): void {
  const [first, ...others] = tensors;
  const isOneShape = others.every(({ shape }) => shape.join() === first.shape.join());
  if (first.rank > 0 && first.size > 0 && isOneShape) return;
  throw new ImplicitError(
    'bad-tensor',
    `${where}: expected tensors of one shape [..., n] with n > 0, got ${shapesOf(tensors)}`,
  );
}

/** Which block every entry of the rows [..., n] belongs to, counted through all rows, and how many there are. */
export interface BlockIds {
  /** int32 [entries]. */
  readonly ids: tf.Tensor;
  readonly count: number;
}

/** Numbers the blocks of all rows; `blocksOf` gets where a row starts among the entries of `tensor`. */
export function blockIds(tensor: tf.Tensor, blocksOf: (start: number, n: number) => BlockStarts): BlockIds {
  const n = tensor.shape.at(-1)!;
  const ids = new Int32Array(tensor.size);
  let count = 0;
  for (let start = 0; start < ids.length; start += n) {
    const starts = blocksOf(start, n);
    starts.forEach((from, at) => ids.fill(count + at, start + from, start + (starts[at + 1] ?? n)));
    count += starts.length;
  }
  return { ids: tf.tensor1d(ids, 'int32'), count };
}

/** Σ over every block of a flat tensor [entries] -> [blocks]. */
export function sumOverBlocks(flat: tf.Tensor, { ids, count }: BlockIds): tf.Tensor {
  return sumByRow(flat, ids, count);
}

/** The value of every entry's block: [blocks] -> [entries]. */
export function toEntries(blocks: tf.Tensor, { ids }: BlockIds): tf.Tensor {
  return tf.gather(blocks, ids);
}
