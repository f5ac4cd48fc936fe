import * as tf from '@tensorflow/tfjs-core';
import { constant, projectionSimplex, solvers, toFloat64 } from 'tfjs-implicit';
import { symmetricEigen } from '../linalg/symmetric-eigen.ts';
import { createRandom } from '../random.ts';
import type { Experiment, ExperimentContext } from './experiment.ts';

/** Training and validation sets: features [m, p], one-hot labels [m, k]. */
interface Data {
  readonly X: tf.Tensor;
  readonly Y: tf.Tensor;
  readonly Xval: tf.Tensor;
  readonly Yval: tf.Tensor;
}

const CLASSES = 3;
const SAMPLES = 30;
const BLOCKS = 6;
const FACTORS = 6;
/** Where the gradients are taken and the descent starts: log theta. */
const START = 2.5;

/** Overlapping classes in a few hidden factors, which p noisy features mix; of one difficulty for every p. */
function classes(seed: number, p: number): Data {
  const random = createRandom(seed);
  const normals = (n: number): number[] => Array.from({ length: n }, () => random.normal());
  const centres = normals(CLASSES * FACTORS);
  const mixing = normals(FACTORS * p).map((v) => v / Math.sqrt(p));
  const sample = (): [tf.Tensor, tf.Tensor] => {
    const labels = Array.from({ length: SAMPLES }, (_, i) => i % CLASSES);
    const hidden = labels.map((label) => normals(FACTORS).map((v, j) => v + centres[label * FACTORS + j]));
    const X = hidden.flatMap((h) =>
      Array.from({ length: p }, (_, j) => {
        const signal = h.reduce((sum, v, f) => sum + v * mixing[f * p + j], 0);
        return signal + (0.5 * random.normal()) / Math.sqrt(p);
      }),
    );
    const Y = labels.flatMap((label) => Array.from({ length: CLASSES }, (_, k) => Number(k === label)));
    return [constant(Float64Array.from(X), [SAMPLES, p]), constant(Float64Array.from(Y), [SAMPLES, CLASSES])];
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

/** Largest eigenvalues of the dual's Hessian: of all of it, and of each block of rows. */
interface Curvature {
  readonly whole: number;
  readonly blocks: readonly number[];
}

type Args = [tf.Tensor, tf.Tensor, tf.Tensor];
interface Method {
  readonly name: string;
  readonly iterations: number;
  readonly solver: (curvature: Curvature, options: solvers.SolverOptions) => solvers.Solver<never, Args>;
  readonly start: () => unknown;
  readonly join: (x: unknown) => tf.Tensor;
}

const whole = (): tf.Tensor => tf.fill([SAMPLES, CLASSES], 1 / CLASSES);
const methods: readonly Method[] = [
  {
    name: 'mirror descent',
    iterations: 400,
    solver: (curvature, options) =>
      solvers.entropicDescent<Args>(dual, { ...options, stepsize: 6 / curvature.whole }) as never,
    start: whole,
    join: (x) => x as tf.Tensor,
  },
  {
    name: 'projected gradient',
    iterations: 150,
    solver: (curvature, options) =>
      solvers.projectedGradient<tf.Tensor, Args>(dual, (y) => projectionSimplex(y), {
        ...options,
        stepsize: 1 / curvature.whole,
      }) as never,
    start: whole,
    join: (x) => x as tf.Tensor,
  },
  {
    name: 'block coordinates',
    iterations: 50,
    solver: (curvature, options) =>
      solvers.blockCoordinateDescent<Args>(
        (rows, theta, X, Y) => dual(tf.concat([...rows], 0), theta, X, Y),
        (y) => projectionSimplex(y),
        { ...options, stepsizes: curvature.blocks.map((value) => 1 / value) },
      ) as never,
    start: () => tf.split(whole(), BLOCKS, 0),
    join: (x) => tf.concat([...(x as tf.Tensor[])], 0),
  },
];

/** Squared validation error of the primal weights that the dual solution gives. */
function validationLoss(beta: tf.Tensor, theta: tf.Tensor, { X, Y, Xval, Yval }: Data): tf.Tensor {
  const w = tf.div(tf.matMul(X, tf.sub(Y, beta), true), theta);
  return tf.mul(0.5, tf.mean(tf.square(tf.sub(tf.matMul(Xval, w), Yval))));
}

function curvatureOf(X: tf.Tensor, theta: number): Curvature {
  const largest = (rows: tf.Tensor): number => {
    const gram = toFloat64(tf.matMul(rows, rows, false, true));
    return Math.max(...symmetricEigen(gram, rows.shape[0]).values) / theta;
  };
  return { whole: largest(X), blocks: tf.split(X, BLOCKS, 0).map(largest) };
}

interface HyperGradient {
  readonly value: number;
  readonly grad: number;
}

function hyperGradient(
  method: Method,
  data: Data,
  log: number,
  iterations: number,
  unroll: boolean,
): HyperGradient {
  return tf.tidy(() => {
    const solver = method.solver(curvatureOf(data.X, Math.exp(log)), {
      // Negative: both routes take the same number of iterations.
      tol: -1,
      maxIter: iterations,
      implicit: { solve: 'gmres', linear: { tol: tf.backend().epsilon() < 1e-10 ? 1e-10 : 1e-5 } },
    });
    const f = (t: tf.Tensor): tf.Tensor => {
      const theta = tf.exp(t);
      const solve = (unroll ? solver.unroll : solver.run) as unknown as (
        x: unknown,
        ...args: Args
      ) => unknown;
      return validationLoss(method.join(solve(method.start(), theta, data.X, data.Y)), theta, data);
    };
    const { value, grad } = tf.valueAndGrad(f)(constant(log));
    return { value: toFloat64(value)[0], grad: toFloat64(grad)[0] } as never;
  });
}

/** Hyper-parameter optimisation of a multiclass SVM: one gradient by every route, and a descent with the best. */
export const svmExperiment: Experiment = {
  name: 'svm-hyperparameters',
  title: 'Gradient of the validation loss by the regularisation of a multiclass SVM',
  precision: 'any',
  run: (context: ExperimentContext) => {
    const { seed, now, scale = 1 } = context;
    const sizes = [50, 250, 1250].slice(0, scale < 1 ? 1 : 3);
    const rows: (string | number)[][] = [];
    const timed = (run: () => HyperGradient): { grad: number; ms: number } => {
      const start = now();
      return { grad: run().grad, ms: now() - start };
    };
    for (const p of sizes) {
      const data = classes(seed, p);
      const exact = hyperGradient(methods[1], data, START, 1500, false);
      for (const method of methods) {
        const iterations = Math.max(5, Math.round(method.iterations * scale));
        const implicit = timed(() => hyperGradient(method, data, START, iterations, false));
        const unrolled = timed(() => hyperGradient(method, data, START, iterations, true));
        const errorOf = ({ grad }: { grad: number }): number => Math.abs(grad / exact.grad - 1);
        const ratio = unrolled.ms / implicit.ms;
        rows.push([p, method.name, implicit.ms, unrolled.ms, ratio, errorOf(implicit), errorOf(unrolled)]);
      }
      tf.dispose([data.X, data.Y, data.Xval, data.Yval]);
    }
    const times = (name: string, at: 2 | 3): (readonly [number, number])[] =>
      rows.filter((row) => row[1] === name).map((row) => [row[0] as number, row[at] as number] as const);
    return {
      columns: ['p', 'solver', 'implicit ms', 'unrolled ms', 'ratio', 'implicit error', 'unrolled error'],
      rows,
      notes: [
        'Both routes take the same iterations of the same solver; errors are relative to the gradient at 1500 steps of projected gradient.',
        descentNote(context),
      ],
      chart: {
        title: 'Time of one hyper-gradient',
        xLabel: 'features p',
        yLabel: 'processor time in milliseconds',
        logX: true,
        logY: true,
        series: methods.flatMap(({ name }, colour) => [
          { name: `${name}, implicit`, points: times(name, 2), colour },
          { name: `${name}, unrolled`, points: times(name, 3), colour, dashed: true },
        ]),
      },
    };
  },
};

/** A few steps down the validation loss in log theta. */
function descentNote({ seed, scale = 1 }: ExperimentContext): string {
  const data = classes(seed, 50);
  let log = START;
  const losses: number[] = [];
  for (let step = 0; step < Math.max(3, Math.round(10 * scale)); step++) {
    const { value, grad } = hyperGradient(methods[1], data, log, Math.max(5, Math.round(150 * scale)), false);
    losses.push(value);
    log -= Math.max(-0.5, Math.min(0.5, 10 * grad));
  }
  tf.dispose([data.X, data.Y, data.Xval, data.Yval]);
  return `Descent on log theta took the validation loss from ${losses[0].toPrecision(4)} to ${losses.at(-1)!.toPrecision(4)} (theta = ${Math.exp(log).toPrecision(3)}).`;
}
