import { offsets } from '../record-words.ts';

/*
 * How a sparse matrix A [n, p] and work on it lie in the memory of the sparse kernel. sparse-kernel.ts writes them, the
 * kernel (main/build/kernels/sparse-kernel.ts) reads them.
 *
 * An entry is its column (i32) and its value (f32); the entries of a row lie one behind another, columns ascending. The
 * columns are cut into panels: `starts` has the address of the first entry of every panel of every row, row by row, and
 * at last where the entries end.
 *
 * The word at 0 counts the shares of the work that threads have taken: chunks of rows, or panels.
 */

/** Rows that a thread takes at a time: a multiple of the kernel's groups of 16, few enough for the cache. */
export const CHUNK = 256;
/** Columns of a thin matrix that the kernel takes at a time. */
export const BLOCK = 16;

/** Places of the record of the work, of the factor of a descent and of the first columns of panels, in bytes. */
export const [TASK_AT, BETA_AT, PANELS_AT, STARTS_AT] = [64, 192, 256, 384];
/** Operands begin at multiples of a cache line. */
export const ALIGNMENT = 64;
export const aligned = (bytes: number): number => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;

/** What work there is, by number: see the procedure of the same name in main/build/kernels/sparse-kernel.ts. */
export const WORK = ['timesTransposed', 'transposedTimes', 'descendRows'] as const;

/** Bytes from the start of the record of a piece of work to each of its words; addresses and strides in bytes. */
export const TASK = offsets([
  'kind',
  // How many chunks or panels.
  'shares',
  'rows',
  'starts',
  // From the starts of one row to those of the next.
  'rowBytes',
  // Columns of the thin matrices.
  'r',
  // The other factor: Bᵀ [p, r] for rows, B [n, r] for panels.
  'b',
  // The result: [n, r] for rows, [p, pitch] for panels.
  'y',
  'pitch',
  // Address of the first column of every panel, and of p.
  'panels',
  // Descent: where it starts, and the coefficients before it, both [n, r].
  'from',
  'before',
  // Result beyond `y` by the factor (f64) at `beta`, [n, r]; 0 where `y` itself is wanted.
  'ahead',
  'beta',
  // G [r, r] of the bank, the reciprocals of its diagonal [r], and how many passes over the components.
  'gram',
  'inverse',
  'sweeps',
  // For each chunk: sum of the squared projected gradient (f64), and the Gram matrix of its result [r, pitch].
  'sums',
  'grams',
]);
