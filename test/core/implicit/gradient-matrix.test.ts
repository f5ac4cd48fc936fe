import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { constant, registerFloat64Backend, toFloat64 } from '../../../core/implicit/index.ts';
import { flattenTree } from '../../../core/implicit/tree.ts';
import { batchedCalls, compiledCalls } from './batched-calls.ts';
import type { PublicCall } from './public-call.ts';
import { publicCalls } from './public-calls.ts';

/** Functions whose gradient is not that of their values, and why. */
const OTHERWISE: Readonly<Record<string, string>> = {
  attachRoot: 'returns the solution it was given, whatever the arguments',
  newtonFixedPoint: 'holds its matrix constant, which is exact at a root alone',
  'solvers.nnlsOptimality': 'holds its step size constant, which is exact at a root alone',
  'perturbed.perturbedArgmax': 'estimates the gradient of an expectation; perturbed.test.ts',
  'perturbed.perturbedFunction': 'estimates the gradient of an expectation; perturbed.test.ts',
  'perturbed.perturbedMax': 'estimates the gradient of an expectation; perturbed.test.ts',
};
const calls = Object.entries({ ...publicCalls, ...batchedCalls, ...compiledCalls }).filter(
  ([name, { isConstant }]) => !isConstant && !(name in OTHERWISE),
);

/** Weights that tell entries of a result, or of a direction, from each other. */
const weights = (size: number, phase: number): Float64Array =>
  Float64Array.from({ length: size }, (_, i) => Math.cos(1 + 2.3 * i + phase));

/** Marginals may move by what leaves their sums equal. */
const directionOf = (name: string, leaf: tf.Tensor, place: number): Float64Array => {
  const along = weights(leaf.size, 0.7 * place);
  if (!/ransport/.test(name) || leaf.rank !== 1) return along;
  const mean = along.reduce((sum, value) => sum + value, 0) / along.length;
  return along.map((value) => value - mean);
};

function weighted(result: unknown): tf.Tensor {
  const parts = flattenTree(result).leaves.map((leaf, i) =>
    tf.sum(tf.mul(tf.cast(leaf, 'float32'), constant(weights(leaf.size, i), leaf.shape))),
  );
  return tf.addN(parts);
}

interface Differentiated {
  /** Which leaves of the arguments are real tensors. */
  readonly real: readonly number[];
  readonly gradients: readonly Float64Array[];
}

/** Gradients by every real tensor among the arguments; those that a result does not depend on are 0. */
function differentiate({ call }: PublicCall, args: readonly unknown[]): Differentiated {
  const tree = flattenTree(args);
  const real = tree.leaves.flatMap((leaf, i) => (leaf.dtype === 'float32' ? [i] : []));
  let gradients: Float64Array[] = [];
  tf.tidy(() => {
    gradients = tf
      .grads((...given: tf.Tensor[]) => {
        const leaves = tree.leaves.map((leaf, i) => (real.includes(i) ? given[real.indexOf(i)] : leaf));
        const value = weighted(call(...tree.rebuild<never[]>(leaves)));
        return tf.addN([value, ...given.map((tensor) => tf.mul(0, tf.sum(tensor)))]);
      })(real.map((i) => tree.leaves[i]))
      .map(toFloat64);
    return [];
  });
  return { real, gradients };
}

/** The central difference along a direction of one leaf. */
function difference({ call }: PublicCall, args: readonly unknown[], at: number, along: Float64Array): number {
  const tree = flattenTree(args);
  const step = 1e-5;
  const valueAt = (h: number): number => {
    let value = NaN;
    tf.tidy(() => {
      const moved = toFloat64(tree.leaves[at]).map((entry, i) => entry + h * along[i]);
      const leaves = tree.leaves.with(at, constant(moved, tree.leaves[at].shape));
      [value] = toFloat64(weighted(call(...tree.rebuild<never[]>(leaves))));
      return [];
    });
    return value;
  };
  return (valueAt(step) - valueAt(-step)) / (2 * step);
}

const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, i) => sum + value * b[i], 0);

beforeAll(() => registerFloat64Backend());
afterAll(() => tf.setBackend('cpu'));

describe('in 64 bits, gradients by every argument are central differences', () => {
  beforeAll(() => tf.setBackend('float64'));

  it.each(calls)('of %s', (name, entry) => {
    const args = entry.args();
    const { real, gradients } = differentiate(entry, args);
    const { leaves } = flattenTree(args);
    const along = real.map((at, place) => directionOf(name, leaves[at], place));
    const found = gradients.map((gradient, i) => dot(gradient, along[i]));
    const expected = real.map((at, i) => difference(entry, args, at, along[i]));
    expect(found).toBeAllclose(expected, { rtol: 2e-5, atol: 2e-5 });
  });
});

describe.each(['cpu', 'wasm'])('in 32 bits on %s they are those in 64 bits', (backend) => {
  it.each(calls)('of %s', async (_, entry) => {
    await tf.setBackend('float64');
    const exact = differentiate(entry, entry.args()).gradients.flatMap((gradient) => [...gradient]);
    await tf.setBackend(backend);
    const found = differentiate(entry, entry.args()).gradients.flatMap((gradient) => [...gradient]);
    const size = Math.max(1, ...exact.map(Math.abs));
    expect(found).toBeAllclose(exact, { rtol: 5e-3, atol: 2e-3 * size });
  });
});
