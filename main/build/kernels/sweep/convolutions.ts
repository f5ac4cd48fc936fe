import {
  BUFFER,
  OPERATION,
  TAP_BYTES,
  VALUE_BYTES,
} from '../../../../core/autodiff/sparse-sweep/kernel-layout.ts';
import { local, multiplyAdd, procedure, type Local } from '../wat/functions.ts';
import { advance, doWhile, increase, store, when } from '../wat/statements.ts';
import { I32, V128 } from '../wat/values.ts';
import { eachPosition, vectorOffsets, wholeList, type List } from './buffers.ts';
import { indexTaps, TAP, valueTaps } from './windows.ts';

/** Runs `body` for every position of a row of the target where something is open. */
function eachOpenPosition(target: I32, row: I32, body: (open: List, x: I32) => void): void {
  eachPosition(target, row, (position, x) => {
    const open = wholeList(target, position);
    when(open.at.less(open.end), () => body(open, x));
  });
}

/** The first vectors of a value, to be added to: what is there already where the operation accumulates, else zero. */
function sumsOf(op: I32, value: I32, vectors: number): readonly Local<V128>[] {
  const sums = vectorOffsets(vectors).map(() => local(V128.zero));
  when(op.load(OPERATION.accumulates), () => {
    for (const [index, sum] of sums.entries()) sum.set(value.loadVector(16 * index));
  });
  return sums;
}

function storeSums(value: I32, sums: readonly V128[]): void {
  for (const [index, sum] of sums.entries()) store(value, sum, 16 * index);
}

/**
 * Input channels that share the loads of the values, by the number of vectors: about as many sums as a processor adds to
 * while it waits for one, and no more than it has registers for.
 */
const CHANNELS_AT_ONCE: Readonly<Record<number, number>> = { 4: 2, 3: 3, 2: 4, 1: 6 };

/**
 * Adjoint of a convolution. Weights are [taps, input channels, output channels]; `table` holds the bytes from one input
 * channel to the next.
 */
export const conv = (vectors: number) =>
  procedure(`conv${vectors}`, [I32, I32], (op, row) => {
    const target = local(op.load(OPERATION.target));
    const channelBytes = local(op.load(OPERATION.table));
    const tapBytes = local(channelBytes.times(target.load(BUFFER.channels)));
    const taps = local(op.load(OPERATION.scratch));
    eachOpenPosition(target, row, ({ at, end, value: p }, x) => {
      const tapsEnd = local(valueTaps(op, row, x, tapBytes));
      doWhile(() => {
        const first = local(at.load().shr(2).times(channelBytes));
        const channels = Array.from({ length: CHANNELS_AT_ONCE[vectors] }, (_, index) => {
          const [value, weights] = [local(p), local(first)];
          // Where the channels end, the first of these is computed again.
          if (index > 0)
            when(at.plus(4 * index).less(end), () => {
              value.set(p.plus(index * VALUE_BYTES));
              weights.set(
                at
                  .load(4 * index)
                  .shr(2)
                  .times(channelBytes),
              );
            });
          return { value, weights, sums: sumsOf(op, value, vectors) };
        });
        advance(local(taps), tapsEnd, TAP_BYTES, (tap) =>
          addTap(
            tap,
            channels.map(({ weights }) => weights),
            channels.map(({ sums }) => sums),
          ),
        );
        for (const { value, sums } of channels) storeSums(value, sums);
        increase(p, channels.length * VALUE_BYTES);
        increase(at, 4 * channels.length);
        return at.less(end);
      });
    });
  });

/** Adds what one tap reaches to the sums of several input channels, each with its offset into the tap's weights. */
function addTap(
  tap: I32,
  weightsOffsets: readonly I32[],
  sumsOfChannels: readonly (readonly Local<V128>[])[],
): void {
  const value = local(tap.load(TAP.values));
  const open = local(tap.load(TAP.first));
  const end = local(tap.load(TAP.end));
  const tapWeights = local(tap.load(TAP.weights));
  const weights = weightsOffsets.map((offset) => local(tapWeights.plus(offset)));
  doWhile(() => {
    const channel = local(open.load());
    const factors = weights.map((start) => local(start.plus(channel).loadSplat()));
    for (const index of sumsOfChannels[0].keys()) {
      const vector = local(value.loadVector(16 * index));
      for (const [own, sums] of sumsOfChannels.entries())
        sums[index].set(multiplyAdd(factors[own], vector, sums[index]));
    }
    increase(value, VALUE_BYTES);
    increase(open, 4);
    return open.less(end);
  });
}

/** Adjoint of a convolution with a channel to a group: weights [taps, channels]. The source has an index. */
export const depthwise = (vectors: number) =>
  procedure(`depthwise${vectors}`, [I32, I32], (op, row) => {
    const target = local(op.load(OPERATION.target));
    const taps = local(op.load(OPERATION.scratch));
    eachOpenPosition(target, row, ({ at, end, value }, x) => {
      const tapsEnd = local(indexTaps(op, row, x, target.load(BUFFER.channels).times(4)));
      doWhile(() => {
        const channel = local(at.load());
        const sums = sumsOf(op, value, vectors);
        advance(local(taps), tapsEnd, TAP_BYTES, (tap) => {
          // A closed channel has the address 0, where zeros are.
          const from = local(tap.load(TAP.values).plus(channel).load());
          const factor = local(tap.load(TAP.weights).plus(channel).loadSplat());
          for (const [index, sum] of sums.entries())
            sum.set(multiplyAdd(factor, from.loadVector(16 * index), sum));
        });
        storeSums(value, sums);
        increase(value, VALUE_BYTES);
        increase(at, 4);
        return at.less(end);
      });
    });
  });
