import { offsets, wordsOf } from '../../record-words.ts';
import type { Edge, GradientBuffer } from './gradient-plan.ts';

/*
 * How buffers and operations lie in the memory of the sweep kernel: as records of 32-bit words. sweep-program.ts writes
 * them, the kernel (main/build/kernels/sweep) reads them.
 *
 * A buffer holds rows of a gradient in a ring. A row's open values lie one behind another, 64 bytes each, position by
 * position, channels ascending; `lists` holds beside each its channel * 4 (i32). The record of a position has the address
 * of its first value, then for every channel cut of the buffer where in the list it begins. The index, where there is
 * one, has the address of the value of every channel of a position, 0 where it is closed.
 *
 * A programme is pairs of an operation's address and a row; for `mask` and `choose` a channel takes the row's place.
 */

/** Cotangents that one sweep carries. */
export const LANES = 16;
/** Bytes of one value of a buffer: its lanes in float32. */
export const VALUE_BYTES = 4 * LANES;
/** Bytes that the kernel writes to scratch for every tap of a window. */
export const TAP_BYTES = 16;

/** Bytes from the start of a buffer's record to each of its words. */
export const BUFFER = offsets([
  'channels',
  'height',
  'width',
  // Rows that the buffer holds.
  'ring',
  'values',
  'lists',
  'records',
  // Of the record of one position.
  'recordBytes',
  // Address of the channel cuts.
  'cuts',
  // Address of the bits that say what is open; 0 for everything.
  'bits',
  // Bounds (f32) between which a value is open.
  'low',
  'high',
  // Address of the index; 0 for none.
  'index',
  // From the bits of one channel [height, width] to those of the next.
  'bitBytes',
]);

/** Bytes from the start of an operation's record to each of its words; addresses of buffers, strides in bytes. */
export const OPERATION = offsets([
  'kind',
  'target',
  'source',
  // Which of the source's channel cuts the operation reads from and to, and the channel at the first.
  'firstCut',
  'lastCut',
  'channel',
  'accumulates',
  'weights',
  'kernelHeight',
  'kernelWidth',
  'strideY',
  'strideX',
  'padTop',
  'padLeft',
  'dilationY',
  'dilationX',
  'table',
  'scratch',
  'outer',
  'laneStride',
  'channelStride',
  'rowStride',
  'columnStride',
]);

/**
 * Kinds of operations, by number, which is the place in the kernel's table. `conv` and `depthwise` stand there once more
 * for 3, 2 and 1 vectors; `lanes` has no place.
 */
export const KINDS = [
  'list',
  'zero',
  'pool',
  'average',
  'add',
  'load',
  'store',
  'choose',
  'mask',
  'conv',
  'depthwise',
  'lanes',
] as const;
/** What an operation does: see the procedure of the same name in main/build/kernels/sweep. */
export type Kind = (typeof KINDS)[number];

/** Addresses and sizes in bytes that belong to a buffer; see {@link BUFFER}. */
export type BufferPlaces = Readonly<
  Record<
    'ring' | 'values' | 'lists' | 'records' | 'recordBytes' | 'cuts' | 'bits' | 'index' | 'bitBytes',
    number
  >
>;

/** The record of a buffer. */
export function bufferWords(
  { channels, height, width, support }: GradientBuffer,
  places: BufferPlaces,
): Int32Array {
  const bounds = support.kind === 'between' ? [support.low, support.high] : [0, 0];
  const [low, high] = new Int32Array(Float32Array.from(bounds).buffer);
  return wordsOf(BUFFER, { channels, height, width, low, high, ...places });
}

/** What an operation needs beside its target; the meaning of some differs by kind, see {@link Kind}. */
export interface OperationDetails {
  readonly edge: Exclude<Edge, { kind: 'cotangents' }>;
  readonly accumulates: boolean;
  readonly weights: number;
  readonly table: number;
  readonly scratch: number;
  /** Address; strides in bytes of lanes, channels, rows and columns. */
  readonly outer: readonly number[];
}

/** The record of an operation, given where the records of the buffers lie. */
export function operationWords(
  addresses: ReadonlyMap<GradientBuffer, number>,
  kind: Kind,
  target: GradientBuffer,
  { edge, accumulates = false, weights = 0, table = 0, scratch = 0, outer = [] }: Partial<OperationDetails>,
): Int32Array {
  const from = edge?.from;
  const window = edge !== undefined && 'window' in edge ? edge.window : undefined;
  const [kernelHeight = 0, kernelWidth = 0] = window?.kernel ?? [];
  const [strideY = 0, strideX = 0] = window?.strides ?? [];
  const [padTop = 0, padLeft = 0] = window?.padBegins ?? [];
  const [dilationY = 0, dilationX = 0] = window?.dilations ?? [];
  const [address = 0, laneStride = 0, channelStride = 0, rowStride = 0, columnStride = 0] = outer;
  return wordsOf(OPERATION, {
    kind: KINDS.indexOf(kind),
    target: addresses.get(target)!,
    source: from === undefined ? 0 : addresses.get(from.buffer)!,
    firstCut: from === undefined ? 0 : from.buffer.cuts.indexOf(from.start),
    lastCut: from === undefined ? 0 : from.buffer.cuts.indexOf(from.end),
    channel: from?.start ?? 0,
    accumulates: Number(accumulates),
    weights,
    ...{ kernelHeight, kernelWidth, strideY, strideX, padTop, padLeft, dilationY, dilationX },
    ...{ table, scratch, outer: address, laneStride, channelStride, rowStride, columnStride },
  });
}
