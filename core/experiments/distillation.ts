import * as tf from '@tensorflow/tfjs-core';
import { constant, solvers, toFloat64 } from 'tfjs-implicit';
import { createRandom } from '../random.ts';
import type { Experiment } from './experiment.ts';

const SIDE = 6;
const PIXELS = SIDE * SIDE;
const CLASSES = 3;

/** Noisy pictures of a bar, a column and a cross under noise: pixels [n, 36] and one-hot labels [n, 3]. */
function shapeImages(seed: number, n: number): { readonly images: tf.Tensor; readonly labels: tf.Tensor } {
  const random = createRandom(seed);
  const pixels: number[] = [];
  const labels: number[] = [];
  for (let i = 0; i < n; i++) {
    const kind = i % CLASSES;
    const [row, col] = [2, 3];
    for (let at = 0; at < PIXELS; at++) {
      const [y, x] = [Math.floor(at / SIDE), at % SIDE];
      const [inBar, inColumn] = [y === row, x === col];
      const lit = kind === 0 ? inBar : kind === 1 ? inColumn : inBar || inColumn;
      pixels.push(Number(lit) + 0.6 * random.normal());
    }
    for (let k = 0; k < CLASSES; k++) labels.push(Number(k === kind));
  }
  return {
    images: constant(Float64Array.from(pixels), [n, PIXELS]),
    labels: constant(Float64Array.from(labels), [n, CLASSES]),
  };
}

/** Mean cross-entropy of a linear classifier with weights W [36, 3]. */
function crossEntropy(w: tf.Tensor, images: tf.Tensor, labels: tf.Tensor): tf.Tensor {
  const scores = tf.matMul(images, w);
  // tf.logSoftmax has no second derivative.
  return tf.mean(tf.sub(tf.logSumExp(scores, -1), tf.sum(tf.mul(scores, labels), -1)));
}

const inner = (w: tf.Tensor, images: tf.Tensor, labels: tf.Tensor): tf.Tensor =>
  tf.add(crossEntropy(w, images, labels), tf.mul(constant(0.005), tf.sum(tf.square(w))));

function accuracy(w: tf.Tensor, { images, labels }: { images: tf.Tensor; labels: tf.Tensor }): number {
  const hit = tf.equal(tf.argMax(tf.matMul(images, w), -1), tf.argMax(labels, -1));
  return toFloat64(tf.mean(tf.cast(hit, 'float32')))[0];
}

/** Data-set distillation: learn one picture for each class so that a classifier trained on just these does well. */
export const distillationExperiment: Experiment = {
  name: 'distillation',
  title: 'Data-set distillation: three learned pictures in place of a training set',
  precision: 'any',
  run: ({ seed, scale = 1 }) => {
    const train = shapeImages(seed, 360);
    const test = shapeImages(seed + 1, 360);
    // The inner Hessian is positive definite: conjugate gradients, matrix-free, 108 unknowns.
    const solver = solvers.lbfgs<[tf.Tensor, tf.Tensor]>(inner, {
      tol: 1e-8,
      implicit: { solve: 'cg', linear: { tol: 1e-9 } },
    });
    const labels = tf.eye(CLASSES);
    const w0 = tf.zeros([PIXELS, CLASSES]);
    const outer = (images: tf.Tensor): tf.Tensor =>
      crossEntropy(solver.run(w0, images, labels), train.images, train.labels);
    const measure = (images: tf.Tensor): number[] =>
      tf.tidy(() => {
        const { x } = solver.solve(w0, images, labels);
        const loss = toFloat64(crossEntropy(x, train.images, train.labels))[0];
        return [loss, accuracy(x, train), accuracy(x, test)] as never;
      });
    // Far pictures saturate the classifier and leave no gradient, so a line search must bound the steps.
    const distiller = solvers.lbfgs<[]>(outer, { tol: 1e-6 });
    const start = tf.zeros([CLASSES, PIXELS]);
    let state = distiller.init(start);
    const rows: number[][] = [];
    const steps = Math.max(1, Math.round(40 * scale));
    const every = Math.ceil(steps / 10);
    for (let step = 0; step <= steps; step++) {
      const images = state.x;
      if (step % every === 0) rows.push([step, ...measure(images)]);
      if (step === steps || distiller.isDone(state)) break;
      state = distiller.step(state);
      images.dispose();
    }
    tf.dispose([state.x, start, labels, w0, train, test] as tf.TensorContainer);
    return {
      columns: ['step', 'training loss', 'training accuracy', 'test accuracy'],
      rows,
      notes: [
        'The classifier only ever sees the three learned pictures; the losses are those on the 360 real ones.',
      ],
      chart: {
        title: 'Distillation of 360 pictures into three',
        xLabel: 'outer step',
        yLabel: 'loss and accuracy',
        series: [
          { name: 'training loss', points: rows.map(([t, loss]) => [t, loss] as const) },
          { name: 'test accuracy', points: rows.map((r) => [r[0], r[3]] as const) },
        ],
      },
    };
  },
};
