import type { ElementType } from '../tensor.ts';
import type { GraphBuilder } from './graph-builder.ts';

/** Beyond so many sources for one row a one-hot matrix is cheaper than one gather each. */
const MAX_ROUNDS = 8;

/**
 * Adjoint of gathering rows by known indices: row i of the result is the sum of the rows j with indices[j] = i.
 *
 * Done by gathering with the inverse index, once per multiplicity: ONNX Runtime copies whole rows there,
 * while its scatter kernels go element by element on one thread.
 *
 * Shapes   rows [B, indices.length, S], B free; returns [B, count, S].
 */
export function scatterRows(
  b: GraphBuilder,
  rows: string,
  indices: readonly number[],
  count: number,
  type: ElementType,
): string {
  const sources: number[][] = Array.from({ length: count }, () => []);
  indices.forEach((row, j) => sources[row < 0 ? row + count : row].push(j));
  const rounds = sources.reduce((most, list) => Math.max(most, list.length), 0);
  if (rounds > MAX_ROUNDS) return b.matMul(oneHot(b, sources, indices.length, type), rows);

  const hasGap = sources.some((list) => list.length < rounds);
  const padded = hasGap ? b.pad(rows, [0, 0, 0], [0, 1, 0]) : rows;
  const terms = Array.from({ length: rounds }, (_, round) =>
    b.op('Gather', [padded, b.ints(sources.map((list) => list[round] ?? indices.length))], { axis: 1 }),
  );
  return b.sumOf(terms);
}

function oneHot(b: GraphBuilder, sources: readonly number[][], columns: number, type: ElementType): string {
  const values = new Float32Array(sources.length * columns);
  sources.forEach((list, i) => list.forEach((j) => (values[i * columns + j] = 1)));
  return b.floats(values, [sources.length, columns], type);
}

/**
 * As {@link scatterRows} for row numbers that only the run knows.
 *
 * Shapes   rows [K, n, S]; indices names int64 [n] (negative counts from the end); returns [K, count, S].
 */
export function scatterComputedRows(
  b: GraphBuilder,
  rows: string,
  indices: string,
  count: number,
  sliceSize: number,
  type: ElementType,
): string {
  const everywhere = b.op('Expand', [b.reshape(indices, [1, -1, 1]), b.op('Shape', [rows])]);
  const zeros = b.zerosLike(rows, [count, sliceSize], type);
  return b.op('ScatterElements', [zeros, everywhere, rows], { axis: 1, reduction: 'add' });
}
