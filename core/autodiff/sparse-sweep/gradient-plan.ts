import type { SlidingWindow } from '../sliding-window.ts';

/** Which values of a gradient can differ from zero: all, those whose value is between two bounds, or what a pool chose. */
export type Support =
  | { readonly kind: 'all' }
  | { readonly kind: 'between'; readonly tensor: string; readonly low: number; readonly high: number }
  | { readonly kind: 'chosen' };

/** The gradient of one tensor [1, channels, height, width], as the sum of what its edges bring. */
export interface GradientBuffer {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly support: Support;
  readonly edges: Edge[];
  /** Channels where a part begins or ends that some edge reads; at first the two ends. */
  readonly cuts: number[];
  /** Values are looked up by their channel, by who reads them or who adds to them. */
  isIndexed: boolean;
}

/** Some channels of a buffer, each times a factor. */
export interface GradientRef {
  readonly buffer: GradientBuffer;
  readonly start: number;
  readonly end: number;
  readonly scale: Float32Array | undefined;
}

interface From {
  readonly from: GradientRef;
}
type ConvEdge = From & {
  readonly kind: 'conv' | 'depthwise';
  readonly window: SlidingWindow;
  /** [taps, input channels, output channels], or [taps, channels]; the factors of `from` are in them. */
  readonly weights: Float32Array;
};
type PoolEdge = From & {
  readonly kind: 'pool';
  readonly window: SlidingWindow;
  /** The tensor that is pooled. */
  readonly tensor: string;
};
type AverageEdge = From & {
  readonly kind: 'average';
  readonly window: SlidingWindow;
  /** 1 / divisor of every window, [height, width]. */
  readonly factors: Float32Array;
};
type AddEdge = From & { readonly kind: 'add' };
/** What the gradient of one tensor brings to that of another, or the cotangents themselves. */
export type Edge = ConvEdge | PoolEdge | AverageEdge | AddEdge | CotangentsEdge;
/** Cotangents of [1, channels, height, width], or of [1, height, width, channels]. */
interface CotangentsEdge {
  readonly kind: 'cotangents';
  readonly isChannelsLast: boolean;
}

/** Buffers in the order of the backward pass: an edge comes from an earlier buffer. */
export interface GradientPlan {
  readonly buffers: readonly GradientBuffer[];
  /** Gradient of the tensor that the path begins with. */
  readonly last: GradientBuffer;
  /** That tensor is [1, height, width, channels]. */
  readonly isChannelsLast: boolean;
  /** Tensors whose values are needed, and how many values each has. */
  readonly values: ReadonlyMap<string, number>;
}

/** All channels of a buffer, as they are. */
export function whole(buffer: GradientBuffer): GradientRef {
  return { buffer, start: 0, end: buffer.channels, scale: undefined };
}

/** The same channels, each times one more factor. */
export function scaled(ref: GradientRef, factors: Float32Array): GradientRef {
  return { ...ref, scale: factors.map((factor, c) => factor * (ref.scale?.[c] ?? 1)) };
}

/** Notes where the part that is read begins and ends, so that lists of open channels can be cut there. */
export function noteCuts({ buffer: { cuts }, start, end }: GradientRef): void {
  for (const cut of [start, end]) if (!cuts.includes(cut)) cuts.push(cut);
  cuts.sort((a, b) => a - b);
}
