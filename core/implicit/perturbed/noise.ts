import * as tf from '@tensorflow/tfjs-core';
import { constant } from '../constant.ts';
import { ImplicitError } from '../errors.ts';

/** A distribution with a smooth density on the whole line, from which every entry's perturbation is drawn. */
export interface Noise {
  /** One draw from uniform numbers in (0, 1). */
  readonly draw: (uniform: () => number) => number;
  /** Logarithm of the density up to a constant, entry by entry, in operations of tfjs. */
  readonly logDensity: (z: tf.Tensor) => tf.Tensor;
}

/** Names of distributions that are built in. */
export type NoiseName = 'gumbel' | 'normal';

const builtIn: Readonly<Record<NoiseName, Noise>> = {
  // Not centred: its mean is Euler's constant, 0.5772.
  gumbel: {
    draw: (uniform) => -Math.log(-Math.log(uniform())),
    logDensity: (z) => tf.neg(tf.add(z, tf.exp(tf.neg(z)))),
  },
  // Box & Muller 1958.
  normal: {
    draw: (uniform) => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform()),
    logDensity: (z) => tf.mul(constant(-0.5), tf.square(z)),
  },
};

/** The distribution of that name; ImplicitError 'unknown-name' if there is none. */
export function noiseOf(noise: NoiseName | Noise): Noise {
  if (typeof noise !== 'string') return noise;
  if (Object.hasOwn(builtIn, noise)) return builtIn[noise];
  throw new ImplicitError('unknown-name', `unknown noise "${String(noise)}"`, {
    hint: 'Use gumbel, normal, or an object with draw and logDensity.',
  });
}
