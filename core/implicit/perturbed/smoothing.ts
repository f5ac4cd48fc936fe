import * as tf from '@tensorflow/tfjs-core';
import { constant } from '../constant.ts';
import { checkFunctions, checkScalars, checkTensors } from '../checks.ts';
import { ImplicitError, describeValue } from '../errors.ts';
import { toFloat64 } from '../float64/float64-backend.ts';
import { registerGradients } from '../gradients/register-gradients.ts';
import { allFinite } from '../linear-solve/vector.ts';
import { checkNames } from '../option-names.ts';
import type { NamesOf } from '../option-names.ts';
import { asTensor } from '../scalar.ts';
import type { Scalar } from '../scalar.ts';
import { withoutTape } from '../tape.ts';
import { noiseOf } from './noise.ts';
import type { Noise, NoiseName } from './noise.ts';
import { uniformStream } from './random-stream.ts';

/** How a function is perturbed. */
export interface PerturbedOptions {
  /** Draws of the noise. @default 1000 */
  readonly samples?: number;
  /** Size of the noise, above 0; differentiable. @default 0.1 */
  readonly sigma?: Scalar;
  /** @default 'gumbel' */
  readonly noise?: NoiseName | Noise;
  /** Whether the function treats each row [..., n] for itself: less variance, and results row by row. @default false */
  readonly rows?: boolean;
  /** Whether the function takes all samples at once, on an axis in front. @default false: one call for each sample */
  readonly vectorised?: boolean;
  /**
   * Whether derivatives weigh how far each value lies from the mean of all samples rather than the value itself: unbiased too,
   * with less variance as a rule. @default true
   */
  readonly controlVariate?: boolean;
}

const NAMES: NamesOf<PerturbedOptions> = {
  samples: true,
  sigma: true,
  noise: true,
  rows: true,
  vectorised: true,
  controlVariate: true,
};

/** ImplicitError for what is no function, for options without a meaning, and for a noise that is not known. */
export function checkPerturbed(where: string, f: unknown, options: PerturbedOptions): void {
  checkFunctions(where, { 'the function': f });
  checkNames(where, options, NAMES);
  const { draw, logDensity } = noiseOf(options.noise ?? 'gumbel');
  checkFunctions(where, { 'the draw of the noise': draw, 'the density of the noise': logDensity });
}

/** Options as settled, with the noise of one seed at one point. */
export interface Draw {
  readonly theta: tf.Tensor;
  readonly sigma: tf.Tensor;
  /** The perturbed points [samples, ...shape of theta]: constants, whatever theta. */
  readonly points: tf.Tensor;
  readonly noise: Noise;
  readonly options: PerturbedOptions;
}

/** The size of the noise as a tensor; ImplicitError 'bad-tensor' unless it is one number above 0. */
export function sizeOfNoise({ sigma = 0.1 }: PerturbedOptions): tf.Tensor {
  checkScalars('perturbed', { sigma });
  const size = asTensor(sigma);
  const value = size.size === 1 ? withoutTape(() => toFloat64(size)[0]) : NaN;
  if (value > 0 && Number.isFinite(value)) return tf.reshape(size, []);
  throw new ImplicitError(
    'bad-tensor',
    `perturbed: sigma must be one number above 0, got ${size.size === 1 ? value : `shape [${size.shape.join(', ')}]`}`,
  );
}

/** Draws the perturbed points. ImplicitError 'bad-usage' or 'bad-tensor' for a seed, samples or a theta that cannot be. */
export function drawPoints(
  theta: tf.Tensor,
  sigma: tf.Tensor,
  seed: number,
  options: PerturbedOptions,
): Draw {
  registerGradients();
  checkTensors('perturbed', { theta });
  const { samples = 1000 } = options;
  if (!Number.isInteger(samples) || samples < 1) {
    throw new ImplicitError('bad-usage', `perturbed: samples must be a whole number above 0, got ${samples}`);
  }
  if (!Number.isInteger(seed)) {
    throw new ImplicitError(
      'bad-usage',
      `perturbed: the seed must be a whole number, got ${describeValue(seed)}`,
      {
        hint: 'The same seed draws the same noise; take another one for every step of a descent.',
      },
    );
  }
  const [at, size] = withoutTape(() => [toFloat64(theta), toFloat64(sigma)[0]]);
  if (theta.size === 0 || (options.rows && theta.rank === 0)) {
    throw new ImplicitError(
      'bad-tensor',
      `perturbed: expected numbers${options.rows ? ' in rows [..., n]' : ''}, got shape [${theta.shape.join(', ')}]`,
    );
  }
  const noise = noiseOf(options.noise ?? 'gumbel');
  const uniform = uniformStream(seed);
  const points = Float64Array.from(
    { length: samples * at.length },
    (_, i) => at[i % at.length] + size * noise.draw(uniform),
  );
  return { theta, sigma, points: constant(points, [samples, ...theta.shape]), noise, options };
}

/** Values of a function at points [samples, ...]: real, finite, and of one shape. ImplicitError 'bad-tensor' otherwise. */
export function evaluateAt(
  f: (x: tf.Tensor) => tf.Tensor,
  points: tf.Tensor,
  { vectorised = false, rows = false }: PerturbedOptions,
): tf.Tensor {
  const values = tf.cast(vectorised ? f(points) : tf.stack(tf.unstack(points).map(f)), 'float32');
  const axes = rows ? points.rank - 1 : 1;
  if (values.shape.slice(0, axes).join() !== points.shape.slice(0, axes).join()) {
    throw new ImplicitError(
      'bad-tensor',
      `perturbed: the values must begin with the axes [${points.shape.slice(0, axes).join(', ')}], got [${values.shape.join(', ')}]`,
      { hint: 'vectorised: all samples on an axis in front; rows: one result for each row.' },
    );
  }
  if (allFinite(withoutTape(() => toFloat64(values)))) return values;
  throw new ImplicitError('bad-tensor', 'perturbed: the function gave values that are not finite');
}

/**
 * How much more likely the points are under theta and sigma than under the values they were drawn with: 1 for each sample [s] or
 * row of a sample [s, ...], with all derivatives of the density (the score-function or likelihood-ratio estimator).
 */
function likelihoodRatio({ theta, sigma, points, noise, options }: Draw): tf.Tensor {
  const z = tf.div(tf.sub(points, theta), sigma);
  const entries = tf.sub(noise.logDensity(z), tf.log(sigma));
  const axes = entries.shape.map((_, axis) => axis).slice(options.rows ? -1 : 1);
  const total = axes.length > 0 ? tf.sum(entries, axes) : entries;
  return tf.exp(
    tf.sub(
      total,
      constant(
        withoutTape(() => toFloat64(total)),
        total.shape,
      ),
    ),
  );
}

/**
 * The mean over samples of values [samples, ...], with the derivatives by theta and sigma of the expectation that it estimates:
 * the covariance of the values with the score of the noise, or with its further derivatives.
 */
export function smoothedMean(draw: Draw, values: tf.Tensor): tf.Tensor {
  const [samples] = values.shape;
  const ratio = likelihoodRatio(draw);
  const trailing = new Array<number>(values.rank - ratio.rank).fill(1);
  const excess = tf.reshape(tf.sub(ratio, 1), [...ratio.shape, ...trailing]);
  const mean = tf.mean(values, 0);
  if (draw.options.controlVariate === false || samples === 1)
    return tf.add(mean, tf.mean(tf.mul(values, excess), 0));
  // A sample takes part in the mean that it is compared with: over samples - 1 the covariance has no bias.
  const covariance = tf.sum(tf.mul(tf.sub(values, mean), excess), 0);
  return tf.add(mean, tf.div(covariance, samples - 1));
}
