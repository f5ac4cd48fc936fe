import { BUFFER, OPERATION, VALUE_BYTES } from '../../../../core/autodiff/sparse-sweep/kernel-layout.ts';
import { func, local, multiplyAdd, procedure, type Local } from '../wat/functions.ts';
import { advance, fill, increase, range, store, when } from '../wat/statements.ts';
import { I32, V128 } from '../wat/values.ts';

/** Index of a row's first position in a buffer's ring. */
export const slot = func('slot', [I32, I32], I32, (buffer, row) =>
  row.modulo(buffer.load(BUFFER.ring)).times(buffer.load(BUFFER.width)),
);

/** Address of the record of a position of the ring. */
export const record = func('record', [I32, I32], I32, (buffer, position) =>
  buffer.load(BUFFER.records).plus(position.times(buffer.load(BUFFER.recordBytes))),
);

/** Where a position's list begins at a cut. */
const cut = func('cut', [I32, I32], I32, (from, index) => from.plus(index.times(4)).load(4));

/** Where a position's list ends. */
const listEnd = func('listEnd', [I32, I32], I32, (buffer, from) =>
  from.plus(buffer.load(BUFFER.recordBytes)).minus(4).load(),
);

/** Address of the value beside an entry of a position's list. */
const valueAt = func('valueAt', [I32, I32], I32, (from, entry) =>
  from.load().plus(entry.minus(from.load(4)).times(VALUE_BYTES / 4)),
);

/** Index of a position: addresses of its values by channel. */
export const indexOf = func('indexOf', [I32, I32], I32, (buffer, position) =>
  buffer.load(BUFFER.index).plus(position.times(buffer.load(BUFFER.channels)).times(4)),
);

/** Address of the value of the first channel that is read, at a position of a source whose values are all open. */
export const fullValue = func('fullValue', [I32, I32, I32], I32, (op, row, x) => {
  const source = local(op.load(OPERATION.source));
  return record(source, slot(source, row).plus(x)).load().plus(op.load(OPERATION.channel).times(VALUE_BYTES));
});

/** Address of the bits that say where a channel is open. */
export const bitsOf = (buffer: I32, channel: I32): I32 =>
  buffer.load(BUFFER.bits).plus(channel.times(buffer.load(BUFFER.bitBytes)));

/** Some of a position's list: the next entry, the end, and the address of the value beside the next entry. */
export interface List {
  readonly at: Local<I32>;
  readonly end: Local<I32>;
  readonly value: Local<I32>;
}

/** The whole list of a position. */
export function wholeList(buffer: I32, position: I32): List {
  const from = local(record(buffer, position));
  return { value: local(from.load()), at: local(cut(from, 0)), end: local(listEnd(buffer, from)) };
}

/** Those entries of a position of the source that an operation reads. */
export function listRead(op: I32, position: I32): List {
  const from = local(record(op.load(OPERATION.source), position));
  const at = local(cut(from, op.load(OPERATION.firstCut)));
  const end = local(cut(from, op.load(OPERATION.lastCut)));
  return { at, end, value: local(valueAt(from, at)) };
}

/** Runs `body` for every entry of a list, with the entry: its channel * 4. */
export function eachEntry({ at, end, value }: List, body: (channel: I32) => void): void {
  advance(at, end, 4, () => {
    body(at.load());
    increase(value, VALUE_BYTES);
  });
}

/** Runs `body` for every position of a row. */
export function eachPosition(buffer: I32, row: I32, body: (position: I32, x: I32) => void): void {
  const first = local(slot(buffer, row));
  range(buffer.load(BUFFER.width), 1, (x) => body(first.plus(x), x));
}

/** Offsets in bytes of the first vectors of a value. */
export const vectorOffsets = (vectors: number): number[] =>
  Array.from({ length: vectors }, (_, index) => 16 * index);

/** Adds the sixteen lanes at one address, each times a factor, to those at another. */
export const addTimes = procedure('addTimes', [I32, I32, V128], (to, from, factor) => {
  for (const offset of vectorOffsets(4))
    store(to, multiplyAdd(factor, from.loadVector(offset), to.loadVector(offset)), offset);
});

/** Sets the values of a row to zero. */
export const zero = procedure('zero', [I32, I32], (op, row) => {
  const buffer = local(op.load(OPERATION.target));
  const position = local(slot(buffer, row));
  const first = local(record(buffer, position).load());
  const last = local(record(buffer, position.plus(buffer.load(BUFFER.width)).minus(1)));
  fill(first, 0, valueAt(last, listEnd(buffer, last)).minus(first));
});

/**
 * Adds a row of the source, each channel times its factor in `table` [channels of the target]. Where the source is masked
 * (`accumulates` = 1) the target has an index; else its lists say what is wanted.
 */
export const add = procedure('add', [I32, I32], (op, row) => {
  const target = local(op.load(OPERATION.target));
  const source = local(op.load(OPERATION.source));
  const firstChannel = local(op.load(OPERATION.channel).times(4));
  const factor = (channel: I32) => op.load(OPERATION.table).plus(channel).loadSplat();
  eachPosition(target, row, (position, x) => {
    when(
      op.load(OPERATION.accumulates),
      () => {
        const index = local(indexOf(target, position));
        const read = listRead(op, slot(source, row).plus(x));
        eachEntry(read, (entry) => {
          const channel = local(entry.minus(firstChannel));
          const to = local(index.plus(channel).load());
          when(to, () => addTimes(to, read.value, factor(channel)));
        });
      },
      () => {
        const from = local(fullValue(op, row, x));
        const wanted = wholeList(target, position);
        eachEntry(wanted, (entry) => {
          const channel = local(entry);
          addTimes(wanted.value, from.plus(channel.times(VALUE_BYTES / 4)), factor(channel));
        });
      },
    );
  });
});
