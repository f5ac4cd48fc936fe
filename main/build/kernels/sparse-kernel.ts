import { local, multiplyAdd, procedure } from './wat/functions.ts';
import type { KernelModule } from './wat/module.ts';
import { advance, increase, range, store, when } from './wat/statements.ts';
import { I32, V128 } from './wat/values.ts';

/*
 * Products of a sparse matrix with thin dense ones, in float32, sixteen columns at a time. Pointers are byte addresses.
 * A is stored by rows: `starts` [rows + 1] holds the address of each row's first entry, an entry is the column (i32) and
 * the value (f32). What the functions compute is said in core/linalg/sparse-kernel.ts.
 */

/** Offsets in bytes of the vectors of a block of sixteen columns. */
const VECTORS = [0, 16, 32, 48];

/** Runs `body` for every row of A and every block of columns, with the first entry of the row and their end. */
function eachBlock(
  { starts, rows, stride }: Readonly<Record<'starts' | 'rows' | 'stride', I32>>,
  body: (block: I32, first: I32, end: I32) => void,
  afterRow: () => void,
): void {
  range(rows, 1, (row) => {
    const start = local(starts.plus(row.times(4)));
    const end = local(start.load(4));
    range(stride, 64, (block) => body(block, start.load(), end));
    afterRow();
  });
}

/**
 * Y = A · B for B [cols, r] -> Y [rows, r], both without gaps. Whole blocks of sixteen columns are read and written: what
 * lies beyond r is overwritten by the next row, after the last row 64 bytes are scratch.
 */
const times = procedure('times', [I32, I32, I32, I32, I32], (starts, rows, b, y, r) => {
  const stride = local(r.times(4));
  eachBlock(
    { starts, rows, stride },
    (block, first, end) => {
      const sums = VECTORS.map(() => local(V128.zero));
      const at = local(first);
      advance(at, end, 8, () => {
        const from = local(b.plus(block).plus(at.load().times(stride)));
        const value = local(at.loadSplat(4));
        for (const [index, sum] of sums.entries())
          sum.set(multiplyAdd(value, from.loadVector(VECTORS[index]), sum));
      });
      const to = local(y.plus(block));
      for (const [index, sum] of sums.entries()) store(to, sum, VECTORS[index]);
    },
    () => increase(y, stride),
  );
});

/**
 * Y += Aᵀ · B for B [rows, r] without gaps -> Y [cols, pitch / 4], pitch in bytes and a multiple of 64. Columns of Y
 * beyond r hold anything.
 */
const transposedTimes = procedure(
  'transposedTimes',
  [I32, I32, I32, I32, I32, I32],
  (starts, rows, b, y, r, pitch) => {
    const stride = local(r.times(4));
    eachBlock(
      { starts, rows, stride },
      (block, first, end) => {
        const at = local(first);
        when(at.less(end), () => {
          const from = local(b.plus(block));
          const terms = VECTORS.map((offset) => local(from.loadVector(offset)));
          advance(at, end, 8, () => {
            const to = local(y.plus(block).plus(at.load().times(pitch)));
            const value = local(at.loadSplat(4));
            for (const [index, term] of terms.entries())
              store(to, multiplyAdd(value, term, to.loadVector(VECTORS[index])), VECTORS[index]);
          });
        });
      },
      () => increase(b, stride),
    );
  },
);

/** Kernel of core/linalg/sparse-kernel.ts. */
export const SPARSE_KERNEL: KernelModule = {
  memory: '(export "memory") 1',
  exports: { times, transposedTimes },
};
