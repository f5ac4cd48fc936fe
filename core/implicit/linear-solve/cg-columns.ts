import * as tf from '@tensorflow/tfjs-core';
import { constant } from '../constant.ts';
import { toFloat64 } from '../float64/float64-backend.ts';
import type { LinearStatus } from './linear-operator.ts';

/** A symmetric positive definite A [m, m] that is known by its products with many columns at once. */
export interface ColumnSystem {
  /** A · X for X [m, k]. */
  readonly apply: (x: tf.Tensor2D) => tf.Tensor2D;
  /** Approximates A⁻¹ · R for R [m, k]. @default R itself */
  readonly precondition?: (r: tf.Tensor2D) => tf.Tensor2D;
}

/** What solving many columns came to. */
export interface ColumnSolution {
  /** X [m, k]; the caller disposes of it. */
  readonly x: tf.Tensor2D;
  /** The worst of the columns': `breakdown` where a direction of no positive curvature was met. */
  readonly status: LinearStatus;
  readonly iterations: number;
  /** ‖b - A x‖ / ‖b‖ of the worst column, by the recursion. */
  readonly residual: number;
}

/**
 * Conjugate gradients for many right-hand sides B [m, k] side by side: one product with A a step for all of them, in
 * the operations of the active TensorFlow.js backend. Columns that have converged, or broken down, stand still.
 *
 * Source: Hestenes & Stiefel 1952. Limits: in 32 bits not below a relative residual of about 1e-6.
 */
export function cgColumns(
  system: ColumnSystem,
  b: tf.Tensor2D,
  { tol, maxIter }: { readonly tol: number; readonly maxIter: number },
): ColumnSolution {
  const count = b.shape[1];
  const wanted = readDots(b, b).map((square) => tol * Math.sqrt(square));
  const isAlive = new Uint8Array(count).fill(1);
  let state = tf.tidy(() => begin(system, b));
  let rho = toFloat64(state.rho);
  let iterations = 0;
  const norms = (): Float64Array => readDots(state.r, state.r).map(Math.sqrt);
  let left = norms();
  const isActive = (i: number): boolean => isAlive[i] === 1 && left[i] > wanted[i];
  const anyActive = (): boolean => left.some((_, i) => isActive(i));
  while (iterations < maxIter && anyActive()) {
    const ap = tf.tidy(() => system.apply(state.p));
    const curvature = readDots(state.p, ap);
    for (let i = 0; i < count; i++) if (!(curvature[i] > 0) || !(rho[i] > 0)) isAlive[i] = 0;
    const alpha = rho.map((value, i) => (isActive(i) ? value / curvature[i] : 0));
    const next = tf.tidy(() => advance(system, state, ap, alpha, rho));
    tf.dispose([ap, ...Object.values(state)]);
    state = next;
    rho = toFloat64(state.rho);
    left = norms();
    iterations++;
  }
  const { x, ...rest } = state;
  tf.dispose(Object.values(rest));
  const isBroken = isAlive.some((alive, i) => alive === 0 && left[i] > wanted[i]);
  const status = isBroken ? 'breakdown' : anyActive() ? 'max-iterations' : 'converged';
  const residual = left.reduce(
    (worst, value, i) => Math.max(worst, wanted[i] > 0 ? value / (wanted[i] / tol) : 0),
    0,
  );
  return { x, status, iterations, residual };
}

/** Iterates, residuals, directions, and rᵀz of every column [1, k]. */
type State = Record<'x' | 'r' | 'p' | 'rho', tf.Tensor2D>;

/** Products of the columns of two matrices, [1, k]. */
const dots = (x: tf.Tensor2D, y: tf.Tensor2D): tf.Tensor2D => tf.sum(tf.mul(x, y), 0, true);

function readDots(x: tf.Tensor2D, y: tf.Tensor2D): Float64Array {
  const tensor = tf.tidy(() => dots(x, y));
  const values = toFloat64(tensor);
  tensor.dispose();
  return values;
}

function begin({ precondition = tf.clone }: ColumnSystem, b: tf.Tensor2D): State {
  const z = precondition(b);
  return { x: tf.zerosLike(b), r: tf.clone(b), p: z, rho: dots(b, z) };
}

function advance(
  { precondition = tf.clone }: ColumnSystem,
  { x, r, p }: State,
  ap: tf.Tensor2D,
  alpha: Float64Array,
  rho: Float64Array,
): State {
  const step = constant(alpha, [1, alpha.length]);
  const after: tf.Tensor2D = tf.sub(r, tf.mul(ap, step));
  const z = precondition(after);
  const next = dots(after, z);
  const beta = toFloat64(next).map((value, i) => (alpha[i] > 0 ? value / rho[i] : 0));
  return {
    x: tf.add(x, tf.mul(p, step)),
    r: after,
    p: tf.add(z, tf.mul(p, constant(beta, [1, beta.length]))),
    rho: next,
  };
}
