import { intOf } from '../../onnx/attributes.ts';
import { sizeOf } from '../../tensor.ts';
import { mergeBatch } from '../axis-matrix.ts';
import type { GraphBuilder } from '../graph-builder.ts';
import { mapParts, phaseSize, phaseTaps, phasesOf } from '../phases.ts';
import type { Phases, PhaseTaps } from '../phases.ts';
import type { Rule, RuleContext } from '../rule.ts';
import { cotangent, input } from '../rule.ts';
import type { SlidingWindow } from '../sliding-window.ts';
import { slidingWindow } from '../sliding-window.ts';
import { tapwiseAdjoint } from '../tapwise-conv.ts';

/** ONNX Runtime's kernels compute so many channels at once, or a multiple. */
const CHANNEL_BLOCK = 8;

/**
 * Convolution: its adjoint is a convolution with the kernel flipped and its channels exchanged.
 *
 * With strides it is one such convolution for each phase of the input's positions, with the taps that reach them.
 * ONNX Runtime runs these several times faster on the CPU than a transposed convolution, above all with groups. The
 * weights get no gradient; the bias gets none either.
 */
export const conv: Rule = (c) => {
  const [x, weight] = [input(c), input(c, 1)];
  const window = slidingWindow(c.node, x.dims.slice(2), weight.dims.slice(2));
  const { strides, kernel, padBegins, padEnds } = window;
  const isPointwise = [...strides, ...kernel].every((size) => size === 1);
  if (isPointwise && [...padBegins, ...padEnds].every((pad) => pad === 0)) {
    const { phases } = c;
    const mixed = (g: string, sizes: readonly number[]) => mixChannels(c, g, sizes);
    return [
      phases === undefined
        ? mixed(cotangent(c), x.dims.slice(2))
        : mapParts(phases, (part, phase) =>
            mixed(
              part,
              phase.map((a, i) => phaseSize(x.dims[i + 2], phases.strides[i], a)),
            ),
          ),
    ];
  }
  if (
    weight.dims[1] < CHANNEL_BLOCK &&
    strides.some((stride) => stride > 1) &&
    intOf(c.node, 'group', 1) === 1
  ) {
    const g = c.phases ?? { strides: strides.map(() => 1), parts: [cotangent(c)], like: cotangent(c) };
    const shapes = { x: x.dims, y: c.outputs[0].dims, weightDims: weight.dims };
    return [tapwiseAdjoint(c.b, g, { weight: weight.name, window, ...shapes })];
  }
  const weights = exchangedWeight(c);
  const like = cotangent(c);
  const g = mergeBatch(c.b, like, c.outputs[0].dims);
  const parts = phasesOf(strides).map((phase) => {
    const sizes = phase.map((a, i) => phaseSize(x.dims[i + 2], strides[i], a));
    const reach = phase.map((a, i) => phaseTaps(window, i, a));
    const isZero = sizes.includes(0) || reach.some(({ taps }) => taps.length === 0);
    return isZero ? undefined : partConv(c, g, weights, { window, sizes, reach });
  });
  const result: Phases = { strides, parts, like };
  return [strides.every((stride) => stride === 1) ? (parts[0] ?? result) : result];
};

interface PartConv {
  readonly window: SlidingWindow;
  /** Spatial sizes of the part. */
  readonly sizes: readonly number[];
  readonly reach: readonly PhaseTaps[];
}

/** The adjoint at one phase: a convolution of stride 1 over the cotangents, [K·N, O, ...] -> [K, N, C, ...sizes]. */
function partConv(c: RuleContext, g: string, weights: string, { window, sizes, reach }: PartConv): string {
  const { b } = c;
  const y = c.outputs[0].dims.slice(2);
  const begins = reach.map(({ offsets }) => -offsets[offsets.length - 1]);
  const ends = reach.map(({ offsets }, i) => sizes[i] + offsets[0] - y[i]);
  const taps = tapsOf(c, weights, window, reach);
  const group = intOf(c.node, 'group', 1);
  const whole = (pads: readonly number[]) => [0, 0, ...pads];
  // A negative pad: the outermost windows do not reach this phase.
  const outside = (pads: readonly number[]) => whole(pads.map((pad) => Math.min(pad, 0)));
  // One tap's result is padded, not what it reads: ONNX Runtime would move pads into the convolution, and its WebGPU
  // kernel for one tap overlooks pads that are at the ends only.
  const gx = reach.every(({ offsets }) => offsets.length === 1)
    ? b.pad(b.op('Conv', [g, taps], { group }), whole(begins), whole(ends))
    : b.op('Conv', [b.pad(g, outside(begins), outside(ends)), taps], {
        group,
        dilations: reach.map(({ offsets }) => (offsets.length === 1 ? 1 : offsets[0] - offsets[1])),
        pads: [...begins, ...ends].map((pad) => Math.max(pad, 0)),
      });
  return b.reshape(gx, [-1, ...input(c).dims.slice(0, 2), ...sizes]);
}

// [O, C/G, ...] -> [C, O/G, ...]; a session folds this, and all that follows of the weights, to constants.
function exchangedWeight(c: RuleContext): string {
  const { b } = c;
  const { name, dims } = input(c, 1);
  const groups = intOf(c.node, 'group', 1);
  const kernel = dims.slice(2);
  const split = b.reshape(name, [groups, dims[0] / groups, dims[1], ...kernel]);
  const swapped = b.transpose(split, [0, 2, 1, ...kernel.map((_, i) => i + 3)]);
  return b.reshape(swapped, [groups * dims[1], dims[0] / groups, ...kernel]);
}

// The taps of one phase, last first.
function tapsOf(
  c: RuleContext,
  weights: string,
  { kernel }: SlidingWindow,
  reach: readonly PhaseTaps[],
): string {
  return reach.reduce((w, { taps }, i) => {
    if (kernel[i] === 1) return w;
    const [first, last] = [taps[0], taps[taps.length - 1]];
    const step = taps.length === 1 ? 1 : taps[1] - taps[0];
    return c.b.slice(w, i + 2, last, first === 0 ? -kernel[i] - 1 : first - 1, -step);
  }, weights);
}

/**
 * A kernel of one position: the channels of each position are mixed. Where that makes more channels, a matrix product
 * saves ONNX Runtime from rearranging the larger tensor into channel blocks and back. Some channels alone take only
 * their weights.
 */
function mixChannels(c: RuleContext, g: string, sizes: readonly number[]): string {
  const [x, weight] = [input(c), input(c, 1)];
  const [outputs, inputs] = weight.dims;
  const groups = intOf(c.node, 'group', 1);
  if (groups !== 1) {
    const gx = c.b.op('Conv', [c.b.reshape(g, [-1, outputs, ...sizes]), exchangedWeight(c)], {
      group: groups,
    });
    return c.b.reshape(gx, [-1, ...x.dims.slice(0, 2), ...sizes]);
  }
  const matrix = c.b.transpose(c.b.reshape(weight.name, [outputs, inputs]), [1, 0]);
  const mixed = (start: number, end: number) => {
    const rows = end - start === inputs ? matrix : c.b.slice(matrix, 0, start, end);
    return c.b.reshape(product(c.b, rows, g, [end - start, outputs], sizes), [
      -1,
      x.dims[0],
      end - start,
      ...sizes,
    ]);
  };
  return c.b.withChannels(mixed(0, inputs), mixed);
}

/** A matrix [channels, outputs] times the channels at every position: [K·N, channels, ...sizes]. */
function product(
  b: GraphBuilder,
  matrix: string,
  g: string,
  [channels, outputs]: readonly [number, number],
  sizes: readonly number[],
): string {
  if (channels > outputs) return b.matMul(matrix, b.reshape(g, [-1, outputs, sizeOf(sizes)]));
  const kernel = b.reshape(matrix, [channels, outputs, ...sizes.map(() => 1)]);
  return b.op('Conv', [b.reshape(g, [-1, outputs, ...sizes]), kernel]);
}
