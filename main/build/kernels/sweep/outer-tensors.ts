import { OPERATION, VALUE_BYTES } from '../../../../core/autodiff/sparse-sweep/kernel-layout.ts';
import { func, local, procedure } from '../wat/functions.ts';
import { doWhile, increase, range, store } from '../wat/statements.ts';
import { I32, select, V128 } from '../wat/values.ts';
import { eachEntry, eachPosition, record, slot, vectorOffsets, wholeList } from './buffers.ts';

/** Address of the first lane of a value in the outer tensor. */
const outerOf = func('outerOf', [I32, I32, I32, I32], I32, (op, channel, row, x) =>
  op
    .load(OPERATION.outer)
    .plus(channel.times(op.load(OPERATION.channelStride)))
    .plus(row.times(op.load(OPERATION.rowStride)).plus(x.times(op.load(OPERATION.columnStride)))),
);

/** Reads the open values of a row from the outer tensor, lane after lane. */
export const load = procedure('load', [I32, I32], (op, row) => {
  const target = local(op.load(OPERATION.target));
  const laneStride = local(op.load(OPERATION.laneStride));
  eachPosition(target, row, (position, x) => {
    const open = wholeList(target, position);
    eachEntry(open, (entry) => {
      const outer = local(outerOf(op, entry.shr(2), row, x));
      range(VALUE_BYTES, 4, (lane) => {
        store(open.value.plus(lane), outer.load());
        increase(outer, laneStride);
      });
    });
  });
});

/**
 * Writes a row, all of whose values are open, to the outer tensor: `weights` runs of `table` values that lie one behind
 * another there, and `row stride` apart in the outer tensor; in the buffer the values of a run are `column stride` apart,
 * and the runs `channel stride`. `scratch` is the bytes of a row of one run.
 */
export const storeRow = procedure('store', [I32, I32], (op, row) => {
  const target = local(op.load(OPERATION.target));
  const laneStride = local(op.load(OPERATION.laneStride));
  const length = local(op.load(OPERATION.table));
  const step = local(op.load(OPERATION.columnStride));
  const values = local(record(target, slot(target, row)).load());
  const outer = local(op.load(OPERATION.outer).plus(row.times(op.load(OPERATION.scratch))));
  range(op.load(OPERATION.weights), 1, () => {
    const first = local(0);
    doWhile(() => {
      const lane = local(outer.plus(first.times(4)));
      const four = [local(values.plus(first.times(step)))];
      while (four.length < 4) four.push(local(four[four.length - 1].plus(step)));
      for (const offset of vectorOffsets(4)) {
        const [a, b, c, d] = four.map((at) => at.loadVector(offset));
        lane.set(storeTransposed(lane, laneStride, a, b, c, d));
      }
      // The last four overlap those before them where the length is no multiple of four.
      const next = local(first.plus(4));
      first.set(select(first.plus(8).lessOrEqual(length), next, length.minus(4)));
      return next.less(length);
    });
    increase(values, op.load(OPERATION.channelStride));
    increase(outer, op.load(OPERATION.rowStride));
  });
});

/** Writes four values of four lanes each, lane after lane; returns where the next lane begins. */
const storeTransposed = func(
  'storeTransposed',
  [I32, I32, V128, V128, V128, V128],
  I32,
  (at, stride, a, b, c, d) => {
    for (const pair of [0, 2]) {
      // Two lanes of two values.
      const ab = local(a.shuffle(b, pair, 4 + pair, pair + 1, 5 + pair));
      const cd = local(c.shuffle(d, pair, 4 + pair, pair + 1, 5 + pair));
      store(at, ab.shuffle(cd, 0, 1, 4, 5));
      increase(at, stride);
      store(at, ab.shuffle(cd, 2, 3, 6, 7));
      increase(at, stride);
    }
    return at;
  },
);
