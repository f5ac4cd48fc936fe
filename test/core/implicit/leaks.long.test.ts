import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, describe, expect, it } from 'vitest';
import { constant, solvers } from '../../../core/implicit/index.ts';
import { flattenTree } from '../../../core/implicit/tree.ts';
import { publicCalls } from './public-calls.ts';
import type { PublicCall } from './public-calls.ts';

const ROUNDS = 1000;
/** A solver or a gradient takes milliseconds where an operation takes microseconds, and leaks at every call or at none. */
const ROUNDS_OF_SOLVERS = 100;

interface Held {
  readonly tensors: number;
  readonly buffers: number;
}

const held = (): Held => {
  const { numTensors: tensors, numDataBuffers: buffers } = tf.memory();
  return { tensors, buffers };
};

/** The gradient of the sum of all results by all real tensors among the arguments; those it does not depend on count as 0. */
function gradients({ call }: PublicCall, args: readonly unknown[]): void {
  const tree = flattenTree(args);
  const asked = tree.leaves.filter(({ dtype }) => dtype === 'float32');
  tf.dispose(
    tf.grads((...given: tf.Tensor[]) => {
      const queue = [...given];
      const leaves = tree.leaves.map((leaf) => (leaf.dtype === 'float32' ? queue.shift()! : leaf));
      const results = flattenTree(call(...tree.rebuild<never[]>(leaves))).leaves;
      const total = results.map((leaf) => tf.sum(tf.cast(leaf, 'float32')));
      return tf.addN([...total, ...given.map((tensor) => tf.mul(0, tf.sum(tensor)))]);
    })(asked),
  );
}

/** What remains after so many rounds, beyond what the first few left behind as their own. */
function growth(run: () => void, rounds: number): Held {
  for (let i = 0; i < 3; i++) run();
  const before = held();
  for (let i = 0; i < rounds; i++) run();
  const after = held();
  return { tensors: after.tensors - before.tensors, buffers: after.buffers - before.buffers };
}

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const all = Object.entries(publicCalls);

describe('no tensor is left behind', () => {
  it.each(all)('by calls of %s', (name, entry) => {
    const args = entry.args();
    const run = (): void => {
      tf.dispose([...flattenTree(entry.call(...(args as never[]))).leaves]);
    };
    const rounds = /^solvers\.|^custom/.test(name) ? ROUNDS_OF_SOLVERS : ROUNDS;
    expect(growth(run, rounds)).toEqual({ tensors: 0, buffers: 0 });
  });

  it.each(all.filter(([, { isConstant }]) => !isConstant))('by gradients of %s', (_, entry) => {
    const args = entry.args();
    expect(growth(() => gradients(entry, args), ROUNDS_OF_SOLVERS)).toEqual({ tensors: 0, buffers: 0 });
  });

  it.each(all)('by calls of %s that are refused', (_, entry) => {
    const args = entry.args();
    const wrong = args.with(0, 'no tensor');
    const run = (): void => {
      try {
        tf.dispose([...flattenTree(entry.call(...(wrong as never[]))).leaves]);
      } catch {
        // What it says is looked at elsewhere.
      }
    };
    expect(growth(run, 20)).toEqual({ tensors: 0, buffers: 0 });
  });
});

describe('memory of a gradient', () => {
  const peakOf = (maxIter: number): number => {
    let peak = 0;
    const objective = (x: tf.Tensor, t: tf.Tensor): tf.Tensor => {
      const gap = tf.sub(tf.add(x, tf.mul(0.1, tf.sin(x))), t);
      peak = Math.max(peak, tf.memory().numTensors);
      return tf.sum(tf.square(gap));
    };
    const implicit = { unsolved: 'accept' } as const;
    const solver = solvers.gradientDescent(objective, { maxIter, tol: 0, stepsize: 0.01, implicit });
    const t = constant([0.5, -0.2]);
    const gradient = tf.grad((at: tf.Tensor) => tf.sum(solver.run(tf.zeros([2]), at)))(t);
    tf.dispose([t, gradient]);
    return peak;
  };

  it('does not grow with the iterations of the solver', () => {
    expect(peakOf(5000)).toBe(peakOf(50));
  });
});
