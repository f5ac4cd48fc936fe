import { BUFFER, OPERATION, TAP_BYTES } from '../../../../core/autodiff/sparse-sweep/kernel-layout.ts';
import { func, local } from '../wat/functions.ts';
import { increase, range, returnNow, store, when } from '../wat/statements.ts';
import { I32, select } from '../wat/values.ts';
import { indexOf, listRead, slot } from './buffers.ts';

/** Output position that a tap of a window reaches from an input position, or -1. */
const reach = func(
  'reach',
  [I32, I32, I32, I32, I32, I32],
  I32,
  (position, tap, stride, pad, dilation, count) => {
    const at = local(position.plus(pad).minus(tap.times(dilation)));
    when(stride.differs(1), () => {
      when(at.lessSigned(0), () => returnNow(-1));
      when(at.modulo(stride), () => returnNow(-1));
      at.set(at.dividedBy(stride));
    });
    return select(at.less(count), at, I32.of(-1));
  },
);

/** Output row that a row of taps reaches, or -1. */
const rowReached = func('rowReached', [I32, I32, I32], I32, (op, row, ky) =>
  reach(
    row,
    ky,
    op.load(OPERATION.strideY),
    op.load(OPERATION.padTop),
    op.load(OPERATION.dilationY),
    op.load(OPERATION.source).load(BUFFER.height),
  ),
);

/** Output column that a column of taps reaches, or -1. */
export const columnReached = func('columnReached', [I32, I32, I32], I32, (op, x, kx) =>
  reach(
    x,
    kx,
    op.load(OPERATION.strideX),
    op.load(OPERATION.padLeft),
    op.load(OPERATION.dilationX),
    op.load(OPERATION.source).load(BUFFER.width),
  ),
);

/** Runs `body` for every row of a window's taps that reaches an output row. */
export function eachRowReached(op: I32, row: I32, body: (outputRow: I32, ky: I32) => void): void {
  range(op.load(OPERATION.kernelHeight), 1, (ky) => {
    const outputRow = local(rowReached(op, row, ky));
    when(outputRow.greaterOrEqualSigned(0), () => body(outputRow, ky));
  });
}

/** Bytes from the start of a tap's record in scratch: to values or index, entries of the list and weights. */
export const TAP = { values: 0, first: 4, end: 8, weights: 12 };

/**
 * Writes to scratch what the taps of a window reach from a position: address of the first value (or of the index for
 * `isIndexed`), its place in the list, end of the list, weights of the tap. Taps that reach nothing are left out. Returns
 * the end of what was written.
 */
const writeTaps = (label: string, isIndexed: boolean) =>
  func(label, [I32, I32, I32, I32], I32, (op, row, x, tapBytes) => {
    const source = local(op.load(OPERATION.source));
    const out = local(op.load(OPERATION.scratch));
    const channel = local(op.load(OPERATION.channel).times(4));
    const weights = local(op.load(OPERATION.weights).minus(channel));
    const kernelWidth = op.load(OPERATION.kernelWidth);
    eachRowReached(op, row, (outputRow, ky) => {
      range(kernelWidth, 1, (kx) => {
        const column = local(columnReached(op, x, kx));
        when(column.greaterOrEqualSigned(0), () => {
          const position = local(slot(source, outputRow).plus(column));
          const { at, end, value } = listRead(op, position);
          when(at.less(end), () => {
            store(out, isIndexed ? indexOf(source, position).plus(channel) : value, TAP.values);
            store(out, at, TAP.first);
            store(out, end, TAP.end);
            store(out, weights.plus(ky.times(kernelWidth).plus(kx).times(tapBytes)), TAP.weights);
            increase(out, TAP_BYTES);
          });
        });
      });
    });
    return out;
  });

/** Taps with the address of the first value. */
export const valueTaps = writeTaps('valueTaps', false);
/** Taps with the address of the index. */
export const indexTaps = writeTaps('indexTaps', true);
