import * as tf from '@tensorflow/tfjs-core';
import { customGradient } from '../custom-gradients.ts';
import { checkSameShape, checkTensors } from '../checks.ts';
import type { Draw, PerturbedOptions } from './smoothing.ts';
import { checkPerturbed, drawPoints, evaluateAt, sizeOfNoise, smoothedMean } from './smoothing.ts';

/** A perturbed function of a tensor and of the seed of its noise. */
export type Perturbed = (theta: tf.Tensor, seed: number) => tf.Tensor;

/**
 * E f(theta + sigma Z), estimated with the noise of a seed: smooth in theta and sigma even where f jumps, such as an argmax, a
 * ranking or the solution of a combinatorial problem.
 *
 * f maps a tensor shaped like theta to a tensor of any shape, or (options) rows to rows, or all samples at once. It is only
 * evaluated; derivatives, of every order, come from the density of the noise (Abernethy, Lee & Tewari 2016; Berthet et al.
 * 2020), so they are unbiased and vary as one over the root of the samples. Tensors that f closes over are differentiated
 * through f itself. The same seed gives the same noise, for the value and its derivatives.
 *
 * Throws ImplicitError 'bad-tensor' for entries or values of f that are not finite, for a sigma that is not above 0, and for shapes
 * that do not fit the options; 'bad-usage' for samples or a seed that are not whole numbers; 'unknown-name' for a noise.
 */
export function perturbedFunction(f: (x: tf.Tensor) => tf.Tensor, options: PerturbedOptions = {}): Perturbed {
  checkPerturbed('perturbedFunction', f, options);
  return (theta, seed) => tf.tidy(() => smoothed(f, drawPoints(theta, sizeOfNoise(options), seed, options)));
}

/** As {@link perturbedFunction} for an argmax y(x) = argmax over y of ⟨y, x⟩, which has the shape of x; checks the shape. */
export function perturbedArgmax(
  argmax: (x: tf.Tensor) => tf.Tensor,
  options: PerturbedOptions = {},
): Perturbed {
  checkPerturbed('perturbedArgmax', argmax, options);
  return perturbedFunction((x) => {
    const y = argmax(x);
    checkSameShape('perturbedArgmax', 'the argmax', y, x);
    return y;
  }, options);
}

/**
 * E max over y of ⟨y, theta + sigma Z⟩ for a maximum given by its argmax: one number, or one for each row. Its gradient is the
 * perturbed argmax with the same noise, and so on for higher orders; its derivative by sigma is E ⟨y, Z⟩.
 *
 * With Gumbel noise, whose mean is 0.5772, it lies above the maximum of the expectations by 0.5772 sigma per unit of y.
 * Throws as {@link perturbedFunction}.
 */
export function perturbedMax(argmax: (x: tf.Tensor) => tf.Tensor, options: PerturbedOptions = {}): Perturbed {
  checkPerturbed('perturbedMax', argmax, options);
  const drawAt = (theta: tf.Tensor, sigma: tf.Tensor, seed: number): Draw =>
    drawPoints(theta, sigma, seed, options);
  const inner = (y: tf.Tensor, x: tf.Tensor): tf.Tensor => {
    checkSameShape('perturbedMax', 'the argmax', y, x);
    const axes = x.shape.map((_, axis) => axis).slice(options.rows ? -1 : 1);
    return axes.length > 0 ? tf.sum(tf.mul(y, x), axes) : tf.mul(y, x);
  };
  return (theta, seed) =>
    tf.tidy(() => {
      const maximum = customGradient((...inputs: (tf.Tensor | tf.GradSaveFunc)[]) => {
        const [at, size, save] = inputs as [tf.Tensor, tf.Tensor, tf.GradSaveFunc];
        save([at, size]);
        const { points } = drawAt(at, size, seed);
        const value = tf.mean(inner(evaluateAt(argmax, points, options), points), 0);
        const gradFunc = (dy: tf.Tensor, [t, s]: tf.Tensor[]): tf.Tensor[] => {
          const draw = drawAt(t, s, seed);
          const best = smoothed(argmax, draw);
          const gain = smoothedMean(draw, gains(draw));
          const spread = options.rows ? tf.expandDims(dy, -1) : dy;
          return [tf.mul(spread, best), tf.sum(tf.mul(dy, gain))];
        };
        return { value, gradFunc };
      });
      checkTensors('perturbedMax', { theta });
      return maximum(theta, sizeOfNoise(options));
    });

  /** ⟨y, Z⟩ of every sample, with Z as a function of theta and sigma at fixed points. */
  function gains({ theta, sigma, points }: Draw): tf.Tensor {
    const z = tf.div(tf.sub(points, theta), sigma);
    return inner(evaluateAt(argmax, points, options), z);
  }
}

const smoothed = (f: (x: tf.Tensor) => tf.Tensor, draw: Draw): tf.Tensor =>
  smoothedMean(draw, evaluateAt(f, draw.points, draw.options));
