import { kernelOpener } from './kernel-opener.ts';
import { matrix, type Matrix } from './matrix.ts';
import { SPARSE_KERNEL } from './sparse-kernel-bytes.ts';
import { transpose } from './transpose.ts';

/** A matrix A [n, p] of few entries, kept by rows in WebAssembly's memory, for its products with thin matrices. */
export interface SparseMatrix {
  /** A · Bᵀ for B [r, p] -> [n, r]. */
  timesTransposed(b: Matrix): Matrix;
  /** Bᵀ · A for B [n, r] -> [r, p]. */
  transposedTimes(b: Matrix): Matrix;
}

/** What main/build/kernels/sparse-kernel.ts exports; addresses and pitches in bytes. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  times(starts: number, rows: number, b: number, y: number, r: number): void;
  transposedTimes(starts: number, rows: number, b: number, y: number, r: number, pitch: number): void;
}

const PAGE = 2 ** 16;
/** Columns that the kernel takes at a time, and what it reads or writes beyond the last row, in 4-byte numbers. */
const BLOCK = 16;
/** Entries of 8 bytes that leave room for the operands in the 4 GiB that WebAssembly can address. */
const MOST_ENTRIES = 2 ** 27;

const openKernel = kernelOpener<Exports>(SPARSE_KERNEL);

/**
 * A copy of A that stores its non-zero entries only; undefined where they are more than `maxDensity` of all, or where
 * WebAssembly or its vectors are missing or forbidden.
 *
 * A product costs one pass over the entries for every 16 columns of B, on one core: about 1.5 ns an entry. Sums in
 * float32, over at most p or n products.
 */
export function sparseMatrix(a: Matrix, maxDensity: number): SparseMatrix | undefined {
  const most = Math.min(maxDensity * a.data.length, MOST_ENTRIES);
  const entries = countEntries(a.data, most);
  if (a.data.length === 0 || entries > most) return undefined;
  const exports = openKernel();
  return exports && onExports(exports, a, entries);
}

/** Entries that are not zero; one too many as soon as there are more than `most`. */
function countEntries(data: Float32Array, most: number): number {
  let count = 0;
  for (let k = 0; k < data.length && count <= most; k++) if (data[k] !== 0) count++;
  return count;
}

function onExports(kernel: Exports, a: Matrix, entries: number): SparseMatrix {
  const { rows, cols } = a;
  const operands = rows + 1 + 2 * entries;
  /** Memory as 4-byte numbers, with room for two operands behind A. */
  const numbers = (size: number): Float32Array => {
    const missing = 4 * (operands + size) - kernel.memory.buffer.byteLength;
    if (missing > 0) kernel.memory.grow(Math.ceil(missing / PAGE));
    return new Float32Array(kernel.memory.buffer);
  };
  numbers(0);
  storeRows(kernel.memory, a);
  return {
    timesTransposed(b) {
      const r = b.rows;
      const y = operands + cols * r + BLOCK;
      const all = numbers((cols + rows) * r + 2 * BLOCK);
      all.set(transpose(b).data, operands);
      kernel.times(0, rows, 4 * operands, 4 * y, r);
      return matrix(rows, r, all.slice(y, y + rows * r));
    },
    transposedTimes(b) {
      const r = b.cols;
      const pitch = Math.ceil(r / BLOCK) * BLOCK;
      const y = operands + rows * r + BLOCK;
      const all = numbers(rows * r + cols * pitch + 2 * BLOCK);
      all.set(b.data, operands);
      all.fill(0, y, y + cols * pitch);
      kernel.transposedTimes(0, rows, 4 * operands, 4 * y, r, 4 * pitch);
      const padded = transpose(matrix(cols, pitch, all.subarray(y, y + cols * pitch)));
      return matrix(r, cols, padded.data.subarray(0, r * cols));
    },
  };
}

/** Writes where each row starts, then column and value of every entry, from address 0 on. */
function storeRows({ buffer }: WebAssembly.Memory, { rows, cols, data }: Matrix): void {
  const integers = new Int32Array(buffer);
  const values = new Float32Array(buffer);
  let at = rows + 1;
  for (let row = 0, base = 0; row < rows; row++, base += cols) {
    integers[row] = 4 * at;
    for (let column = 0; column < cols; column++) {
      const value = data[base + column];
      if (value === 0) continue;
      integers[at] = column;
      values[at + 1] = value;
      at += 2;
    }
  }
  integers[rows] = 4 * at;
}
