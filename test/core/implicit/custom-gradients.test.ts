import * as tf from '@tensorflow/tfjs-core';
import { compile, constant, inFloat64, solvers } from 'tfjs-implicit';
import { expect, it } from 'vitest';

/** The gradient of a customGrad that saves what it has made of its input. */
const cube = tf.customGrad((...args) => {
  const [x, save] = args as unknown as [tf.Tensor, (tensors: tf.Tensor[]) => void];
  const square = tf.square(x);
  save([square]);
  return {
    value: tf.mul(square, x),
    gradFunc: (dy: tf.Tensor, [saved]: tf.Tensor[]) => tf.mul(dy, tf.mul(saved, 3)),
  };
});

const TERMS: Readonly<Record<string, (scores: tf.Tensor) => tf.Tensor>> = {
  'tf.losses.softmaxCrossEntropy': (scores) =>
    tf.losses.softmaxCrossEntropy(constant([[1, 0, 0]]), tf.reshape(scores, [1, 3])),
  'tf.logSoftmax': (scores) => tf.sum(tf.neg(tf.slice(tf.logSoftmax(scores), [0], [1]))),
  'a gradient of its own that saves what it made': (scores) => tf.mul(0.1, tf.sum(cube(scores))),
};

it.each(Object.entries(TERMS))('differentiates through %s as differences do', (_, term) => {
  inFloat64(() => {
    const solver = solvers.lbfgs(
      (x: tf.Tensor, t: tf.Tensor) => tf.add(term(tf.mul(x, t)), tf.sum(tf.square(tf.sub(x, 0.3)))),
      { tol: 1e-12 },
    );
    const at = [1, 2, 0.5];
    for (const { run } of [solver, compile(solver)]) {
      const loss = (t: tf.Tensor): tf.Tensor =>
        tf.sum(tf.mul(constant([1, 3, -2]), run(constant([0, 0, 0]), t)));
      const moved = (i: number, by: number) => loss(constant(at.with(i, at[i] + by))).dataSync()[0];
      const gradient = tf.grad(loss)(constant(at)).dataSync();
      for (const i of at.keys())
        expect(gradient[i]).toBeCloseTo((moved(i, 1e-5) - moved(i, -1e-5)) / 2e-5, 6);
    }
  });
});
