import { BugError, invariant } from '../errors.ts';

/** A dense row-major float32 matrix: element (i, j) is `data[i * cols + j]`. */
export interface Matrix {
  readonly rows: number;
  readonly cols: number;
  readonly data: Float32Array;
}

/** Wraps row-major data (or allocates zeros); throws BugError when the length is not rows · cols. */
export function matrix(
  rows: number,
  cols: number,
  data: Float32Array = new Float32Array(rows * cols),
): Matrix {
  if (data.length !== rows * cols) {
    throw new BugError(`matrix: shape [${rows}, ${cols}] needs ${rows * cols} values, got ${data.length}`);
  }
  return { rows, cols, data };
}

/** One row as a view on the matrix's memory, not a copy. */
export function rowView({ cols, data }: Matrix, row: number): Float32Array {
  return data.subarray(row * cols, (row + 1) * cols);
}

/** One column as a copy. */
export function matrixColumn({ rows, cols, data }: Matrix, column: number): Float32Array {
  return Float32Array.from({ length: rows }, (_, row) => data[row * cols + column]);
}

/** Matrices of equal width, one below another, as a new one; throws BugError for none. */
export function stackRows(parts: readonly Matrix[]): Matrix {
  invariant(parts.length > 0, 'stackRows: needs at least one matrix');
  const result = matrix(
    parts.reduce((sum, { rows }) => sum + rows, 0),
    parts[0].cols,
  );
  let offset = 0;
  for (const { data } of parts) {
    result.data.set(data, offset);
    offset += data.length;
  }
  return result;
}

/** Copies of the given rows, in the given order. */
export function takeRows({ cols, data }: Matrix, rows: ArrayLike<number>): Matrix {
  const result = matrix(rows.length, cols);
  for (let i = 0; i < rows.length; i++)
    result.data.set(data.subarray(rows[i] * cols, (rows[i] + 1) * cols), i * cols);
  return result;
}
