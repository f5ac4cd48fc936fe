import { BUFFER, OPERATION, VALUE_BYTES } from '../../../../core/autodiff/sparse-sweep/kernel-layout.ts';
import { local, procedure } from '../wat/functions.ts';
import { doWhile, fill, increase, range, store, store16, when } from '../wat/statements.ts';
import { I32, select } from '../wat/values.ts';
import { bitsOf, indexOf, record, slot } from './buffers.ts';

/** Sets the bits of one channel (the `row`) where the value in the plane at `weights` is between low and high. */
export const mask = procedure('mask', [I32, I32], (op, channel) => {
  const buffer = local(op.load(OPERATION.target));
  const low = local(buffer.loadSplat(BUFFER.low));
  const high = local(buffer.loadSplat(BUFFER.high));
  const planeBytes = local(buffer.load(BUFFER.height).times(buffer.load(BUFFER.width)).times(4));
  const at = local(op.load(OPERATION.weights).plus(channel.times(planeBytes)));
  const end = local(at.plus(planeBytes));
  const bits = local(bitsOf(buffer, channel));
  doWhile(() => {
    const word = local(0);
    range(32, 4, (bit) => {
      const values = local(at.loadVector());
      word.set(word.or(values.greater(low).and(values.less(high)).bitmask().shl(bit)));
      increase(at, 16);
    });
    store(bits, word);
    increase(bits, 4);
    return at.less(end);
  });
});

/** Positions whose masks are read at a time. */
const BLOCK = 16;

/**
 * Writes lists, records and index of a row, sixteen positions at a time: first a 16-bit mask for every channel, then the
 * lists. Without bits everything is open.
 */
export const list = procedure('list', [I32, I32], (op, row) => {
  const buffer = local(op.load(OPERATION.target));
  const masks = local(op.load(OPERATION.scratch));
  const width = local(buffer.load(BUFFER.width));
  const channels = local(buffer.load(BUFFER.channels));
  const position = local(slot(buffer, row));
  const before = local(position.times(channels));
  const at = local(record(buffer, position));
  const entry = local(buffer.load(BUFFER.lists).plus(before.times(4)));
  const value = local(buffer.load(BUFFER.values).plus(before.times(VALUE_BYTES)));
  const index = local(select(buffer.load(BUFFER.index), indexOf(buffer, position), I32.of(0)));
  range(width, BLOCK, (x) => {
    writeMasks(buffer, masks, row.times(width).plus(x));
    const left = local(width.minus(x));
    range(select(left.less(BLOCK), left, I32.of(BLOCK)), 1, (bit) => {
      const first = local(entry);
      store(at, value);
      store(at, entry, 4);
      const end = local(at.plus(buffer.load(BUFFER.recordBytes)));
      increase(at, 8);
      const cut = local(buffer.load(BUFFER.cuts).plus(4));
      const channel = local(0);
      const ownMask = local(masks);
      /** Lists the channels up to the cut that are open. */
      const listChannels = (isIndexed: boolean) =>
        doWhile(() => {
          const isOpen = local(ownMask.load16().shr(bit).and(1));
          store(entry, channel);
          if (isIndexed) {
            const own = value.plus(entry.minus(first).times(VALUE_BYTES / 4));
            store(index.plus(channel), own.and(I32.of(0).minus(isOpen)));
          }
          increase(entry, isOpen.times(4));
          increase(ownMask, 2);
          increase(channel, 4);
          return channel.less(cut.load().times(4));
        });
      doWhile(() => {
        when(
          index,
          () => listChannels(true),
          () => listChannels(false),
        );
        store(at, entry);
        increase(at, 4);
        increase(cut, 4);
        return at.less(end);
      });
      increase(value, entry.minus(first).times(VALUE_BYTES / 4));
      when(index, () => increase(index, channels.times(4)));
    });
  });
});

/** Writes for every channel the bits of sixteen positions, from one on that is counted from the plane's first. */
function writeMasks(buffer: I32, masks: I32, position: I32): void {
  const channels = local(buffer.load(BUFFER.channels));
  when(
    buffer.load(BUFFER.bits),
    () => {
      const first = local(position);
      const shift = local(first.and(7));
      const bits = local(buffer.load(BUFFER.bits).plus(first.shr(3)));
      const pitch = local(buffer.load(BUFFER.bitBytes));
      const to = local(masks);
      range(channels, 1, () => {
        store16(to, bits.load().shr(shift));
        increase(bits, pitch);
        increase(to, 2);
      });
    },
    () => fill(masks, 0xff, channels.times(2)),
  );
}
