import * as tf from '@tensorflow/tfjs-core';
import { constant, proxElasticNet, solvers, toFloat64 } from '@tessera/implicit';
import { createRandom } from '../random.ts';

const L1 = 0.15;

/** Elastic-net codes of x [n, f] in a dictionary [atoms, f]; differentiable by both. */
const coder = solvers.proximalGradient<tf.Tensor, [tf.Tensor, tf.Tensor]>(
  (codes, dictionary, x) => tf.mul(0.5, tf.sum(tf.square(tf.sub(x, tf.matMul(codes, dictionary))))),
  (v, scaling) => proxElasticNet(v, { l1: L1, gamma: 1 }, scaling),
  { tol: 1e-6, implicit: { solve: 'gmres', linear: { tol: 1e-8 } } },
);

const noCodes = (dictionary: tf.Tensor, x: tf.Tensor): tf.Tensor =>
  tf.zeros([x.shape[0], dictionary.shape[0]]);

/** Codes [n, atoms], differentiable by the dictionary. */
export function codesOf(dictionary: tf.Tensor, x: tf.Tensor): tf.Tensor {
  return coder.run(noCodes(dictionary, x), dictionary, x);
}

/** Rows of length 1. */
const normalised = (dictionary: tf.Tensor): tf.Tensor =>
  tf.div(dictionary, tf.add(tf.sqrt(tf.sum(tf.square(dictionary), -1, true)), constant(1e-12)));

/** A dictionary of randomly chosen samples, each of length 1. */
export function sampledDictionary(x: tf.Tensor, atoms: number, seed: number): tf.Tensor {
  const rows = createRandom(seed).permutation(x.shape[0]).slice(0, atoms);
  return tf.tidy(() => normalised(tf.gather(x, tf.tensor1d(rows, 'int32'))));
}

/**
 * A dictionary that reconstructs x, without labels: codes and atoms in turn (Mairal et al. 2010 in batches of everything), each atom
 * the best one for the others and of length 1. An atom without use keeps its place.
 */
export function unsupervisedDictionary(x: tf.Tensor, atoms: number, seed: number, rounds = 30): tf.Tensor {
  let dictionary = sampledDictionary(x, atoms, seed);
  for (let round = 0; round < rounds; round++) {
    const next = tf.tidy(() => {
      const codes = coder.solve(noCodes(dictionary, x), dictionary, x).x;
      const gram = tf.matMul(codes, codes, true);
      const target = tf.matMul(codes, x, true);
      return improvedAtoms(dictionary, gram, target);
    });
    dictionary.dispose();
    dictionary = next;
  }
  return dictionary;
}

/** One pass over the atoms, on plain numbers. */
function improvedAtoms(dictionary: tf.Tensor, gram: tf.Tensor, target: tf.Tensor): tf.Tensor {
  const [d, g, b] = [dictionary, gram, target].map(toFloat64);
  const [atoms, features] = dictionary.shape as [number, number];
  for (let k = 0; k < atoms; k++) {
    const use = g[k * atoms + k];
    if (!(use > 1e-9)) continue;
    for (let j = 0; j < features; j++) {
      let fitted = 0;
      for (let l = 0; l < atoms; l++) fitted += g[k * atoms + l] * d[l * features + j];
      d[k * features + j] += (b[k * features + j] - fitted) / use;
    }
    const atom = d.subarray(k * features, (k + 1) * features);
    const length = Math.hypot(...atom);
    for (let j = 0; j < features; j++) atom[j] /= length;
  }
  return constant(d, dictionary.shape);
}
