import * as tf from '@tensorflow/tfjs-core';
import { constant, proxElasticNet, solvers, toFloat64 } from 'tfjs-implicit';
import { createRandom } from '../random.ts';
import type { Experiment } from './experiment.ts';

const ATOMS = 6;
const FEATURES = 12;

interface Samples {
  readonly x: tf.Tensor;
  readonly y: tf.Tensor;
}

/** Sparse mixtures of hidden atoms plus noise; the class says whether one of the first two atoms takes part. */
function samples(seed: number, n: number): Samples {
  const atoms = createRandom(99);
  const hidden = Array.from({ length: ATOMS * FEATURES }, () => atoms.normal());
  const random = createRandom(seed);
  const x: number[] = [];
  const y: number[] = [];
  for (let i = 0; i < n; i++) {
    const first = i % 2 === 0 ? random.integer(2) : 2 + random.integer(ATOMS - 2);
    const second = 2 + random.integer(ATOMS - 2);
    for (let j = 0; j < FEATURES; j++) {
      const signal = hidden[first * FEATURES + j] + 0.8 * hidden[second * FEATURES + j];
      x.push(signal / 3 + 0.25 * random.normal());
    }
    y.push(i % 2 === 0 ? 1 : -1);
  }
  return { x: constant(Float64Array.from(x), [n, FEATURES]), y: constant(Float64Array.from(y)) };
}

/** Elastic-net codes of x [n, f] in a dictionary [atoms, f]; differentiable by both. */
const coder = solvers.proximalGradient<tf.Tensor, [tf.Tensor, tf.Tensor]>(
  (codes, dictionary, x) => tf.mul(0.5, tf.sum(tf.square(tf.sub(x, tf.matMul(codes, dictionary))))),
  (v, scaling) => proxElasticNet(v, { l1: 0.1, gamma: 0.5 }, scaling),
  { tol: 1e-8, implicit: { solve: 'gmres', linear: { tol: 1e-10 } } },
);

const scoresOf = (dictionary: tf.Tensor, w: tf.Tensor, { x }: Samples): tf.Tensor => {
  const codes = coder.run(tf.zeros([x.shape[0], ATOMS]), dictionary, x);
  return tf.reshape(tf.matMul(codes, w), [x.shape[0]]);
};
const logistic = (dictionary: tf.Tensor, w: tf.Tensor, data: Samples): tf.Tensor =>
  tf.add(
    tf.mean(tf.softplus(tf.neg(tf.mul(data.y, scoresOf(dictionary, w, data))))),
    tf.mul(constant(0.001), tf.sum(tf.square(w))),
  );

const accuracy = (dictionary: tf.Tensor, w: tf.Tensor, data: Samples): number =>
  tf.tidy(() => {
    const hit = tf.greater(tf.mul(data.y, scoresOf(dictionary, w, data)), 0);
    return toFloat64(tf.mean(tf.cast(hit, 'float32')))[0] as never;
  });

/** Descends the classification loss, in the classifier alone or in the dictionary too. */
function learn(train: Samples, test: Samples, steps: number, moveDictionary: boolean): number[][] {
  const random = createRandom(5);
  let dictionary = constant(
    Float64Array.from({ length: ATOMS * FEATURES }, () => random.normal() / 3),
    [ATOMS, FEATURES],
  );
  let w: tf.Tensor = tf.zeros([ATOMS, 1]);
  const rows: number[][] = [];
  for (let step = 0; step <= steps; step++) {
    const { value, grads } = tf.tidy(() => {
      const loss = (d: tf.Tensor, v: tf.Tensor): tf.Tensor => logistic(d, v, train);
      return tf.valueAndGrads(loss)([dictionary, w]) as never;
    }) as { value: tf.Tensor; grads: tf.Tensor[] };
    if (step % 5 === 0)
      rows.push([step, toFloat64(value)[0], accuracy(dictionary, w, train), accuracy(dictionary, w, test)]);
    const next = tf.tidy(() => [
      tf.sub(dictionary, tf.mul(moveDictionary ? 2 : 0, grads[0])),
      tf.sub(w, tf.mul(5, grads[1])),
    ]);
    tf.dispose([dictionary, w, value, ...grads]);
    [dictionary, w] = next;
  }
  tf.dispose([dictionary, w]);
  return rows;
}

/** Task-driven dictionary learning: the dictionary is moved by the classifier's loss, through the sparse codes. */
export const dictionaryExperiment: Experiment = {
  name: 'dictionary-learning',
  title: 'Task-driven dictionary learning through elastic-net codes',
  precision: 'float64',
  run: ({ seed, scale = 1 }) => {
    const train = samples(seed, 20);
    const test = samples(seed + 1, 40);
    const steps = Math.max(5, Math.round(40 * scale));
    const driven = learn(train, test, steps, true);
    const fixed = learn(train, test, steps, false);
    tf.dispose([train.x, train.y, test.x, test.y]);
    return {
      columns: [
        'step',
        'loss',
        'training accuracy',
        'test accuracy',
        'loss, fixed dictionary',
        'test accuracy, fixed',
      ],
      rows: driven.map((row, i) => [...row, fixed[i][1], fixed[i][3]]),
      notes: ['The last two columns keep the random dictionary and train the classifier only.'],
      chart: {
        title: 'Loss of the classifier on sparse codes',
        xLabel: 'step',
        yLabel: 'training loss',
        series: [
          { name: 'task-driven dictionary', points: driven.map(([t, loss]) => [t, loss] as const) },
          { name: 'fixed dictionary', points: fixed.map(([t, loss]) => [t, loss] as const) },
        ],
      },
    };
  },
};
