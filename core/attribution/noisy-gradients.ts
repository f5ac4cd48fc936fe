import { createRandom } from '../random.ts';
import type { Tensor } from '../tensor.ts';
import { likeTensor, type DifferentiableTargets } from './targets.ts';

/** How the noisy copies are made. */
export interface NoiseOptions {
  /** Noisy copies of the picture. @default 16 */
  readonly samples?: number;
  /** Standard deviation of the noise as a share of the picture's own range. @default 0.15 */
  readonly noise?: number;
  /** @default 0 */
  readonly seed?: number;
}

/** Mean and variance, over copies of the picture with Gaussian noise, of the gradients [K · size]. */
export async function noisyGradients(
  targets: DifferentiableTargets,
  x: Tensor<'float32'>,
  { samples = 16, noise = 0.15, seed = 0 }: NoiseOptions,
): Promise<{ mean: Float64Array; variance: Float64Array }> {
  const random = createRandom(seed);
  const deviation = noise * rangeOf(x.data);
  const mean = new Float64Array(targets.count * x.data.length);
  const squares = new Float64Array(mean.length);
  for (let sample = 1; sample <= samples; sample++) {
    const noisy = x.data.map((value) => value + deviation * random.normal());
    const { gradients } = await targets.gradients(likeTensor(x, noisy));
    for (let i = 0; i < mean.length; i++) {
      const before = gradients[i] - mean[i];
      mean[i] += before / sample;
      squares[i] += before * (gradients[i] - mean[i]);
    }
  }
  return { mean, variance: squares.map((sum) => sum / samples) };
}

function rangeOf(values: Float32Array): number {
  let [least, most] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return most - least;
}
