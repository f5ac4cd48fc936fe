import type { ElementType } from '../tensor.ts';
import { sizeOf } from '../tensor.ts';
import type { GraphBuilder } from './graph-builder.ts';
import type { SlidingWindow } from './sliding-window.ts';

/**
 * A cotangent [K, N, C, ...spatial] kept as the pictures of a polyphase decomposition.
 *
 * Part a = (a1, a2, …), numbered row-major over `strides`, holds the positions ≡ a modulo the strides:
 * [K, N, C, ⌈(size - a) / stride⌉ …]. A part that is zero, or holds no position, is undefined. What works
 * position by position works on the parts; a strided operator's adjoint makes them without any scattering.
 *
 * Source   Shi et al. 2016, Is the deconvolution layer the same as a convolutional layer?
 */
export interface Phases {
  readonly strides: readonly number[];
  readonly parts: readonly (string | undefined)[];
  /** A tensor whose first axis is K. */
  readonly like: string;
}

/** A cotangent by name, [K, ...dims], or by its phases. */
export type Cotangent = string | Phases;

/** Every phase of the given strides, row-major: [0, 0], [0, 1], …. */
export function phasesOf(strides: readonly number[]): readonly (readonly number[])[] {
  return strides.reduce<readonly (readonly number[])[]>(
    (heads, stride) => heads.flatMap((head) => Array.from({ length: stride }, (_, a) => [...head, a])),
    [[]],
  );
}

/** Number of positions ≡ phase modulo stride below size. */
export function phaseSize(size: number, stride: number, phase: number): number {
  return Math.max(0, Math.ceil((size - phase) / stride));
}

/** What a window operator's kernel contributes to the positions of one phase of one axis. */
export interface PhaseTaps {
  /** Kernel positions, ascending; evenly spaced. */
  readonly taps: readonly number[];
  /** Per tap: input position stride · j + phase lies at this tap in window j + offset. Descending, evenly spaced. */
  readonly offsets: readonly number[];
}

/** Taps of one axis that reach the input positions ≡ phase modulo the stride. */
export function phaseTaps(
  { kernel, strides, dilations, padBegins }: SlidingWindow,
  axis: number,
  phase: number,
): PhaseTaps {
  const distance = (tap: number) => phase + padBegins[axis] - dilations[axis] * tap;
  const taps = Array.from({ length: kernel[axis] }, (_, tap) => tap).filter(
    (tap) => distance(tap) % strides[axis] === 0,
  );
  return { taps, offsets: taps.map((tap) => distance(tap) / strides[axis]) };
}

/** Applies a function to every part that is not zero. */
export function mapParts(
  phases: Phases,
  change: (part: string, phase: readonly number[], index: number) => string,
): Phases {
  const all = phasesOf(phases.strides);
  return {
    ...phases,
    parts: phases.parts.map((part, i) => (part === undefined ? undefined : change(part, all[i], i))),
  };
}

/** The values of a saved tensor [..., ...spatial] at the positions of one phase. */
export function phaseOf(
  b: GraphBuilder,
  x: string,
  strides: readonly number[],
  phase: readonly number[],
): string {
  const axes = strides.flatMap((stride, i) => (stride === 1 ? [] : [i]));
  return b.op('Slice', [
    x,
    b.ints(axes.map((i) => phase[i])),
    b.ints(axes.map(() => Number.MAX_SAFE_INTEGER)),
    b.ints(axes.map((i) => i - strides.length)),
    b.ints(axes.map((i) => strides[i])),
  ]);
}

/** Sum of cotangents of one tensor; they remain phases where all have the same strides. */
export function sumCotangents(
  b: GraphBuilder,
  terms: readonly Cotangent[],
  whole: (term: Cotangent) => string,
): Cotangent {
  const [first] = terms;
  if (terms.length === 1) return first;
  const phased = terms.filter((term) => typeof term !== 'string');
  const areAlike =
    phased.length === terms.length &&
    phased.every(({ strides }) => strides.join() === phased[0].strides.join());
  if (!areAlike) return b.sumOf(terms.map(whole));
  return {
    ...phased[0],
    parts: phased[0].parts.map((_, i) => {
      const present = phased.flatMap(({ parts }) => parts[i] ?? []);
      return present.length === 0 ? undefined : b.sumOf(present);
    }),
  };
}

/** Puts the phases of a cotangent back together: [K, ...dims]. */
export function interleave(
  b: GraphBuilder,
  { strides, parts, like }: Phases,
  dims: readonly number[],
  type: ElementType,
): string {
  const [lead, spatial] = [dims.slice(0, -strides.length), dims.slice(-strides.length)];
  const sizesOf = (phase: readonly number[]) =>
    spatial.map((size, i) => (i < phase.length ? phaseSize(size, strides[i], phase[i]) : size));
  const joined = (phase: readonly number[]): string | undefined => {
    const axis = phase.length;
    if (axis === strides.length) return parts[rowMajor(phase, strides)];
    const pieces = Array.from({ length: strides[axis] }, (_, a) => joined([...phase, a]));
    const before = sizesOf(phase).map((size, i) => (i === axis ? phaseSize(size, strides[i], 0) : size));
    const zipped = zip(b, pieces, [...lead, ...before], {
      axis: lead.length + axis,
      size: spatial[axis],
      type,
    });
    return zipped && b.reshape(zipped, [-1, ...lead, ...sizesOf(phase)]);
  };
  return joined([]) ?? b.zerosLike(like, dims, type);
}

function rowMajor(phase: readonly number[], strides: readonly number[]): number {
  return phase.reduce((index, a, i) => index * strides[i] + a, 0);
}

interface ZipAxis {
  readonly axis: number;
  /** Of the result. */
  readonly size: number;
  readonly type: ElementType;
}

/** Interleaves pieces along one axis; `dims` is the shape of the first, which is the longest, without K. */
function zip(
  b: GraphBuilder,
  pieces: readonly (string | undefined)[],
  dims: readonly number[],
  { axis, size, type }: ZipAxis,
): string | undefined {
  if (pieces.length === 1) return pieces[0];
  const [length, tail] = [dims[axis], sizeOf(dims.slice(axis + 1))];
  const strips = pieces.map((piece, a) => {
    if (piece === undefined) return undefined;
    const own = phaseSize(size, pieces.length, a);
    return b.pad(b.reshape(piece, [-1, own, 1, tail]), [0, 0, 0, 0], [0, length - own, 0, 0]);
  });
  const present = strips.find((strip) => strip !== undefined);
  if (present === undefined) return undefined;
  const isAlone = strips.indexOf(present) === 0 && strips.every((strip, a) => a === 0 || strip === undefined);
  const zeros = () => b.zerosLike(present, [length, 1, tail], type);
  const zipped = isAlone
    ? b.pad(present, [0, 0, 0, 0], [0, 0, pieces.length - 1, 0])
    : b.op(
        'Concat',
        strips.map((strip) => strip ?? zeros()),
        { axis: 2 },
      );
  const flat = b.reshape(zipped, [-1, length * pieces.length, tail]);
  return length * pieces.length === size ? flat : b.slice(flat, 1, 0, size);
}
