import { Arena } from './arena.ts';
import type { Edge, GradientBuffer, GradientPlan } from './gradient-plan.ts';
import {
  bufferWords,
  LANES,
  operationWords,
  TAP_BYTES,
  VALUE_BYTES,
  type Kind,
  type OperationDetails,
} from './kernel-layout.ts';
import { orderRows, type RowOrder } from './row-order.ts';

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

/** Addresses between which the steps of a programme lie. */
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

/** Lays out memory and programme for `count` sweeps side by side. */
export function layOutSweeps(plan: GradientPlan, count: number): SweepProgram {
  const arena = new Arena();
  const order = orderRows(plan.last);
  const planes = new Map([...plan.values].map(([tensor, size]) => [tensor, arena.reserve(4 * size)]));
  const shared = placeShared(arena, plan);
  const sweeps = Array.from({ length: count }, () => placeSweep(arena, { plan, order, shared }));
  const masks = plan.buffers.flatMap((buffer) => {
    if (buffer.support.kind !== 'between') return [];
    const weights = planes.get(buffer.support.tensor)!;
    return overChannels(arena, buffer, operationWords(sweeps[0].addresses, 'mask', buffer, { weights }));
  });
  const choices = plan.buffers.flatMap((buffer) =>
    buffer.edges.flatMap((edge) => {
      if (edge.kind !== 'pool') return [];
      const weights = planes.get(edge.tensor)!;
      const table = shared.tables.get(edge)!;
      const accumulates = buffer.support.kind === 'chosen';
      const details = { edge, weights, table, accumulates };
      return [overChannels(arena, buffer, operationWords(sweeps[0].addresses, 'choose', buffer, details))];
    }),
  );
  return {
    preparations: [masks, ...choices]
      .filter(({ length }) => length > 0)
      .map((steps) => dealt(steps, count).map((own) => placeProgram(arena, own))),
    sweeps,
    planes,
    // Planes are read sixteen values at a time.
    bytes: arena.end + 2 * VALUE_BYTES,
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
function overChannels(arena: Arena, { channels }: GradientBuffer, words: Int32Array): number[][] {
  const address = arena.place(words);
  return Array.from({ length: channels }, (_, channel) => [address, channel]);
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
  const place: Place = (kind, buffer, details = {}) =>
    arena.place(operationWords(addresses, kind, buffer, { scratch, ...details }));
  const isFull = (buffer: GradientBuffer) => !isMasked(buffer);
  // Full lists are left as they are.
  const fullLists = plan.buffers.filter(isFull).flatMap((buffer) => {
    const address = place('list', buffer);
    return Array.from({ length: order.rings.get(buffer) ?? 1 }, (_, row) => [address, row]);
  });
  const operations = new Map(
    plan.buffers.map((buffer) => [buffer, placeRow(buffer, place, { shared, cotangents })]),
  );
  operations
    .get(plan.last)!
    .push(place('store', plan.last, storing(plan.last, gradients, plan.isChannelsLast)));
  const steps = order.steps.flatMap(({ buffer, row }) =>
    operations.get(buffer)!.map((address) => [address, row]),
  );
  const begin = [place('lanes', plan.last, { weights: vectors }), 0];
  const program = placeProgram(arena, [begin, ...fullLists, ...steps]);
  return { ...program, vectors, cotangents, gradients, addresses };
}

type Place = (kind: Kind, buffer: GradientBuffer, details?: Partial<OperationDetails>) => number;

/** The operations, by their addresses, that compute a row of a buffer. */
function placeRow(
  buffer: GradientBuffer,
  place: Place,
  { shared, cotangents }: { readonly shared: Shared; readonly cotangents: number },
): number[] {
  const [first] = buffer.edges;
  const overwrites = ['conv', 'depthwise', 'cotangents'].includes(first.kind);
  return [
    ...(isMasked(buffer) ? [place('list', buffer)] : []),
    ...(overwrites ? [] : [place('zero', buffer)]),
    ...buffer.edges.map((edge, index) => {
      if (edge.kind === 'cotangents')
        return place('load', buffer, { outer: [cotangents, ...stridesOf(buffer, edge.isChannelsLast)] });
      return place(edge.kind, buffer, {
        edge,
        accumulates: edge.kind === 'add' ? isMasked(edge.from.buffer) : index > 0,
        weights: shared.weights.get(edge) ?? 0,
        table: edge.kind === 'conv' ? 4 * (edge.from.end - edge.from.start) : (shared.tables.get(edge) ?? 0),
      });
    }),
  ];
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
        outer: [gradients, laneStride, 0, 0, VALUE_BYTES],
      }
    : {
        weights: channels,
        table: width,
        scratch: 4 * width,
        outer: [gradients, laneStride, VALUE_BYTES, 4 * height * width, VALUE_BYTES * channels],
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
  const { channels, width, cuts } = buffer;
  const positions = ring * width;
  const recordBytes = 4 * (1 + cuts.length);
  return arena.place(
    bufferWords(buffer, {
      ring,
      values: arena.reserve(positions * channels * VALUE_BYTES),
      lists: arena.reserve(positions * channels * 4),
      records: arena.reserve(positions * recordBytes),
      recordBytes,
      cuts: shared.cuts.get(buffer)!,
      bits: shared.supports.get(buffer) ?? 0,
      bitBytes: bitBytes(buffer),
      index: buffer.isIndexed ? arena.reserve(positions * channels * 4) : 0,
    }),
  );
}

function isMasked({ support }: GradientBuffer): boolean {
  return support.kind !== 'all';
}
