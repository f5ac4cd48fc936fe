import type { KernelThreads } from '../kernel-threads.ts';
import type { RowDescent, RowDescentRequest } from '../platform.ts';
import { createQueue } from '../queue.ts';
import type { Matrix } from './matrix.ts';
import { SPARSE_KERNEL } from './sparse-kernel-bytes.ts';
import { aligned, PANELS_AT, STARTS_AT } from './sparse-layout.ts';
import { SparseWork } from './sparse-work.ts';

/** A matrix A [n, p] of few entries, kept by rows in the memory of threads, for its products with thin matrices. */
export interface SparseMatrix {
  /** A · Bᵀ for B [r, p] -> [n, r]. */
  timesTransposed(b: Matrix): Promise<Matrix>;
  /** Bᵀ · A for B [n, r] -> [r, p]. */
  transposedTimes(b: Matrix): Promise<Matrix>;
  /** See BoundMatrix.descendRows; undefined where memory has no room for it. */
  descendRows(request: RowDescentRequest): Promise<RowDescent | undefined>;
  dispose(): Promise<void>;
}

/** Entries of 8 bytes that leave room for the operands in the 4 GiB that WebAssembly can address. */
const MOST_ENTRIES = 2 ** 27;
/**
 * Most panels of columns: one for each thread, since narrower ones end the kernel's loops too often (with two for each a
 * product took 1.8 times as long at 16900 x 512 and at 12250 x 1280, r = 25, on two threads).
 */
const MOST_PANELS = 16;
/** Rows that are looked at to see whether a matrix may be sparse, and how its columns are shared out. */
const SAMPLED_ROWS = 1024;
/** A sample of so many times the entries that there may be speaks for itself. */
const FAR_BEYOND = 1.5;
/**
 * A copy of A that stores its non-zero entries only; undefined where they are more than `maxDensity` of all, or where
 * there are no threads for it (see {@link KernelThreads.open}).
 *
 * A product costs one pass over the entries for every 16 columns of B: about 1.5 ns an entry on one thread. Results do
 * not depend on the number of threads, to the last bit. Sums in float32, over at most p or n products.
 */
export function sparseMatrix(
  a: Matrix,
  maxDensity: number,
  threads: KernelThreads,
): SparseMatrix | undefined {
  const most = Math.min(maxDensity * a.data.length, MOST_ENTRIES);
  const { perColumn, share } = sampleEntries(a);
  if (a.data.length === 0 || share * a.data.length > FAR_BEYOND * most) return undefined;
  const panels = panelsOf(perColumn, Math.min(threads.count, MOST_PANELS));
  const entriesAt = STARTS_AT + 4 * (a.rows * (panels.length - 1) + 1);
  // Memory that is never written to takes no room.
  const workers = threads.open({ plain: SPARSE_KERNEL }, aligned(entriesAt + 8 * (most + a.cols)));
  if (workers === undefined) return undefined;
  const end = storeRows(workers.memory, a, panels, entriesAt + 8 * most);
  if (end === undefined) {
    void workers.dispose();
    return undefined;
  }
  const work = new SparseWork(workers, threads.count, {
    rows: a.rows,
    cols: a.cols,
    panels,
    bytes: aligned(end),
  });
  // All work is on the one memory.
  const inTurn = createQueue();
  return {
    timesTransposed: (b) => inTurn(() => work.timesTransposed(b)),
    transposedTimes: (b) => inTurn(() => work.transposedTimes(b)),
    descendRows: (request) => inTurn(() => work.descendRows(request)),
    dispose: () => inTurn(() => workers.dispose()),
  };
}

/** Entries that are not zero in some of the rows: of every column, and their share. */
function sampleEntries({ rows, cols, data }: Matrix): { perColumn: Int32Array; share: number } {
  const perColumn = new Int32Array(cols);
  const step = Math.ceil(rows / SAMPLED_ROWS);
  let [seen, entries] = [0, 0];
  for (let row = 0; row < rows; row += step, seen += cols) {
    for (let column = 0, at = row * cols; column < cols; column++, at++) {
      if (data[at] === 0) continue;
      perColumn[column]++;
      entries++;
    }
  }
  return { perColumn, share: entries / seen };
}

/** First columns of at most so many panels of about as many entries, and the number of columns. */
function panelsOf(perColumn: Int32Array, count: number): number[] {
  const total = perColumn.reduce((sum, own) => sum + own, 0);
  const panels = [0];
  let before = 0;
  for (const [column, own] of perColumn.entries()) {
    if (before * count >= total * panels.length && column > panels[panels.length - 1]) panels.push(column);
    before += own;
  }
  return [...panels.slice(0, count), perColumn.length];
}

/**
 * Writes where each panel of each row starts, then column and value of every entry, and the panels. Returns where the
 * entries end, or undefined as soon as a row ends beyond `most`. Addresses in bytes.
 */
function storeRows(
  memory: ArrayBufferLike,
  { rows, cols, data }: Matrix,
  panels: readonly number[],
  most: number,
): number | undefined {
  const words = new Int32Array(memory);
  const bits = new Int32Array(data.buffer, data.byteOffset, data.length);
  words.set(panels, PANELS_AT / 4);
  const count = panels.length - 1;
  let start = STARTS_AT / 4;
  let at = start + rows * count + 1;
  for (let row = 0, base = 0; row < rows; row++, base += cols) {
    for (let panel = 0; panel < count; panel++) {
      words[start++] = 4 * at;
      const end = panels[panel + 1];
      for (let column = panels[panel]; column < end; column++) {
        const value = bits[base + column];
        words[at] = column;
        words[at + 1] = value;
        // Without a branch, which zeros here and there would mislead: the next entry is written over a zero of either sign.
        const magnitude = value << 1;
        at += ((magnitude | -magnitude) >>> 31) << 1;
      }
    }
    if (4 * at > most) return undefined;
  }
  words[start] = 4 * at;
  return 4 * at;
}
