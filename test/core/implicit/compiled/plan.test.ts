import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { constant, registerFloat64Backend, toFloat64 } from '../../../../core/implicit/index.ts';
import { PlanMemory, planMemory } from '../../../../core/implicit/compiled/plan-memory.ts';
import { Plan } from '../../../../core/implicit/compiled/plan.ts';
import { trace } from '../../../../core/implicit/compiled/trace.ts';

registerFloat64Backend();
let former = '';
beforeAll(() => {
  former = tf.getBackend();
  void tf.setBackend('float64');
});
afterAll(() => {
  if (former) void tf.setBackend(former);
});

type Run = (...inputs: tf.Tensor[]) => tf.Tensor;

/** What a function gives as a plan on a memory. */
function planned(run: Run, inputs: readonly tf.Tensor[], memory: PlanMemory): Float64Array {
  const { graph, outputs } = trace((traced) => [run(...traced)], inputs);
  const stages = inputs.map(() => 0);
  const plan = new Plan(graph, stages, { result: { outputs, stage: 0 } }, memory);
  // Twice, so that nothing is left over from the first time.
  for (let time = 0; time < 2; time++) {
    inputs.forEach((input, i) => plan.set(i, toFloat64(input)));
    plan.finish(0);
    plan.run('result');
  }
  return plan.result('result').slice();
}

const numbers = (size: number, seed: number): Float64Array =>
  Float64Array.from({ length: size }, (_, i) => Math.sin(12.9898 * (i + 1) + seed) * (1 + (i % 3)));

describe('the kernel of plans', () => {
  it('is there', () => {
    expect(planMemory().kernel).toBeDefined();
  });

  it('multiplies matrices of every shape as plain loops do', () => {
    const side = fc.integer({ min: 1, max: 11 });
    fc.assert(
      fc.property(
        side,
        side,
        side,
        fc.boolean(),
        fc.boolean(),
        fc.integer({ min: 1, max: 3 }),
        (n, k, m, ta, tb, batch) => {
          tf.tidy(() => {
            const a = constant(numbers(batch * n * k, 1), [batch, ...(ta ? [k, n] : [n, k])]);
            const b = constant(numbers(batch * k * m, 2), [batch, ...(tb ? [m, k] : [k, m])]);
            const run: Run = (x, y) => tf.matMul(x, y, ta, tb);
            const wanted = toFloat64(run(a, b));
            for (const memory of [planMemory(), new PlanMemory(undefined)])
              expect(planned(run, [a, b], memory)).toBeAllclose(wanted, { rtol: 1e-13, atol: 1e-13 });
          });
        },
      ),
      { numRuns: 80 },
    );
  });

  it('maps as the backend does, also NaN, infinities and zeros of both signs', () => {
    const special = [NaN, Infinity, -Infinity, 0, -0, 1, -2.5, 1e-310];
    const a = constant(Float64Array.from(special.flatMap((value) => special.map(() => value))));
    const b = constant(Float64Array.from(special.flatMap(() => special)));
    const maps: readonly Run[] = [
      ...[tf.add, tf.sub, tf.mul, tf.div, tf.maximum, tf.minimum, tf.squaredDifference],
      ...[tf.equal, tf.notEqual, tf.less, tf.lessEqual, tf.greater, tf.greaterEqual].map(
        (compare): Run =>
          (x, y) =>
            tf.cast(compare(x, y), 'float32'),
      ),
      ...[tf.neg, tf.abs, tf.sign, tf.square, tf.sqrt, tf.rsqrt, tf.reciprocal, tf.relu].map(
        (f): Run =>
          (x) =>
            f(x),
      ),
      (x) => tf.step(x),
      (x) => tf.step(x, 0.5),
      (x, y) => tf.where(tf.cast(x, 'bool'), x, y),
    ];
    for (const run of maps) {
      const wanted = toFloat64(run(a, b));
      for (const memory of [planMemory(), new PlanMemory(undefined)]) {
        const got = planned(run, [a, b], memory);
        expect(got.map((value, i) => (Object.is(value, wanted[i]) ? 1 : 0))).toEqual(
          new Float64Array(64).fill(1),
        );
      }
    }
  });

  it('runs chains over any number of blocks', () => {
    const chain: Run = (x, scale) => {
      const moved = tf.sub(tf.mul(x, scale), 0.5);
      return tf.div(tf.sub(tf.relu(moved), tf.relu(tf.neg(moved))), tf.add(tf.square(x), tf.sum(scale)));
    };
    for (const size of [1, 2, 3, 127, 128, 129, 1000]) {
      const inputs = [constant(numbers(size, 4)), constant(1.5)];
      const wanted = toFloat64(chain(...inputs));
      for (const memory of [planMemory(), new PlanMemory(undefined)])
        expect([...planned(chain, inputs, memory)]).toEqual([...wanted]);
    }
  });
});

describe('PlanMemory', () => {
  it('gives pieces that do not overlap, and takes them back', () => {
    for (const memory of [new PlanMemory(planMemory().kernel), new PlanMemory(undefined)]) {
      const sizes = [3, 10, 70_000, 1, 0, 6];
      const pieces = sizes.map((size) => memory.take(size));
      for (const [i, { at, length }] of pieces.entries()) {
        expect(at % 2).toBe(0);
        expect(length).toBeGreaterThanOrEqual(sizes[i]);
        memory.numbers.fill(i, at, at + length);
      }
      pieces.forEach(({ at, length }, i) =>
        expect(memory.numbers.subarray(at, at + length).every((value) => value === i)).toBe(true),
      );
      pieces.forEach((piece) => memory.give(piece));
      const total = pieces.reduce((sum, { length }) => sum + length, 0);
      expect(memory.take(total).at).toBe(pieces[0].at);
    }
  });
});
