import { BUFFER, OPERATION, VALUE_BYTES } from '../../../../core/autodiff/sparse-sweep/kernel-layout.ts';
import { local, procedure, type Local } from '../wat/functions.ts';
import { doWhile, fill, increase, range, store, store8, when } from '../wat/statements.ts';
import { I32, selectLanes, V128 } from '../wat/values.ts';
import {
  addTimes,
  bitsOf,
  eachEntry,
  eachPosition,
  fullValue,
  indexOf,
  listRead,
  slot,
  wholeList,
} from './buffers.ts';
import { columnReached, eachRowReached } from './windows.ts';

/**
 * Adjoint of a maximum pooling: adds what the windows that chose a position of this row bring. `table` is the chosen
 * index in the target's plane for every window [height, width, channels] (i32). The target has an index.
 */
export const pool = procedure('pool', [I32, I32], (op, row) => {
  const target = local(op.load(OPERATION.target));
  const source = local(op.load(OPERATION.source));
  const width = local(target.load(BUFFER.width));
  const rowStart = local(row.times(width));
  const first = local(slot(target, row));
  const firstChannel = local(op.load(OPERATION.channel).times(4));
  eachRowReached(op, row, (outputRow) => {
    eachPosition(source, outputRow, (position, x) => {
      const window = outputRow.times(source.load(BUFFER.width)).plus(x);
      const choices = local(
        op.load(OPERATION.table).plus(window.times(target.load(BUFFER.channels)).times(4)),
      );
      const read = listRead(op, position);
      eachEntry(read, (entry) => {
        const channel = local(entry.minus(firstChannel));
        const chosen = local(choices.plus(channel).load().minus(rowStart));
        when(chosen.less(width), () => {
          const to = local(indexOf(target, first.plus(chosen)).plus(channel).load());
          when(to, () => addTimes(to, read.value, V128.of(1, 1, 1, 1)));
        });
      });
    });
  });
});

/**
 * Adjoint of an average pooling: `table` is what a window divides by, as a factor, [height, width] of the source (f32).
 * All values of the source are open.
 */
export const average = procedure('average', [I32, I32], (op, row) => {
  const target = local(op.load(OPERATION.target));
  const source = local(op.load(OPERATION.source));
  eachRowReached(op, row, (outputRow) => {
    range(op.load(OPERATION.kernelWidth), 1, (kx) => {
      eachPosition(target, row, (position, x) => {
        const column = local(columnReached(op, x, kx));
        when(column.greaterOrEqualSigned(0), () => {
          const window = outputRow.times(source.load(BUFFER.width)).plus(column);
          const factor = local(op.load(OPERATION.table).plus(window.times(4)).loadSplat());
          const from = local(fullValue(op, outputRow, column));
          const open = wholeList(target, position);
          eachEntry(open, (channel) =>
            addTimes(open.value, from.plus(channel.times(VALUE_BYTES / 4)), factor),
          );
        });
      });
    });
  });
});

/**
 * Finds for every window of a channel of a maximum pooling (the `row`) the first position of its maximum and writes it to
 * `table`, four windows at a time; windows whose pooled value is closed get -1. `weights` is the plane that is pooled;
 * for `accumulates` the target's bits are set at what was chosen, and only there.
 */
export const choose = procedure('choose', [I32, I32], (op, channel) => {
  const target = local(op.load(OPERATION.target));
  const source = local(op.load(OPERATION.source));
  const outputWidth = local(source.load(BUFFER.width));
  const channelBytes = local(target.load(BUFFER.channels).times(4));
  const chosenBits = local(0);
  when(op.load(OPERATION.accumulates), () => {
    chosenBits.set(bitsOf(target, channel));
    fill(chosenBits, 0, target.load(BUFFER.bitBytes));
  });
  const openBits = local(0);
  when(source.load(BUFFER.bits), () =>
    openBits.set(bitsOf(source, channel.plus(op.load(OPERATION.channel)))),
  );
  const maxima = maximaIn(op, target, channel);
  const window = local(0);
  const out = local(op.load(OPERATION.table).plus(channel.times(4)));
  range(source.load(BUFFER.height), 1, (outputRow) => {
    const column = local(0);
    doWhile(() => {
      const best = maxima(outputRow, column);
      // One after another, since the row may end among the four.
      const lane = local(0);
      doWhile(() => {
        const chosen = local(best.intLane(0));
        when(openBits, () => when(bit(openBits, window).equals(0), () => chosen.set(-1)));
        store(out, chosen);
        when(chosen.greaterOrEqualSigned(0).and(chosenBits.differs(0)), () => setBit(chosenBits, chosen));
        best.set(best.shuffle(best, 1, 2, 3, 0));
        increase(out, channelBytes);
        for (const counter of [window, column, lane]) increase(counter, 1);
        return lane.less(4).and(column.less(outputWidth));
      });
      return column.less(outputWidth);
    });
  });
});

/**
 * Indices in the plane of the maxima of four windows next to each other, by the row and column of the first; -1 for a
 * window without a number above -∞. Columns are kept within the width: a window without dilation that reaches beyond it
 * has the border pixel too.
 */
function maximaIn(op: I32, target: I32, channel: I32): (outputRow: I32, column: I32) => Local<V128> {
  const height = local(target.load(BUFFER.height));
  const width = local(target.load(BUFFER.width));
  const plane = local(op.load(OPERATION.weights).plus(channel.times(height.times(width)).times(4)));
  const lastColumn = local(width.minus(1).splat());
  const steps = local(V128.ofInts(0, 1, 2, 3).timesInts(op.load(OPERATION.strideX).splat()));
  return (outputRow, column) => {
    const best = local(I32.of(-1).splat());
    const most = local(V128.of(-Infinity, -Infinity, -Infinity, -Infinity));
    const left = local(column.times(op.load(OPERATION.strideX)).minus(op.load(OPERATION.padLeft)));
    const top = outputRow.times(op.load(OPERATION.strideY)).minus(op.load(OPERATION.padTop));
    range(op.load(OPERATION.kernelHeight), 1, (ky) => {
      const y = local(top.plus(ky));
      when(y.less(height), () => {
        const rowStart = local(y.times(width));
        const rowAddress = local(plane.plus(rowStart.times(4)));
        range(op.load(OPERATION.kernelWidth), 1, (kx) => {
          const x = local(
            steps
              .plusInts(left.plus(kx).splat())
              .maxInts(V128.ofInts(0, 0, 0, 0))
              .minInts(lastColumn),
          );
          const [first, ...others] = [0, 1, 2, 3].map((lane) => rowAddress.plus(x.intLane(lane).times(4)));
          const values = local(first.loadSplat());
          for (const [index, at] of others.entries()) values.set(values.withLane(index + 1, at));
          const isMore = local(values.greater(most));
          most.set(selectLanes(isMore, values, most));
          best.set(selectLanes(isMore, x.plusInts(rowStart.splat()), best));
        });
      });
    });
    return best;
  };
}

/** Bit `index` of the bits at an address. */
const bit = (bits: I32, index: I32): I32 => bits.plus(index.shr(3)).load8().shr(index.and(7)).and(1);

function setBit(bits: I32, index: I32): void {
  const at = local(bits.plus(index.shr(3)));
  store8(at, at.load8().or(I32.of(1).shl(index.and(7))));
}
