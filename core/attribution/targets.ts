import { float32, type Tensor } from '../tensor.ts';

/** K scalar functions of one tensor: how strong a concept is in a picture, or the logit of a class. */
export interface Targets {
  /** K. */
  readonly count: number;
  /** Shape of the tensor, batch 1: the picture as the model takes it, or the activations at a cut. */
  readonly dims: readonly number[];
  /** Position of the channels in `dims`. */
  readonly channelAxis: number;
  /** Values [n, K] for n tensors [n, …]. */
  values(batch: Tensor<'float32'>): Promise<Float64Array>;
}

/** The targets' values at one point, and how they change. */
interface TargetGradients {
  /** [K]. */
  readonly values: Float64Array;
  /** [K, …dims without the batch]. */
  readonly gradients: Float32Array;
}

/** Targets that can be differentiated by the tensor, all K from one forward pass. */
export interface DifferentiableTargets extends Targets {
  gradients(x: Tensor<'float32'>): Promise<TargetGradients>;
}

/** A map for each target, [height · width] row-major at the size of the picture. */
export type TargetMaps = Float32Array[];

/** Rows and columns of pixels of a picture tensor. */
export function pixelsOf({ dims, channelAxis }: Pick<Targets, 'dims' | 'channelAxis'>): [number, number] {
  const [height, width] = dims.slice(1).filter((_, axis) => axis + 1 !== channelAxis);
  return [height, width];
}

/** Places of a pixel's channels: `at(pixel, channel)` in one picture of `dims`. */
export function pixelLayout({ dims, channelAxis }: Pick<Targets, 'dims' | 'channelAxis'>) {
  const channels = dims[channelAxis];
  const [height, width] = pixelsOf({ dims, channelAxis });
  const pixels = height * width;
  const [pixelStride, channelStride] = channelAxis === 1 ? [1, pixels] : [channels, 1];
  return { channels, pixels, height, width, pixelStride, channelStride };
}

/**
 * Joins the channels of K pictures laid out one after another -> K maps.
 * `combine` folds a channel's value into what the channels before it gave, beginning with 0.
 */
export function overChannels(
  pictures: ArrayLike<number>,
  shape: Pick<Targets, 'dims' | 'channelAxis'>,
  combine: (before: number, value: number) => number,
): TargetMaps {
  const { channels, pixels, pixelStride, channelStride } = pixelLayout(shape);
  const size = channels * pixels;
  return Array.from({ length: pictures.length / size }, (_, picture) => {
    const map = new Float32Array(pixels);
    for (let pixel = 0; pixel < pixels; pixel++) {
      let joined = 0;
      for (let channel = 0; channel < channels; channel++)
        joined = combine(joined, pictures[picture * size + pixel * pixelStride + channel * channelStride]);
      map[pixel] = joined;
    }
    return map;
  });
}

/** The tensor with its values replaced. */
export function likeTensor({ dims }: Tensor<'float32'>, data: Float32Array): Tensor<'float32'> {
  return float32(data, dims);
}
