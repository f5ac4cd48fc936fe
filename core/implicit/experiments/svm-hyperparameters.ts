import * as tf from '@tensorflow/tfjs-core';
import { createRandom } from '../../random.ts';
import { constant } from '../constant.ts';
import { toFloat64 } from '../float64/float64-backend.ts';
import { symmetricEigen } from '../projections/symmetric-eigen.ts';
import { projectionSimplex } from '../projections/simplex.ts';
import { blockCoordinateDescent } from '../solvers/block-coordinate-descent.ts';
import { entropicDescent } from '../solvers/mirror-descent.ts';
import { projectedGradient } from '../solvers/proximal-gradient.ts';
import type { Solver } from '../solvers/solver.ts';
import type { Experiment, ExperimentContext } from './experiment.ts';

/** Training and validation sets: features [m, p], one-hot labels [m, k]. */
interface Data {
  readonly X: tf.Tensor;
  readonly Y: tf.Tensor;
  readonly Xval: tf.Tensor;
  readonly Yval: tf.Tensor;
}

const CLASSES = 3;

function classes(seed: number, m: number, p: number): Data {
  const random = createRandom(seed);
  const centres = Array.from({ length: CLASSES * p }, () => random.normal());
  const sample = (): [tf.Tensor, tf.Tensor] => {
    const labels = Array.from({ length: m }, (_, i) => i % CLASSES);
    const X = labels.flatMap((label) =>
      Array.from({ length: p }, (_, j) => 0.4 * centres[label * p + j] + random.normal()),
    );
    const scaled = X.map((v) => v / Math.sqrt(p));
    const Y = labels.flatMap((label) => Array.from({ length: CLASSES }, (_, k) => Number(k === label)));
    return [constant(Float64Array.from(scaled), [m, p]), constant(Float64Array.from(Y), [m, CLASSES])];
  };
  const [X, Y] = sample();
  const [Xval, Yval] = sample();
  return { X, Y, Xval, Yval };
}

/** Dual objective of the multiclass SVM: ‖Xᵀ(Y - beta)‖² / (2 theta) + ⟨beta, Y⟩, rows of beta in the simplex. */
function dual(beta: tf.Tensor, theta: tf.Tensor, X: tf.Tensor, Y: tf.Tensor): tf.Tensor {
  const w = tf.matMul(X, tf.sub(Y, beta), true);
  return tf.add(tf.div(tf.mul(0.5, tf.sum(tf.square(w))), theta), tf.sum(tf.mul(beta, Y)));
}

type Args = [tf.Tensor, tf.Tensor, tf.Tensor];
interface Method {
  readonly name: string;
  readonly solver: (stepsize: number, maxIter: number) => Solver<never, Args>;
  readonly start: (m: number) => unknown;
  readonly join: (x: unknown) => tf.Tensor;
}

const whole = (m: number): tf.Tensor => tf.fill([m, CLASSES], 1 / CLASSES);
const methods: readonly Method[] = [
  {
    name: 'mirror descent',
    solver: (stepsize, maxIter) =>
      entropicDescent<Args>(dual, { stepsize: 6 * stepsize, maxIter, tol: 1e-9 }) as never,
    start: whole,
    join: (x) => x as tf.Tensor,
  },
  {
    name: 'projected gradient',
    solver: (stepsize, maxIter) =>
      projectedGradient<tf.Tensor, Args>(dual, (y) => projectionSimplex(y), {
        stepsize,
        maxIter,
        tol: 1e-9,
      }) as never,
    start: whole,
    join: (x) => x as tf.Tensor,
  },
  {
    name: 'block coordinates',
    solver: (stepsize, maxIter) =>
      blockCoordinateDescent<Args>(
        (rows, theta, X, Y) => dual(tf.concat([...rows], 0), theta, X, Y),
        (y) => projectionSimplex(y),
        { stepsizes: stepsize, maxIter: Math.ceil(maxIter / 4), tol: 1e-9 },
      ) as never,
    start: (m) => tf.split(whole(m), m / 3, 0),
    join: (x) => tf.concat([...(x as tf.Tensor[])], 0),
  },
];

/** Squared validation error of the primal weights that the dual solution gives. */
function validationLoss(beta: tf.Tensor, theta: tf.Tensor, { X, Y, Xval, Yval }: Data): tf.Tensor {
  const w = tf.div(tf.matMul(X, tf.sub(Y, beta), true), theta);
  return tf.mul(0.5, tf.mean(tf.square(tf.sub(tf.matMul(Xval, w), Yval))));
}

function gradientOf(
  method: Method,
  data: Data,
  log: number,
  iterations: number,
  unroll: boolean,
): { value: number; grad: number } {
  return tf.tidy(() => {
    const m = data.X.shape[0];
    const gram = toFloat64(tf.matMul(data.X, data.X, false, true));
    const curvature = Math.max(...symmetricEigen(gram, m).values) / Math.exp(log);
    const solver = method.solver(1 / curvature, iterations);
    const f = (t: tf.Tensor): tf.Tensor => {
      const theta = tf.exp(t);
      const solve = (unroll ? solver.unroll : solver.run) as unknown as (
        x: unknown,
        ...args: Args
      ) => unknown;
      return validationLoss(method.join(solve(method.start(m), theta, data.X, data.Y)), theta, data);
    };
    const { value, grad } = tf.valueAndGrad(f)(constant(log));
    return { value: toFloat64(value)[0], grad: toFloat64(grad)[0] } as never;
  });
}

/** Hyper-parameter optimisation of a multiclass SVM: one gradient by every route, and a descent with the best. */
export const svmExperiment: Experiment = {
  name: 'svm-hyperparameters',
  title: 'Gradient of the validation loss by the regularisation of a multiclass SVM',
  run: (context: ExperimentContext) => {
    const { seed, now, scale = 1 } = context;
    const sizes = [20, 80, 320].slice(0, scale < 1 ? 1 : 3);
    const rows: (string | number)[][] = [];
    const timed = (run: () => { value: number; grad: number }): { grad: number; ms: number } => {
      const start = now();
      return { grad: run().grad, ms: now() - start };
    };
    for (const p of sizes) {
      const data = classes(seed, 18, p);
      for (const method of methods) {
        const iterations = Math.round(800 * scale);
        const implicit = timed(() => gradientOf(method, data, 0, iterations, false));
        const unrolled = timed(() => gradientOf(method, data, 0, iterations, true));
        const gap = Math.abs(implicit.grad - unrolled.grad) / Math.abs(unrolled.grad);
        rows.push([p, method.name, implicit.ms, unrolled.ms, implicit.grad, gap]);
      }
      tf.dispose([data.X, data.Y, data.Xval, data.Yval]);
    }
    const times = (name: string, at: 2 | 3): (readonly [number, number])[] =>
      rows.filter((row) => row[1] === name).map((row) => [row[0] as number, row[at] as number] as const);
    return {
      columns: ['p', 'solver', 'implicit ms', 'unrolled ms', 'gradient', 'relative difference'],
      rows,
      notes: [descentNote(context)],
      chart: {
        title: 'Time of one hyper-gradient',
        xLabel: 'features p',
        yLabel: 'milliseconds',
        logX: true,
        logY: true,
        series: methods.flatMap(({ name }) => [
          { name: `${name}, implicit`, points: times(name, 2) },
          { name: `${name}, unrolled`, points: times(name, 3) },
        ]),
      },
    };
  },
};

/** A few steps down the validation loss in log theta. */
function descentNote({ seed, scale = 1 }: ExperimentContext): string {
  const data = classes(seed, 18, 30);
  let log = 1.5;
  const losses: number[] = [];
  for (let step = 0; step < Math.max(3, Math.round(15 * scale)); step++) {
    const { value, grad } = gradientOf(methods[1], data, log, 2000, false);
    losses.push(value);
    log -= Math.max(-0.5, Math.min(0.5, 10 * grad));
  }
  tf.dispose([data.X, data.Y, data.Xval, data.Yval]);
  return `Descent on log theta took the validation loss from ${losses[0].toPrecision(4)} to ${losses.at(-1)!.toPrecision(4)} (theta = ${Math.exp(log).toPrecision(3)}).`;
}
