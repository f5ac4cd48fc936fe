import type { Dense } from '../../float64/dense.ts';
import { float64Kernels } from '../../float64/kernel-tables.ts';
import type { Op } from '../graph.ts';
import type { Place, Step } from './step.ts';

/** Kernels that only move numbers, or repeat them. */
const MOVES = new Set([
  ...['BroadcastTo', 'Concat', 'Pack', 'PadV2', 'Reverse', 'Slice', 'StridedSlice', 'Tile', 'Transpose'],
]);

export const isMove = ({ kernel }: Op): boolean => MOVES.has(kernel);

/** Numbers that lie side by side before and after: [from, to, count]. Without a source, `from` is -1. */
type Piece = readonly [number, number, number];

/** Pieces shorter than this on average are moved one number at a time. */
const LONG = 8;

/**
 * Moves numbers by a list of places that the kernel itself made: it was given the places of its operands' numbers in
 * memory instead of the numbers.
 */
export function moveStep(op: Op, place: Place): Step {
  const to = place(op.outputs[0]);
  const from = sources(op, place);
  const fill = (op.attrs.constantValue as number | undefined) ?? 0;
  const pieces = piecesOf(from);
  if (pieces.length * LONG <= from.length)
    return (memory) => {
      for (const [source, at, count] of pieces) {
        if (source < 0) memory.fill(fill, to + at, to + at + count);
        else memory.copyWithin(to + at, source, source + count);
      }
    };
  const places = Int32Array.from(from);
  return (memory) => {
    for (let i = 0; i < places.length; i++) memory[to + i] = places[i] < 0 ? fill : memory[places[i]];
  };
}

function sources({ kernel, names, inputs, attrs }: Op, place: Place): Float64Array {
  const numbered: Record<string, Dense> = {};
  inputs.forEach((value, k) => {
    const values = Float64Array.from({ length: value.size }, (_, i) => place(value) + i);
    numbered[names[k]] = { shape: [...value.shape], dtype: 'float32', values };
  });
  const outside = kernel === 'PadV2' ? { constantValue: -1 } : {};
  return (float64Kernels[kernel](numbered, { ...attrs, ...outside }) as Dense).values as Float64Array;
}

function piecesOf(from: Float64Array): Piece[] {
  const pieces: [number, number, number][] = [];
  for (let i = 0; i < from.length; i++) {
    const last = pieces.at(-1);
    const follows = last && (from[i] < 0 ? last[0] < 0 : last[0] >= 0 && from[i] === last[0] + last[2]);
    if (follows) last[2]++;
    else pieces.push([from[i], i, 1]);
  }
  return pieces;
}
