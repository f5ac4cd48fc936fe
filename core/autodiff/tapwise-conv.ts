import { sizeOf } from '../tensor.ts';
import type { GraphBuilder } from './graph-builder.ts';
import { phaseSize, phasesOf } from './phases.ts';
import type { Phases } from './phases.ts';
import type { SlidingWindow } from './sliding-window.ts';

/** A convolution without groups, of which the adjoint is taken. */
export interface TapwiseConv {
  /** Name and shape of its weights, [O, C, ...kernel]. */
  readonly weight: string;
  readonly weightDims: readonly number[];
  readonly window: SlidingWindow;
  /** Shapes of its input [N, C, ...spatial] and of its output. */
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/**
 * Adjoint of a convolution into few channels: the products of all taps at once, then each tap's to its place.
 *
 * One channel-mixing convolution makes C values for each tap of the kernel; what falls on the same phase of x is
 * shifted and summed, C channels at a time. The cotangents may come in phases themselves, which need not be put
 * together: their strides and the convolution's multiply.
 *
 * Shapes   g: phases of cotangents [K, N, O, ...y]; returns phases of [K, N, C, ...x].
 */
export function tapwiseAdjoint(b: GraphBuilder, g: Phases, conv: TapwiseConv): Phases {
  const { x, y, weightDims } = conv;
  const [channels, kernel] = [weightDims[1], weightDims.slice(2)];
  const mixer = tapMixer(b, conv);
  const strides = conv.window.strides.map((stride, i) => stride * g.strides[i]);
  const terms = phasesOf(strides).map((): string[] => []);
  const taps = phasesOf(kernel);
  phasesOf(g.strides).forEach((phase, index) => {
    const part = g.parts[index];
    if (part === undefined) return;
    const own = phase.map((a, i) => phaseSize(y[i + 2], g.strides[i], a));
    const mixed = b.op('Conv', [b.reshape(part, [-1, weightDims[0], ...own]), mixer]);
    const products = b.split(
      mixed,
      1,
      taps.map(() => channels),
    );
    taps.forEach((tap, t) => {
      const places = tap.map((k, i) => placeOf(conv, g.strides[i], i, phase[i], k));
      const sizes = places.map((place, i) => phaseSize(x[i + 2], strides[i], place.phase));
      if (places.some((place, i) => sizes[i] === 0 || place.offset >= sizes[i] || place.offset + own[i] <= 0))
        return;
      const begins = places.map(({ offset }) => offset);
      const ends = places.map(({ offset }, i) => sizes[i] - own[i] - offset);
      const target = places.reduce((sum, place, i) => sum * strides[i] + place.phase, 0);
      terms[target].push(b.pad(products[t], [0, 0, ...begins], [0, 0, ...ends]));
    });
  });
  const parts = phasesOf(strides).map((phase, i) => {
    if (terms[i].length === 0) return undefined;
    const sizes = phase.map((a, axis) => phaseSize(x[axis + 2], strides[axis], a));
    return b.reshape(b.sumOf(terms[i]), [-1, ...x.slice(0, 2), ...sizes]);
  });
  return { strides, parts, like: g.like };
}

// [O, C, ...kernel] -> [taps · C, O, 1, …]
function tapMixer(b: GraphBuilder, { weight, weightDims }: TapwiseConv): string {
  const [outputs, channels, ...kernel] = weightDims;
  const taps = sizeOf(kernel);
  const byTap = b.transpose(b.reshape(weight, [outputs, channels, taps]), [2, 1, 0]);
  return b.reshape(byTap, [taps * channels, outputs, ...kernel.map(() => 1)]);
}

/** Position stride · (count · j + a) + dilation · tap - pad of x is position j + offset of its phase. */
function placeOf({ window }: TapwiseConv, count: number, axis: number, a: number, tap: number) {
  const position = window.strides[axis] * a + window.dilations[axis] * tap - window.padBegins[axis];
  const stride = window.strides[axis] * count;
  const offset = Math.floor(position / stride);
  return { phase: position - stride * offset, offset };
}
