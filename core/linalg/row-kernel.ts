import { invariant } from '../errors.ts';
import { kernelOpener } from './kernel-opener.ts';
import type { Matrix } from './matrix.ts';
import { ROW_KERNEL } from './row-kernel-bytes.ts';

/** Loops over the rows of tall matrices, in float32 with WebAssembly's vectors: some twenty times plain code's speed. */
export interface RowKernel {
  /**
   * Coordinate descent on every row x >= 0 of X [n, r], in place: lowers ½·x·G·xᵀ - c·x, given c from
   * `correlation` [n, r] and G = `gram` [r, r], by `sweeps` passes over the components. Returns
   * Σ (projected gradient)² / G_kk, each component's at its turn in the first pass. Where G_kk = 0, x_k is kept.
   */
  descendRows(x: Matrix, correlation: Matrix, gram: Float64Array, sweeps: number): number;
  /** Bᵀ·B for B [n, r] -> [r, r]; summed in float32 over 256 rows, then in float64. */
  gramOfColumns(b: Matrix): Float64Array;
}

/** Rows copied to the kernel's memory at a time: a multiple of its groups of 16, few enough for the cache. */
const CHUNK = 256;
const PAGE = 2 ** 16;

/** What main/build/kernels/row-kernel.ts exports; addresses in bytes. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  sweep(
    x: number,
    correlation: number,
    gram: number,
    inverse: number,
    lanes: number,
    rows: number,
    r: number,
    sweeps: number,
  ): number;
  gram(x: number, gram: number, rows: number, r: number): void;
}

let opened: RowKernel | null | undefined;

/** The kernel, opened at the first call; undefined where WebAssembly or its vectors are missing or forbidden. */
export function rowKernel(): RowKernel | undefined {
  if (opened === undefined) opened = open();
  return opened ?? undefined;
}

function open(): RowKernel | null {
  const exports = kernelOpener<Exports>(ROW_KERNEL)();
  return exports === undefined ? null : onExports(exports);
}

function onExports(exports: Exports): RowKernel {
  return {
    descendRows: (x, correlation, gram, sweeps) => descendRows(exports, x, correlation, gram, sweeps),
    gramOfColumns: (b) => gramOfColumns(exports, b),
  };
}

/** Where the operands of one chunk lie, as indices of 4-byte numbers; every one on a 16-byte boundary. */
function layOut({ memory }: Exports, r: number) {
  const pitch = Math.ceil(r / 4) * 4;
  const gram = 0;
  const inverse = gram + r * pitch;
  const lanes = inverse + pitch;
  const x = lanes + 32 * r;
  const correlation = x + CHUNK * r;
  // The last row of a triangle is read in whole vectors.
  const missing = 4 * (correlation + CHUNK * r + 4) - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
  return { pitch, gram, inverse, lanes, x, correlation, numbers: new Float32Array(memory.buffer) };
}

function descendRows(
  kernel: Exports,
  { rows, cols: r, data }: Matrix,
  correlation: Matrix,
  gram: Float64Array,
  sweeps: number,
): number {
  invariant(correlation.rows === rows && correlation.cols === r, 'descendRows: shapes differ');
  const at = layOut(kernel, r);
  at.numbers.set(gram, at.gram);
  for (let k = 0; k < r; k++) {
    const diagonal = gram[k * r + k];
    at.numbers[at.inverse + k] = diagonal > 0 ? 1 / diagonal : 0;
  }
  const [g, inverse, lanes, x, c] = [at.gram, at.inverse, at.lanes, at.x, at.correlation].map((k) => 4 * k);
  let projected = 0;
  for (let row = 0; row < rows; row += CHUNK) {
    const [from, to] = [row * r, Math.min(row + CHUNK, rows) * r];
    // Left over beyond the last row lie other rows, which do no harm but to the sum.
    if (to - from < CHUNK * r) at.numbers.fill(0, at.x, at.x + 2 * CHUNK * r);
    at.numbers.set(data.subarray(from, to), at.x);
    at.numbers.set(correlation.data.subarray(from, to), at.correlation);
    projected += kernel.sweep(x, c, g, inverse, lanes, (to - from) / r, r, sweeps);
    data.set(at.numbers.subarray(at.x, at.x + to - from), from);
  }
  return projected;
}

function gramOfColumns(kernel: Exports, { rows, cols: r, data }: Matrix): Float64Array {
  const at = layOut(kernel, r);
  const { numbers, pitch } = at;
  const result = new Float64Array(r * r);
  for (let row = 0; row < rows; row += CHUNK) {
    const [from, to] = [row * r, Math.min(row + CHUNK, rows) * r];
    numbers.fill(0, at.gram, at.gram + r * pitch);
    if (to - from < CHUNK * r) numbers.fill(0, at.x, at.x + CHUNK * r + 4);
    numbers.set(data.subarray(from, to), at.x);
    kernel.gram(4 * at.x, 4 * at.gram, (to - from) / r, r);
    for (let i = 0; i < r; i++) {
      for (let j = 0; j <= i; j++) result[i * r + j] += numbers[at.gram + i * pitch + j];
    }
  }
  for (let i = 0; i < r; i++) for (let j = 0; j < i; j++) result[j * r + i] = result[i * r + j];
  return result;
}
