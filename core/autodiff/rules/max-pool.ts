import { intsOf } from '../../onnx/attributes.ts';
import type { ElementType } from '../../tensor.ts';
import type { GraphBuilder } from '../graph-builder.ts';
import { phaseOf, phaseSize, phaseTaps, phasesOf } from '../phases.ts';
import type { Phases } from '../phases.ts';
import type { Operand, Rule, RuleContext } from '../rule.ts';
import { cotangent, input } from '../rule.ts';
import type { SlidingWindow } from '../sliding-window.ts';
import { slidingWindow } from '../sliding-window.ts';

/**
 * Maximum pooling: the cotangent of a window goes to its first maximal element.
 *
 * The maximum over a window is the maximum over its rows of the maximum of each row, and the first of the former lies
 * in the first of the latter. So the pooling is taken apart into one for each axis (repeated from x, for one image),
 * and each tap of a one-dimensional kernel has a mask of the windows that it wins: K cotangents go through as a few
 * products and sums, where scattering them by the operator's Indices would take ONNX Runtime one thread and many
 * times longer.
 *
 * Limits   An axis costs as many products as its kernel is long. Windows of NaN pass nothing.
 */
export const maxPool: Rule = (c) => {
  const x = input(c);
  const kernel = intsOf(c.node, 'kernel_shape') ?? [];
  const window = slidingWindow(c.node, x.dims.slice(2), kernel);
  const stages = stagesOf(c, window);
  const whole: Phases = { strides: kernel.map(() => 1), parts: [cotangent(c)], like: cotangent(c) };
  const result = stages.reduce((g, stage) => stageVjp(c.b, g, stage, window), whole);
  return [result.strides.every((stride) => stride === 1) ? (result.parts[0] ?? result) : result];
};

/** Pooling along one axis. */
interface Stage {
  readonly axis: number;
  readonly from: Operand;
  readonly to: Operand;
}

/** Pools the last axis first; returns the stages from the result back to x. */
function stagesOf(c: RuleContext, window: SlidingWindow): Stage[] {
  const { kernel, strides, padBegins } = window;
  const y = c.outputs[0];
  const axes = kernel.flatMap((size, i) => (size > 1 || strides[i] > 1 || padBegins[i] > 0 ? [i] : []));
  const stages: Stage[] = [];
  let from = input(c);
  for (const axis of [...axes].reverse()) {
    const dims = from.dims.map((dim, i) => (i === axis + 2 ? y.dims[i] : dim));
    const to = axis === axes[0] ? y : { ...from, dims, name: pooled(c.b, from, axis, dims, window) };
    stages.unshift({ axis, from, to });
    from = to;
  }
  return stages;
}

function pooled(
  b: GraphBuilder,
  x: Operand,
  axis: number,
  dims: readonly number[],
  window: SlidingWindow,
): string {
  const along = (values: readonly number[], other: number) =>
    values.map((value, i) => (i === axis ? value : other));
  const ends = window.kernel.map((_, i) => Math.max(0, missingAtEnd(window, i, x.dims[i + 2], dims[i + 2])));
  return b.op('MaxPool', [x.name], {
    kernel_shape: along(window.kernel, 1),
    strides: along(window.strides, 1),
    dilations: along(window.dilations, 1),
    pads: [...along(window.padBegins, 0), ...along(ends, 0)],
  });
}

/** Positions past the end that the last of `count` windows reaches (negative: positions that no window reaches). */
function missingAtEnd(
  { kernel, strides, dilations, padBegins }: SlidingWindow,
  axis: number,
  size: number,
  count: number,
): number {
  const reach = strides[axis] * (count - 1) + dilations[axis] * (kernel[axis] - 1) + 1;
  return reach - padBegins[axis] - size;
}

function stageVjp(b: GraphBuilder, g: Phases, stage: Stage, window: SlidingWindow): Phases {
  const { axis, from, to } = stage;
  const masks = winnerMasks(b, stage, window);
  const strides = g.strides.map((stride, i) => (i === axis ? window.strides[i] : stride));
  const [size, count] = [from.dims[axis + 2], to.dims[axis + 2]];
  const rank = from.dims.length + 1;
  const before = phasesOf(g.strides);
  const parts = phasesOf(strides).map((phase) => {
    const own = phase[axis];
    const index = before.findIndex((other) => other.every((a, i) => i === axis || a === phase[i]));
    const part = g.parts[index];
    const length = phaseSize(size, strides[axis], own);
    if (part === undefined || length === 0) return undefined;
    const { taps, offsets } = phaseTaps(window, axis, own);
    const terms = taps.map((tap, i) => {
      const mask =
        index === 0 && g.parts.length === 1 ? masks[tap] : phaseOf(b, masks[tap], g.strides, before[index]);
      const only = (pad: number) => Array.from({ length: rank }, (_, j) => (j === axis + 3 ? pad : 0));
      return b.pad(b.mul(part, mask), only(-offsets[i]), only(length + offsets[i] - count));
    });
    return terms.length === 0 ? undefined : b.sumOf(terms);
  });
  return { strides, parts, like: g.like };
}

/** Padding of this value wins no window: an infinity or a number that is none would not survive every device. */
const lowest = (type: ElementType) => (type === 'float16' ? -65504 : -3.4028234663852886e38);

/** Per tap, 1 where the window's first maximum lies at it, else 0; shaped like the stage's result. */
function winnerMasks(b: GraphBuilder, { axis, from, to }: Stage, window: SlidingWindow): string[] {
  const [size, count] = [from.dims[axis + 2], to.dims[axis + 2]];
  const stride = window.strides[axis];
  const only = (pad: number) => from.dims.map((_, i) => (i === axis + 2 ? pad : 0));
  const end = missingAtEnd(window, axis, size, count);
  const pads = [...only(window.padBegins[axis]), ...only(end)];
  const padded = pads.every((pad) => pad === 0)
    ? from.name
    : b.op('Pad', [from.name, b.ints(pads), b.scalar(lowest(from.type), from.type)], { mode: 'constant' });
  let taken: string | undefined;
  return Array.from({ length: window.kernel[axis] }, (_, tap) => {
    const start = window.dilations[axis] * tap;
    const value = b.slice(padded, axis + 2, start, start + stride * (count - 1) + 1, stride);
    const isEqual = b.op('Equal', [value, to.name]);
    const wins = taken === undefined ? isEqual : b.op('And', [isEqual, b.op('Not', [taken])]);
    taken = taken === undefined ? isEqual : b.op('Or', [taken, isEqual]);
    return b.cast(wins, from.type);
  });
}
