import { invariant } from '../../errors.ts';
import type { Edge, GradientBuffer, GradientPlan } from './gradient-plan.ts';
import { orderRows, type RowOrder } from './row-order.ts';

/** Cotangents that one sweep carries. */
export const LANES = 16;

/** What the kernel runs, in the memory that it runs on; addresses in bytes. */
export interface SweepProgram {
  /** Finds masks, then what poolings chose: run one after the other for an image, before its sweeps. */
  readonly preparations: readonly (readonly ProgramRange[])[];
  readonly sweeps: readonly Sweep[];
  /** Where the values of inner tensors are expected. */
  readonly planes: ReadonlyMap<string, number>;
  /** What the memory must hold. */
  readonly bytes: number;
  /** Writes programme and weights. */
  write(memory: ArrayBufferLike): void;
}

export interface ProgramRange {
  readonly start: number;
  readonly end: number;
}

/** A backward pass with buffers of its own, so that several can run at the same time over one image. */
export interface Sweep extends ProgramRange {
  /** In: how many vectors of four lanes there are cotangents for, 1 to 4 (an integer of 32 bits). */
  readonly vectors: number;
  /** In: [LANES, …to]. */
  readonly cotangents: number;
  /** Out: [LANES, …from]. */
  readonly gradients: number;
}

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
type Kind = keyof typeof KINDS;

const LANE_BYTES = 4 * LANES;
const TAP_BYTES = 16;
const ALIGNMENT = 64;

/** Lays out memory and programme for `count` sweeps side by side. */
export function layOutSweeps(plan: GradientPlan, count: number): SweepProgram {
  const arena = new Arena();
  const order = orderRows(plan.last);
  const planes = new Map(plan.values.map((tensor) => [tensor, arena.reserve(4 * valuesOf(plan, tensor))]));
  const shared = placeShared(arena, plan);
  const sweeps = Array.from({ length: count }, () => placeSweep(arena, { plan, order, shared }));
  const masks = plan.buffers.flatMap((buffer) => {
    if (buffer.support.kind !== 'between') return [];
    const weights = planes.get(buffer.support.tensor)!;
    return overChannels(arena, buffer, operation(sweeps[0].addresses, 'mask', buffer, { weights }));
  });
  const choices = plan.buffers.flatMap((buffer) =>
    buffer.edges.flatMap((edge) => {
      if (edge.kind !== 'pool') return [];
      const weights = planes.get(edge.tensor)!;
      const table = shared.tables.get(edge)!;
      const accumulates = buffer.support.kind === 'chosen';
      const details = { edge, weights, table, accumulates };
      return [overChannels(arena, buffer, operation(sweeps[0].addresses, 'choose', buffer, details))];
    }),
  );
  return {
    preparations: [masks, ...choices]
      .filter(({ length }) => length > 0)
      .map((steps) => dealt(steps, count).map((own) => placeProgram(arena, own))),
    sweeps,
    planes,
    // Planes are read sixteen values at a time.
    bytes: arena.end + 2 * LANE_BYTES,
    write: (memory) => arena.write(memory),
  };
}

/** Steps in as many parts of about equal length; fewer where there are fewer steps. */
function dealt<Step>(steps: readonly Step[], parts: number): readonly (readonly Step[])[] {
  const length = Math.ceil(steps.length / parts);
  return Array.from({ length: Math.ceil(steps.length / length) }, (_, part) =>
    steps.slice(part * length, (part + 1) * length),
  );
}

/** An operation that takes a channel in the place of a row, for all of them. */
function overChannels(arena: Arena, { channels }: GradientBuffer, words: readonly number[]): number[][] {
  const address = arena.place(Int32Array.from(words));
  return Array.from({ length: channels }, (_, channel) => [address, channel]);
}

/** Memory, handed out from its beginning. */
class Arena {
  readonly #contents: { readonly start: number; readonly data: Float32Array | Int32Array }[] = [];
  // The first bytes stay free: an address of 0 says that there is nothing.
  #end = ALIGNMENT;

  get end(): number {
    return this.#end;
  }

  reserve(bytes: number): number {
    const start = this.#end;
    this.#end = Math.ceil((start + bytes) / ALIGNMENT) * ALIGNMENT;
    return start;
  }

  place(data: Float32Array | Int32Array): number {
    const start = this.reserve(data.byteLength);
    this.#contents.push({ start, data });
    return start;
  }

  write(memory: ArrayBufferLike): void {
    for (const { start, data } of this.#contents)
      new Uint8Array(memory).set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), start);
  }
}

/** What all sweeps read. */
interface Shared {
  /** Per masked buffer, the bits that say where its gradient has support. */
  readonly supports: ReadonlyMap<GradientBuffer, number>;
  readonly cuts: ReadonlyMap<GradientBuffer, number>;
  readonly weights: ReadonlyMap<Edge, number>;
  /** Choices of a pooling, divisors of an averaging, factors of a sum. */
  readonly tables: ReadonlyMap<Edge, number>;
}

/** Bits of a channel, written and read in whole words. */
const bitBytes = ({ height, width }: GradientBuffer): number => 4 * Math.ceil((height * width) / 32 + 1);

const sizeOfBuffer = ({ channels, height, width }: GradientBuffer): number => channels * height * width;

function valuesOf({ buffers }: GradientPlan, tensor: string): number {
  const user = buffers.find(
    ({ support, edges }) =>
      (support.kind === 'between' && support.tensor === tensor) ||
      edges.some((edge) => edge.kind === 'pool' && edge.tensor === tensor),
  );
  invariant(user !== undefined, 'a tensor is named that no buffer needs');
  return sizeOfBuffer(user);
}

function placeShared(arena: Arena, { buffers }: GradientPlan): Shared {
  const supports = new Map<GradientBuffer, number>();
  const cuts = new Map<GradientBuffer, number>();
  const weights = new Map<Edge, number>();
  const tables = new Map<Edge, number>();
  for (const buffer of buffers) {
    if (isMasked(buffer)) supports.set(buffer, arena.reserve(buffer.channels * bitBytes(buffer)));
    cuts.set(buffer, arena.place(Int32Array.from(buffer.cuts)));
    for (const edge of buffer.edges) {
      if (edge.kind === 'conv' || edge.kind === 'depthwise') weights.set(edge, arena.place(edge.weights));
      if (edge.kind === 'average') tables.set(edge, arena.place(edge.factors));
      if (edge.kind === 'pool') {
        const { height, width } = edge.from.buffer;
        tables.set(edge, arena.reserve(4 * buffer.channels * height * width));
      }
      if (edge.kind === 'add')
        tables.set(edge, arena.place(edge.from.scale ?? new Float32Array(buffer.channels).fill(1)));
    }
  }
  return { supports, cuts, weights, tables };
}

interface SweepRequest {
  readonly plan: GradientPlan;
  readonly order: RowOrder;
  readonly shared: Shared;
}

function placeSweep(
  arena: Arena,
  { plan, order, shared }: SweepRequest,
): Sweep & { readonly addresses: ReadonlyMap<GradientBuffer, number> } {
  const addresses = new Map(
    plan.buffers.map((buffer) => [buffer, placeBuffer(arena, buffer, order.rings.get(buffer) ?? 1, shared)]),
  );
  const [cotangents, gradients] = [plan.buffers[0], plan.last].map((buffer) =>
    arena.reserve(LANES * 4 * sizeOfBuffer(buffer)),
  );
  const scratch = arena.reserve(Math.max(...plan.buffers.map(scratchOf)));
  const vectors = arena.reserve(4);
  const place = (kind: Kind, buffer: GradientBuffer, details: Partial<OperationDetails> = {}) =>
    arena.place(Int32Array.from(operation(addresses, kind, buffer, { scratch, ...details })));
  const stepsOf = new Map(
    plan.buffers.map((buffer) => {
      const operations = buffer.edges.map((edge, index) => {
        if (edge.kind === 'cotangents')
          return place('load', buffer, { outer: [cotangents, ...stridesOf(buffer, edge.isChannelsLast)] });
        const accumulates = edge.kind === 'add' ? isMasked(edge.from.buffer) : index > 0;
        return place(edge.kind, buffer, {
          edge,
          accumulates,
          weights: shared.weights.get(edge) ?? 0,
          table:
            edge.kind === 'conv' ? 4 * (edge.from.end - edge.from.start) : (shared.tables.get(edge) ?? 0),
        });
      });
      const [first] = buffer.edges;
      const begins = first.kind === 'conv' || first.kind === 'depthwise' || first.kind === 'cotangents';
      return [
        buffer,
        [
          ...(isMasked(buffer) ? [place('list', buffer)] : []),
          ...(begins ? [] : [place('zero', buffer)]),
          ...operations,
          ...(buffer === plan.last
            ? [place('store', buffer, storing(buffer, gradients, plan.isChannelsLast))]
            : []),
        ],
      ] as const;
    }),
  );
  // Full lists stay as they are.
  const fullLists = plan.buffers.flatMap((buffer) => {
    if (isMasked(buffer)) return [];
    const address = place('list', buffer);
    return Array.from({ length: order.rings.get(buffer) ?? 1 }, (_, row) => [address, row]);
  });
  const steps = order.steps.flatMap(({ buffer, row }) =>
    stepsOf.get(buffer)!.map((address) => [address, row]),
  );
  const begin = [place('lanes', plan.last, { weights: vectors }), 0];
  const program = placeProgram(arena, [begin, ...fullLists, ...steps]);
  return { ...program, vectors, cotangents, gradients, addresses };
}

/** Strides in bytes of lanes, channels, rows and columns. */
function stridesOf({ channels, height, width }: GradientBuffer, isChannelsLast: boolean): readonly number[] {
  return [
    4 * channels * height * width,
    ...(isChannelsLast ? [4, 4 * width * channels, 4 * channels] : [4 * height * width, 4 * width, 4]),
  ];
}

/** How a row of the last buffer is written: in runs of values that lie one behind another in x. */
function storing(
  buffer: GradientBuffer,
  gradients: number,
  isChannelsLast: boolean,
): Partial<OperationDetails> {
  const { channels, height, width } = buffer;
  const laneStride = 4 * sizeOfBuffer(buffer);
  return isChannelsLast
    ? {
        weights: 1,
        table: width * channels,
        scratch: 4 * width * channels,
        outer: [gradients, laneStride, 0, 0, LANE_BYTES],
      }
    : {
        weights: channels,
        table: width,
        scratch: 4 * width,
        outer: [gradients, laneStride, LANE_BYTES, 4 * height * width, LANE_BYTES * channels],
      };
}

/** What the taps of a position take, or the masks of sixteen positions. */
function scratchOf({ channels, edges }: GradientBuffer): number {
  const taps = edges.map((edge) => ('window' in edge ? edge.window.kernel[0] * edge.window.kernel[1] : 0));
  return Math.max(2 * channels, ...taps.map((count) => TAP_BYTES * count));
}

function placeProgram(arena: Arena, steps: readonly (readonly number[])[]): ProgramRange {
  const start = arena.place(Int32Array.from(steps.flat()));
  return { start, end: start + 8 * steps.length };
}

function placeBuffer(arena: Arena, buffer: GradientBuffer, ring: number, shared: Shared): number {
  const { channels, height, width, support, cuts } = buffer;
  const positions = ring * width;
  const values = arena.reserve(positions * channels * LANE_BYTES);
  const lists = arena.reserve(positions * channels * 4);
  const recordBytes = 4 * (1 + cuts.length);
  const records = arena.reserve(positions * recordBytes);
  const index = isIndexed(buffer) ? arena.reserve(positions * channels * 4) : 0;
  const [low, high] = support.kind === 'between' ? [support.low, support.high] : [0, 0];
  const bounds = new Int32Array(Float32Array.of(low, high).buffer);
  return arena.place(
    Int32Array.of(
      channels,
      height,
      width,
      ring,
      values,
      lists,
      records,
      recordBytes,
      shared.cuts.get(buffer)!,
      shared.supports.get(buffer) ?? 0,
      ...bounds,
      index,
      bitBytes(buffer),
    ),
  );
}

/** Whether values are looked up by their channel. */
function isIndexed({ isIndexed: isRead, edges }: GradientBuffer): boolean {
  return (
    isRead ||
    edges.some((edge) => edge.kind === 'pool' || (edge.kind === 'add' && isMasked(edge.from.buffer)))
  );
}

function isMasked({ support }: GradientBuffer): boolean {
  return support.kind !== 'all';
}

interface OperationDetails {
  readonly edge: Exclude<Edge, { kind: 'cotangents' }>;
  readonly accumulates: boolean;
  readonly weights: number;
  readonly table: number;
  readonly scratch: number;
  /** Address; strides in bytes of lanes, channels, rows and columns. */
  readonly outer: readonly number[];
}

/** The words of an operation, in the order of sweep-kernel.wat. */
function operation(
  addresses: ReadonlyMap<GradientBuffer, number>,
  kind: Kind,
  target: GradientBuffer,
  { edge, accumulates = false, weights = 0, table = 0, scratch = 0, outer = [] }: Partial<OperationDetails>,
): readonly number[] {
  const from = edge?.from;
  const window = edge !== undefined && 'window' in edge ? edge.window : undefined;
  const pair = (values: readonly number[] | undefined) => [values?.[0] ?? 0, values?.[1] ?? 0];
  return [
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
  ];
}
