import { sizeBetween, sizeOf } from '../tensor.ts';
import type { RuleContext } from './rule.ts';
import { constantNumbers, input } from './rule.ts';

/** Row numbers in the flat view [rows, slice] of a tensor: known values, or the name of an int64 vector. */
export type FlatRows =
  | { readonly length: number; readonly values: readonly number[] }
  | { readonly length: number; readonly values: undefined; readonly name: string };

/**
 * Turns the index tuples of GatherND or ScatterND (input 1, [..., q]) into row numbers.
 *
 * `dims` is the shape of the indexed tensor; its first `batchDims` axes are shared with the indices.
 */
export function flatRows(c: RuleContext, dims: readonly number[], batchDims: number): FlatRows {
  const tuples = input(c, 1);
  const q = tuples.dims.at(-1)!;
  const length = sizeOf(tuples.dims) / q;
  const sizes = dims.slice(batchDims, batchDims + q);
  const strides = sizes.map((_, i) => sizeBetween(sizes, i + 1, q));
  const perBatch = length / sizeBetween(dims, 0, batchDims);
  const offsets = Array.from({ length }, (_, row) => Math.floor(row / perBatch) * sizeOf(sizes));
  const known = constantNumbers(c, 1);
  if (known === undefined)
    return { length, values: undefined, name: computedRows(c, sizes, strides, offsets) };
  const values = offsets.map((offset, row) =>
    strides.reduce((sum, stride, i) => {
      const index = known[row * q + i];
      return sum + stride * (index < 0 ? index + sizes[i] : index);
    }, offset),
  );
  return { length, values };
}

function computedRows(
  c: RuleContext,
  sizes: readonly number[],
  strides: readonly number[],
  offsets: readonly number[],
): string {
  const { b } = c;
  const tuples = b.reshape(input(c, 1).name, [-1, sizes.length]);
  const wrapped = b.mul(b.cast(b.op('Less', [tuples, b.ints([0], [])]), 'int64'), b.ints(sizes));
  const weighted = b.mul(b.add(tuples, wrapped), b.ints(strides));
  return b.add(b.reduceSum(weighted, [1], false), b.ints(offsets));
}
