import type { Edge, GradientBuffer } from './gradient-plan.ts';

/** Places in the table of sweep-kernel.wat. */
const KINDS = {
  list: 0,
  zero: 1,
  conv: 2,
  depthwise: 3,
  pool: 4,
  average: 5,
  add: 6,
  load: 7,
  store: 8,
  choose: 9,
  mask: 10,
  lanes: 11,
};
export type Kind = keyof typeof KINDS;

/** Addresses that belong to a buffer. */
export interface BufferPlaces {
  readonly ring: number;
  readonly values: number;
  readonly lists: number;
  readonly records: number;
  readonly recordBytes: number;
  readonly cuts: number;
  /** Bits that say what is open; 0 for everything. */
  readonly bits: number;
  readonly bitBytes: number;
  /** 0 for none. */
  readonly index: number;
}

/** The words of a buffer, in the order of sweep-kernel.wat. */
export function bufferWords(
  { channels, height, width, support }: GradientBuffer,
  places: BufferPlaces,
): Int32Array {
  const { ring, values, lists, records, recordBytes, cuts, bits, index, bitBytes } = places;
  const [low, high] = support.kind === 'between' ? [support.low, support.high] : [0, 0];
  const bounds = new Int32Array(Float32Array.of(low, high).buffer);
  const first = [channels, height, width, ring, values, lists, records, recordBytes, cuts, bits];
  return Int32Array.of(...first, ...bounds, index, bitBytes);
}

/** What an operation needs beside its target; the meaning of some differs by kind, see sweep-kernel.wat. */
export interface OperationDetails {
  readonly edge: Exclude<Edge, { kind: 'cotangents' }>;
  readonly accumulates: boolean;
  readonly weights: number;
  readonly table: number;
  readonly scratch: number;
  /** Address; strides in bytes of lanes, channels, rows and columns. */
  readonly outer: readonly number[];
}

/** The words of an operation, in the order of sweep-kernel.wat. */
export function operationWords(
  addresses: ReadonlyMap<GradientBuffer, number>,
  kind: Kind,
  target: GradientBuffer,
  { edge, accumulates = false, weights = 0, table = 0, scratch = 0, outer = [] }: Partial<OperationDetails>,
): Int32Array {
  const from = edge?.from;
  const window = edge !== undefined && 'window' in edge ? edge.window : undefined;
  const pair = (values: readonly number[] | undefined) => [values?.[0] ?? 0, values?.[1] ?? 0];
  return Int32Array.of(
    KINDS[kind],
    addresses.get(target)!,
    from === undefined ? 0 : addresses.get(from.buffer)!,
    from === undefined ? 0 : from.buffer.cuts.indexOf(from.start),
    from === undefined ? 0 : from.buffer.cuts.indexOf(from.end),
    from?.start ?? 0,
    Number(accumulates),
    weights,
    ...pair(window?.kernel),
    ...pair(window?.strides),
    ...pair(window?.padBegins),
    ...pair(window?.dilations),
    table,
    scratch,
    ...[...outer, 0, 0, 0, 0, 0].slice(0, 5),
  );
}
