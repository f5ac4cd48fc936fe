import type { Op, Value } from './graph.ts';
import type { Schedule } from './schedule.ts';
import { isAlignedElementwise } from './steps/elementwise.ts';

/** Where the values of a plan lie, in numbers of 8 bytes from its beginning. */
export interface Layout {
  /** Values that are kept, and constants. */
  readonly fixed: ReadonlyMap<Value, number>;
  /** Values that live within one list of operations only. */
  readonly temporary: ReadonlyMap<readonly Op[], ReadonlyMap<Value, number>>;
  /** How many numbers there are in all. */
  readonly length: number;
  readonly constants: readonly Value[];
}

/** Vectors of two numbers start at multiples of two. */
const aligned = (size: number): number => size + (size % 2);

/**
 * Gives memory to values: those that are kept and constants have their own, others share what is free while they live.
 * Lists of operations never run at the same time, so all of them share one region of scratch memory.
 */
export function layOut(schedule: Schedule): Layout {
  const fixed = new Map<Value, number>();
  let length = 0;
  const own = (value: Value): void => {
    if (fixed.has(value)) return;
    fixed.set(value, length);
    length += aligned(Math.max(value.size, 1));
  };
  const lists = [...schedule.preludes, ...schedule.bodies.values()];
  for (const value of schedule.kept) own(value);
  const constants = [
    ...new Set([...lists.flat().flatMap(({ inputs }) => inputs.map(({ base }) => base)), ...schedule.kept]),
  ].filter(({ constant }) => constant !== undefined);
  for (const value of constants) own(value);
  const scratch = length;
  const temporary = new Map<readonly Op[], ReadonlyMap<Value, number>>();
  for (const list of lists) {
    const { place, end } = share(list, scratch, fixed);
    temporary.set(list, place);
    length = Math.max(length, end);
  }
  return { fixed, temporary, length, constants };
}

/** Places the temporary values of one list from `start` on. */
function share(
  ops: readonly Op[],
  start: number,
  fixed: ReadonlyMap<Value, number>,
): { place: Map<Value, number>; end: number } {
  const place = new Map<Value, number>();
  const lastUse = new Map<Value, number>();
  ops.forEach(({ inputs }, at) => inputs.forEach(({ base }) => lastUse.set(base, at)));
  const free = new FreeSpace(start);
  const here = new Set<Value>();
  ops.forEach((op, at) => {
    const release = (mayRelease: (value: Value) => boolean): void => {
      for (const value of new Set([...op.inputs.map(({ base }) => base), ...op.outputs])) {
        if (!here.has(value) || (lastUse.get(value) ?? at) > at || !mayRelease(value)) continue;
        here.delete(value);
        free.give(place.get(value)!, aligned(Math.max(value.size, 1)));
      }
    };
    // Number by number, a result may replace an operand.
    const inPlace = isAlignedElementwise(op);
    release((value) => inPlace && value.size === op.outputs[0].size && !op.outputs.includes(value));
    for (const output of op.outputs) {
      if (fixed.has(output)) continue;
      place.set(output, free.take(aligned(Math.max(output.size, 1))));
      here.add(output);
    }
    release(() => true);
  });
  return { place, end: free.end };
}

/** Free pieces of a growing region; the smallest that fits is taken. */
class FreeSpace {
  readonly #pieces: { at: number; length: number }[] = [];
  end: number;

  constructor(start: number) {
    this.end = start;
  }

  take(length: number): number {
    let best: { at: number; length: number } | undefined;
    for (const piece of this.#pieces)
      if (piece.length >= length && (!best || piece.length < best.length)) best = piece;
    if (!best) {
      this.end += length;
      return this.end - length;
    }
    const { at } = best;
    best.at += length;
    best.length -= length;
    if (best.length === 0) this.#pieces.splice(this.#pieces.indexOf(best), 1);
    return at;
  }

  give(at: number, length: number): void {
    this.#pieces.push({ at, length });
  }
}
