import * as tf from '@tensorflow/tfjs-core';
import { constant, rootJacobian, solvers, stationaryPoint, toFloat64 } from 'tfjs-implicit';
import { symmetricEigen } from '../linalg/symmetric-eigen.ts';
import { createRandom } from '../random.ts';
import { dataset, sourceOf, standardised } from './datasets.ts';
import { norm, subtract } from './distance.ts';
import type { Experiment } from './experiment.ts';
import { column, flat, ridgeObjective, solveRidge, type RidgeProblem } from './ridge.ts';
import { median, range, seedsFrom } from './seeds.ts';

/** Errors after t gradient steps from 0: of the iterate, and of both Jacobians ∂w/∂theta (Frobenius norm). */
export interface PrecisionRow {
  readonly t: number;
  readonly iterateError: number;
  readonly implicitError: number;
  readonly unrolledError: number;
  /** The iterate [p] and both Jacobians [p, p], row-major. */
  readonly iterate: Float64Array;
  readonly implicit: Float64Array;
  readonly unrolled: Float64Array;
}

/** Most bytes held by tfjs during the forward pass of a gradient through t steps. */
export interface RecordedBytes {
  readonly implicitBytes: number;
  readonly unrolledBytes: number;
}

type RidgeArgs = [theta: tf.Tensor, left: tf.Tensor, right: tf.Tensor];

/** The gradient of ½‖Xw - y‖² for each row of w, from two tensors of data. */
type Pull = (rows: tf.Tensor, left: tf.Tensor, right: tf.Tensor) => tf.Tensor;

/** From X and y, as one would write it. */
const throughSamples: Pull = (rows, X, y) => tf.matMul(tf.sub(tf.matMul(rows, X, false, true), y), X);

/** From XᵀX and Xᵀy: the same steps at a cost that does not depend on the number of samples. */
const throughGram: Pull = (rows, gram, moments) => tf.sub(tf.matMul(rows, gram), moments);

/**
 * Gradient descent, t steps w <- w - stepsize (Xᵀ(Xw - y) + theta w), as a solver of one problem, w and theta [p], or of
 * one for each row of w and theta [b, p]; `onBytes` hears what tfjs holds during every step.
 */
function descent(
  pull: Pull,
  stepsize: number,
  t: number,
  onBytes: (bytes: number) => void = () => undefined,
): solvers.Solver<tf.Tensor, RidgeArgs, null> {
  const step = (w: tf.Tensor, ...[theta, left, right]: RidgeArgs): tf.Tensor => {
    onBytes(tf.memory().numBytes);
    const rows = tf.reshape(pull(tf.reshape(w, [-1, left.shape[1]!]), left, right), w.shape);
    return tf.sub(w, tf.mul(constant(stepsize), tf.add(rows, tf.mul(theta, w))));
  };
  // Errors are never below 0: all t steps are taken, even where the iterate stands still.
  return solvers.fixedPointIteration(step, { maxIter: t, tol: -1, implicit: { unsolved: 'accept' } });
}

const ridgeRoot = stationaryPoint<tf.Tensor, [tf.Tensor, tf.Tensor, tf.Tensor]>(ridgeObjective);

/** The implicit Jacobian [p, p] evaluated at w, exact solution or not. */
function implicitJacobian({ X, y, theta }: RidgeProblem, w: tf.Tensor): Float64Array {
  const jacobian = rootJacobian(ridgeRoot, w, [theta, X, y], { constants: [1, 2] });
  return toFloat64(jacobian.value[0]);
}

/** Most bytes that tfjs holds above the start while f is evaluated inside a gradient. */
function peakBytes(problem: RidgeProblem, stepsize: number, t: number, unroll: boolean): number {
  // No step: nothing depends on theta, and there is no gradient to take.
  if (t === 0) return 0;
  const start = tf.memory().numBytes;
  let peak = 0;
  const solver = descent(throughSamples, stepsize, t, (bytes) => (peak = Math.max(peak, bytes - start)));
  const f = (theta: tf.Tensor): tf.Tensor => {
    const solve = unroll ? solver.unroll : solver.run;
    return tf.sum(solve(tf.zeros([theta.size]), theta, problem.X, problem.y));
  };
  tf.tidy(() => tf.grad(f)(problem.theta));
  return peak;
}

/** Through the recorded iterations: p copies of the problem give the p rows in one reverse pass. */
function unrolledJacobian(
  theta: tf.Tensor,
  gram: tf.Tensor,
  moments: tf.Tensor,
  stepsize: number,
  t: number,
): Float64Array {
  const p = theta.size;
  if (t === 0) return new Float64Array(p * p);
  const { unroll } = descent(throughGram, stepsize, t);
  const traced = (copies: tf.Tensor): tf.Tensor =>
    tf.sum(tf.mul(unroll(tf.zeros([p, p]), copies, gram, moments), tf.eye(p)));
  return tf.tidy(() => toFloat64(tf.grad(traced)(tf.tile(tf.reshape(theta, [1, p]), [p, 1]))) as never);
}

/**
 * How far both Jacobians are from the truth after each of the given numbers of gradient steps, in ascending order.
 *
 * @internal Tests compare with it.
 */
export function jacobianPrecision(
  problem: RidgeProblem,
  stepsize: number,
  steps: readonly number[],
): PrecisionRow[] {
  return tf.tidy(() => {
    const { X, y, theta } = problem;
    const [gram, moments] = [tf.matMul(X, X, true), flat(tf.matMul(X, column(y), true))];
    const exact = solveRidge(tf.add(gram, tf.mul(tf.eye(theta.size), theta)), moments);
    const truth = implicitJacobian(problem, exact);
    let [w, done]: [tf.Tensor, number] = [tf.zeros([theta.size]), 0];
    return steps.map((t) => {
      if (t > done) w = descent(throughGram, stepsize, t - done).solve(w, theta, gram, moments).x;
      done = t;
      const iterate = toFloat64(w);
      const implicit = implicitJacobian(problem, w);
      const unrolled = unrolledJacobian(theta, gram, moments, stepsize, t);
      return {
        ...{ t, iterate, implicit, unrolled },
        iterateError: norm(subtract(iterate, toFloat64(exact))),
        implicitError: norm(subtract(implicit, truth)),
        unrolledError: norm(subtract(unrolled, truth)),
      };
    }) as never;
  }) as PrecisionRow[];
}

/**
 * What either way of differentiating holds in memory for t gradient steps.
 *
 * @internal Tests compare with it.
 */
export function recordedBytes(problem: RidgeProblem, stepsize: number, t: number): RecordedBytes {
  return {
    implicitBytes: peakBytes(problem, stepsize, t, false),
    unrolledBytes: peakBytes(problem, stepsize, t, true),
  };
}

/** A random half of the patients: predictors centred and of unit length, the response centred, every penalty 1. */
function diabetesHalf(seed: number): RidgeProblem {
  const data = dataset('diabetes');
  const rows = Array.from(createRandom(seed).permutation(data.n)).slice(0, data.n / 2);
  // In units of the spread times √n, as scikit-learn ships the set: columns of length 1.
  const { X, y, Xval, yval } = standardised(data, { train: rows, validation: [] }, Math.sqrt(rows.length));
  const centred = tf.tidy(() => tf.sub(y, tf.mean(y)));
  tf.dispose([y, Xval, yval]);
  return { X, y: centred, theta: tf.ones([data.p]) };
}

/** Errors of one half at all steps, with the bound ‖w - w*‖ / α of the implicit one, α the least curvature. */
interface Half {
  readonly rows: readonly PrecisionRow[];
  readonly bounds: readonly number[];
  readonly memory: readonly RecordedBytes[];
}

function studyHalf(seed: number, steps: readonly number[]): Half {
  const problem = diabetesHalf(seed);
  const gram = toFloat64(tf.tidy(() => tf.matMul(problem.X, problem.X, true)));
  const curvatures = symmetricEigen(gram, problem.theta.size).values;
  const stepsize = 1 / (1 + Math.max(...curvatures));
  const least = 1 + Math.max(0, Math.min(...curvatures));
  const rows = jacobianPrecision(problem, stepsize, steps);
  const memory = rows.map(({ t }) => recordedBytes(problem, stepsize, t));
  tf.dispose([problem.X, problem.y, problem.theta]);
  return { rows, bounds: rows.map(({ iterateError }) => iterateError / least), memory };
}

/** Section "Jacobian precision" of the paper. */
export const jacobianPrecisionExperiment: Experiment = {
  name: 'jacobian-precision',
  title: 'Precision and memory of implicit against unrolled Jacobians (ridge regression, diabetes)',
  inPaper:
    'The paper, on the same data and model, finds the implicit Jacobian’s error below the bound of its theorem 1 and well below the unrolled one’s, at the same iterate. Here both hold on every half of the patients.',
  sources: [sourceOf('diabetes')],
  precision: 'any',
  run: ({ seed, scale = 1 }) => {
    const steps = [1, 2, 5, 10, 20, 40, 80].map((t) => Math.max(1, Math.round(t * scale)));
    const halves = seedsFrom(seed, scale).map((one) => studyHalf(one, steps));
    const at = (of: (half: Half, i: number) => number): number[][] =>
      steps.map((_, i) => halves.map((half) => of(half, i)));
    const iterate = at(({ rows }, i) => rows[i].iterateError);
    const implicit = at(({ rows }, i) => rows[i].implicitError);
    const unrolled = at(({ rows }, i) => rows[i].unrolledError);
    const bound = at(({ bounds }, i) => bounds[i]);
    const curve = (errors: readonly number[][]): (readonly [number, number])[] =>
      errors.map((values, i) => [median(iterate[i]), median(values)] as const);
    return {
      columns: [
        'steps',
        '‖w-w*‖',
        'implicit error',
        'bound',
        'unrolled error',
        'implicit bytes',
        'unrolled bytes',
      ],
      rows: steps.map((t, i) => [
        ...[t, median(iterate[i]), median(implicit[i]), median(bound[i]), median(unrolled[i])],
        ...[halves[0].memory[i].implicitBytes, halves[0].memory[i].unrolledBytes],
      ]),
      notes: [
        `Medians over ${halves.length} random halves of the patients. At the same iterate the implicit Jacobian is closer to the truth, and below its bound ‖w - w*‖ / α with α the least curvature.`,
        'Memory of the implicit route does not depend on the number of steps; the recording of the unrolled one grows in proportion.',
      ],
      figures: [
        {
          kind: 'chart',
          title: 'Jacobian error against iterate error, median and range over halves',
          xLabel: 'error of the iterate',
          yLabel: 'error of the Jacobian',
          logX: true,
          logY: true,
          series: [
            { name: 'unrolled', points: curve(unrolled), bars: unrolled.map(range), colour: 1 },
            { name: 'bound of theorem 1', points: curve(bound), colour: 6, dashed: true },
            { name: 'implicit', points: curve(implicit), bars: implicit.map(range), colour: 0 },
          ],
        },
      ],
    };
  },
};
