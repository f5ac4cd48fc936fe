import { CHUNK, TASK } from '../../../core/linalg/sparse-layout.ts';
import { gram, sweep } from './row-kernel.ts';
import { func, local, multiplyAdd, procedure } from './wat/functions.ts';
import type { KernelModule } from './wat/module.ts';
import { advance, callAt, copy, doWhile, fill, increase, range, store, when } from './wat/statements.ts';
import { I32, select, V128 } from './wat/values.ts';

/*
 * Work on a sparse matrix and thin dense ones, in float32, sixteen columns at a time, shared out among threads. Pointers
 * are byte addresses. The layout is said in core/linalg/sparse-layout.ts. Which thread does what changes nothing: a share
 * has results of its own, and no sum runs over shares.
 */

/** Offsets in bytes of the vectors of a block of sixteen columns. */
const VECTORS = [0, 16, 32, 48];

/**
 * Y = A · Bᵀ for some rows of A, without gaps. Whole blocks of sixteen columns are written: what lies beyond r is
 * overwritten by the next row, after the last row 64 bytes are scratch.
 */
const productRows = procedure('productRows', [I32, I32, I32, I32], (task, firstRow, rows, y) => {
  const rowBytes = local(task.load(TASK.rowBytes));
  const b = local(task.load(TASK.b));
  const stride = local(task.load(TASK.r).times(4));
  const start = local(task.load(TASK.starts).plus(firstRow.times(rowBytes)));
  range(rows, 1, () => {
    const end = local(start.plus(rowBytes).load());
    range(stride, 64, (block) => {
      const sums = VECTORS.map(() => local(V128.zero));
      advance(local(start.load()), end, 8, (at) => {
        const from = local(b.plus(block).plus(at.load().times(stride)));
        const value = local(at.loadSplat(4));
        for (const [index, sum] of sums.entries())
          sum.set(multiplyAdd(value, from.loadVector(VECTORS[index]), sum));
      });
      const to = local(y.plus(block));
      for (const [index, sum] of sums.entries()) store(to, sum, VECTORS[index]);
    });
    increase(y, stride);
    increase(start, rowBytes);
  });
});

/** Rows of a chunk. */
const rowsOf = func('rowsOf', [I32, I32], I32, (task, chunk) => {
  const left = local(task.load(TASK.rows).minus(chunk.times(CHUNK)));
  return select(left.less(CHUNK), left, I32.of(CHUNK));
});

/** Writes the rows of a chunk of A · Bᵀ to `y`. `scratch` is the thread's own. */
const timesTransposed = procedure('timesTransposed', [I32, I32, I32], (task, chunk, scratch) => {
  const rows = local(rowsOf(task, chunk));
  const stride = local(task.load(TASK.r).times(4));
  const firstRow = local(chunk.times(CHUNK));
  // Not at once to y: what is written beyond the last row may be another thread's.
  productRows(task, firstRow, rows, scratch);
  copy(task.load(TASK.y).plus(firstRow.times(stride)), scratch, rows.times(stride));
});

/** Writes a panel of columns of (Bᵀ · A)ᵀ to `y`, whose columns beyond r get anything. */
const transposedTimes = procedure('transposedTimes', [I32, I32, I32], (task, panel) => {
  const rowBytes = local(task.load(TASK.rowBytes));
  const pitch = local(task.load(TASK.pitch));
  const stride = local(task.load(TASK.r).times(4));
  const b = local(task.load(TASK.b));
  const y = local(task.load(TASK.y));
  const columns = local(task.load(TASK.panels).plus(panel.times(4)));
  const first = local(columns.load().times(pitch));
  fill(y.plus(first), 0, columns.load(4).times(pitch).minus(first));
  const start = local(task.load(TASK.starts).plus(panel.times(4)));
  range(task.load(TASK.rows), 1, () => {
    const end = local(start.load(4));
    when(start.load().less(end), () =>
      range(stride, 64, (block) => {
        const from = local(b.plus(block));
        const terms = VECTORS.map((offset) => local(from.loadVector(offset)));
        const at = local(start.load());
        doWhile(() => {
          const to = local(y.plus(block).plus(at.load().times(pitch)));
          const value = local(at.loadSplat(4));
          for (const [index, term] of terms.entries())
            store(to, multiplyAdd(value, term, to.loadVector(VECTORS[index])), VECTORS[index]);
          increase(at, 8);
          return at.less(end);
        });
      }),
    );
    increase(b, stride);
    increase(start, rowBytes);
  });
});

/** ahead = max(0, y + beta · (y - before)), in float64, for a multiple of four numbers. */
const lookAhead = procedure('lookAhead', [I32, I32, I32, I32, I32], (y, before, ahead, bytes, beta) => {
  const factor = local(beta.loadDoubleSplat());
  const half = (now: V128, old: V128) => {
    const x = local(now.doubles());
    return x.plusDoubles(factor.timesDoubles(x.minusDoubles(old.doubles()))).singles();
  };
  range(bytes, 16, (offset) => {
    const now = local(y.plus(offset).loadVector());
    const old = local(before.plus(offset).loadVector());
    const low = half(now, old);
    const high = half(now.shuffle(now, 2, 3, 2, 3), old.shuffle(old, 2, 3, 2, 3));
    // A NaN is kept, to be noticed in the loss.
    store(ahead.plus(offset), low.shuffle(high, 0, 1, 4, 5).pseudoMax(V128.zero));
  });
});

/**
 * Coordinate descent on the rows of a chunk, from `from`, towards A ≈ Y · B; then the look ahead along it, and the Gram
 * matrix of where that leads. Beyond the last row of `from` and `before` zeros fill a group of sixteen.
 */
const descendRows = procedure('descendRows', [I32, I32, I32], (task, chunk, scratch) => {
  const rows = local(rowsOf(task, chunk));
  const r = local(task.load(TASK.r));
  const stride = local(r.times(4));
  const offset = local(chunk.times(CHUNK).times(stride));
  const whole = local(rows.plus(15).and(-16).times(stride));
  const y = local(task.load(TASK.y).plus(offset));
  const lanes = local(scratch.plus(stride.times(CHUNK)).plus(64));
  copy(y, task.load(TASK.from).plus(offset), whole);
  productRows(task, chunk.times(CHUNK), rows, scratch);
  fill(scratch.plus(rows.times(stride)), 0, whole.minus(rows.times(stride)));
  store(
    task.load(TASK.sums).plus(chunk.times(8)),
    sweep(y, scratch, task.load(TASK.gram), task.load(TASK.inverse), lanes, rows, r, task.load(TASK.sweeps)),
  );
  const result = local(y);
  when(task.load(TASK.ahead), () => {
    result.set(task.load(TASK.ahead).plus(offset));
    lookAhead(y, task.load(TASK.before).plus(offset), result, whole, task.load(TASK.beta));
  });
  const gramBytes = local(task.load(TASK.pitch).times(r));
  const own = local(task.load(TASK.grams).plus(chunk.times(gramBytes)));
  fill(own, 0, gramBytes);
  gram(result, own, rows, r);
});

/** Takes one share after another of the work at an address, until none is left. */
const run = procedure('run', [I32, I32], (task, scratch) => {
  const shares = local(task.load(TASK.shares));
  const taken = I32.of(0);
  const share = local(taken.takeNext());
  when(share.less(shares), () =>
    doWhile(() => {
      callAt(task.load(TASK.kind), task, share, scratch);
      share.set(taken.takeNext());
      return share.less(shares);
    }),
  );
});

/** Kernel of core/linalg/sparse-kernel.ts. */
export const SPARSE_KERNEL: KernelModule = {
  memory: '(import "machine" "memory") 1 65536 shared',
  exports: { run },
  table: [timesTransposed, transposedTimes, descendRows],
};
