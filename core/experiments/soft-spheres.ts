import * as tf from '@tensorflow/tfjs-core';
import { constant, gradientOf, toFloat64 } from 'tfjs-implicit';

/** Two kinds of soft discs in a periodic square: the first half of n has diameter 1, the rest `small`. */
export interface SoftSpheres {
  readonly n: number;
  readonly boxLength: number;
}

/** Per-particle diameters [n, 1] from the small diameter (a scalar tensor). */
function diameters(n: number, small: tf.Tensor): tf.Tensor {
  const isSmall = constant(
    Float64Array.from({ length: n }, (_, i) => Number(i >= n / 2)),
    [n, 1],
  );
  return tf.add(tf.sub(1, isSmall), tf.mul(isSmall, small));
}

/**
 * Energy Σ over pairs of ½ (1 - r/s)² for r < s, s the mean diameter, r the distance to the nearest image, for positions
 * [n, 2]. Once differentiable at contact (r = s).
 */
export function softSphereEnergy({
  n,
  boxLength,
}: SoftSpheres): (x: tf.Tensor, small: tf.Tensor) => tf.Tensor {
  return (x, small) => {
    const box = constant(boxLength);
    const raw = tf.sub(tf.expandDims(x, 1), tf.expandDims(x, 0));
    const apart = tf.sub(raw, tf.mul(box, tf.round(tf.div(raw, box))));
    const self = tf.eye(n);
    // A particle's distance to itself is set to 1 before the root, whose slope at 0 is infinite.
    const distance = tf.sqrt(tf.add(tf.sum(tf.square(apart), -1), self));
    const d = diameters(n, small);
    const reach = tf.mul(0.5, tf.add(d, tf.transpose(d)));
    const overlap = tf.mul(tf.relu(tf.sub(1, tf.div(distance, reach))), tf.sub(1, self));
    return tf.mul(0.25, tf.sum(tf.square(overlap)));
  };
}

/**
 * The equilibrium condition ∇U = 0 with the two free translations pinned: adds the mean displacement's projector, so that
 * derivatives come out with zero mean.
 */
export function equilibrium(system: SoftSpheres): (x: tf.Tensor, small: tf.Tensor) => tf.Tensor {
  const force = gradientOf(softSphereEnergy(system));
  return (x, small) => tf.add(force(x, small), tf.mul(tf.onesLike(x), tf.mean(x, 0, true)));
}

/** Settings of the fast inertial relaxation engine, named as by its authors. */
export interface FireOptions {
  readonly dtStart?: number;
  readonly dtMax?: number;
  readonly nMin?: number;
  readonly increase?: number;
  readonly decrease?: number;
  readonly alphaStart?: number;
  readonly alphaDecay?: number;
  /** Stop when no force component is larger. @default 1e-9 */
  readonly tol?: number;
  readonly maxIter?: number;
  /** Called after every step. */
  readonly onStep?: (state: FireState) => void;
}

/** Where the relaxation stands after a step. */
export interface FireState {
  readonly step: number;
  readonly positions: Float64Array;
  readonly maxForce: number;
  readonly dt: number;
  readonly alpha: number;
}

/**
 * Relaxes positions [n, 2] to a local minimum of an energy by FIRE (Bitzek et al. 2006): velocity Verlet (half kick, drift, force,
 * half kick) with the velocity steered towards the force and stopped when it points uphill.
 */
export function fireMinimise(
  energy: (x: tf.Tensor) => tf.Tensor,
  start: tf.Tensor,
  {
    dtStart = 0.1,
    dtMax = 0.4,
    nMin = 5,
    increase = 1.1,
    decrease = 0.5,
    alphaStart = 0.1,
    alphaDecay = 0.99,
    tol = 1e-9,
    maxIter = 10_000,
    onStep,
  }: FireOptions = {},
): { readonly x: tf.Tensor; readonly iterations: number; readonly converged: boolean } {
  const gradient = gradientOf(energy);
  const forceAt = (x: Float64Array): Float64Array => {
    const result = tf.tidy(() => tf.neg(gradient(constant(x, start.shape))));
    const values = toFloat64(result);
    result.dispose();
    return values;
  };
  const x = toFloat64(start);
  const v = new Float64Array(x.length);
  let force = forceAt(x);
  let [dt, alpha, downhill, iterations] = [dtStart, alphaStart, 0, 0];
  while (largest(force) > tol && iterations < maxIter) {
    for (let i = 0; i < x.length; i++) {
      v[i] += 0.5 * dt * force[i];
      x[i] += dt * v[i];
    }
    force = forceAt(x);
    for (let i = 0; i < x.length; i++) v[i] += 0.5 * dt * force[i];
    const power = sum(v, force);
    const mix = (alpha * Math.sqrt(sum(v, v))) / (Math.sqrt(sum(force, force)) + 1e-30);
    for (let i = 0; i < x.length; i++) v[i] += mix * force[i] - alpha * v[i];
    downhill = power > 0 ? downhill + 1 : 0;
    if (power > 0 && downhill > nMin) {
      dt = Math.min(dt * increase, dtMax);
      alpha *= alphaDecay;
    } else if (power < 0) {
      dt *= decrease;
      alpha = alphaStart;
      v.fill(0);
    }
    iterations++;
    onStep?.({ step: iterations, positions: x, maxForce: largest(force), dt, alpha });
  }
  return { x: constant(x, start.shape), iterations, converged: largest(force) <= tol };
}

const largest = (v: Float64Array): number => v.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
const sum = (a: Float64Array, b: Float64Array): number =>
  a.reduce((total, value, i) => total + value * b[i], 0);
