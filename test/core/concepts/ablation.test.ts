import { describe, expect, it } from 'vitest';
import { createAblationHead } from '../../../core/concepts/ablation-head.ts';
import { checkFactors, scaleConcepts, unchangedFactors } from '../../../core/concepts/ablation.ts';
import { changeOfDecisions } from '../../../core/concepts/changed-decisions.ts';
import type { LayerRecord } from '../../../core/concepts/explanation.ts';
import { matrix, type Matrix } from '../../../core/linalg/matrix.ts';
import type { Model } from '../../../core/onnx/graph.ts';
import { cutModel } from '../../../core/onnx/cut-model.ts';
import { createRandom } from '../../../core/random.ts';
import { createSessionFactory } from '../../../core/runtime/session.ts';
import { float32, type Tensor } from '../../../core/tensor.ts';
import { colourModel } from '../../fixtures/colour-model.ts';
import { runModel } from '../onnx/ort-sessions.ts';

const sessions = createSessionFactory({ device: 'cpu' });
const memoryBudget = 2 ** 28;
const COLOURS: LayerRecord = {
  tensor: 'colours',
  shape: [1, 3, 8, 8],
  kind: 'spatial',
  channelAxis: 1,
  grid: [8, 8],
  computeShare: 0.9,
};
const POSITIONS = 64;

const noise = (length: number, seed: number): Float32Array => {
  const random = createRandom(seed);
  return Float32Array.from({ length }, () => random.uniform());
};
const headOf = (squash: boolean): Model => cutModel(colourModel({ squash }), 'colours').head;

/** Activations that the concepts do not explain in full, so that there is a residual to keep. */
function image(r: number): { activations: Tensor<'float32'>; coefficients: Matrix; bank: Matrix } {
  return {
    activations: float32(noise(3 * POSITIONS, 1), [1, 3, 8, 8]),
    coefficients: matrix(POSITIONS, r, noise(POSITIONS * r, 2)),
    bank: matrix(r, 3, noise(r * 3, 3)),
  };
}

async function logitsAt(
  squash: boolean,
  r: number,
  rows: readonly (readonly number[])[],
  budget = memoryBudget,
) {
  const { activations, coefficients, bank } = image(r);
  const head = await createAblationHead(headOf(squash), COLOURS, bank, { sessions, memoryBudget: budget });
  const prepared = await head.prepare(activations, coefficients);
  const logits = await prepared.evaluate(matrix(rows.length, rows[0].length, Float32Array.from(rows.flat())));
  await head.dispose();
  return { logits, prepared };
}

/** The same by the head itself, on activations scaled one by one. */
async function plainly(squash: boolean, r: number, factors: readonly number[]): Promise<Float32Array> {
  const { activations, coefficients, bank } = image(r);
  const scaled = scaleConcepts(activations, coefficients, bank, COLOURS, factors);
  return (await runModel(headOf(squash), { colours: scaled })).logits.data as Float32Array;
}

describe('createAblationHead()', () => {
  it.each([false, true])(
    'gives the model its own logits at 1 everywhere (non-linear head: %s)',
    async (squash) => {
      const { activations } = image(4);
      const own = (await runModel(headOf(squash), { colours: activations })).logits.data as Float32Array;
      const { logits, prepared } = await logitsAt(squash, 4, [unchangedFactors(4)]);
      expect(prepared.isAffine).toBe(!squash);
      expect(logits.data).toBeAllclose(own, { rtol: 1e-5, atol: 1e-6 });
    },
  );

  it.each([false, true])(
    'agrees with the whole head on scaled activations (non-linear head: %s)',
    async (squash) => {
      const random = createRandom(5);
      const rows = Array.from({ length: 20 }, () => Array.from({ length: 4 }, () => 2 * random.uniform()));
      const { logits } = await logitsAt(squash, 4, rows);
      for (const [row, factors] of rows.entries()) {
        const want = await plainly(squash, 4, factors);
        expect(logits.data.subarray(row * 3, (row + 1) * 3)).toBeAllclose(want, { rtol: 1e-4, atol: 1e-5 });
      }
    },
  );

  it.each([false, true])('scales what no concept explains as well (non-linear head: %s)', async (squash) => {
    const rows = [
      [1, 1, 1, 1, 0],
      [0.5, 2, 0, 1, 0.3],
      [0, 0, 0, 0, 0],
    ];
    const { logits } = await logitsAt(squash, 4, rows);
    for (const [row, factors] of rows.entries()) {
      const want = await plainly(squash, 4, factors);
      expect(logits.data.subarray(row * 3, (row + 1) * 3)).toBeAllclose(want, { rtol: 1e-4, atol: 1e-5 });
    }
  });

  it('moves the logits of an affine head in a straight line, by hand', async () => {
    const { head } = cutModel(colourModel(), 'colours');
    const bank = matrix(3, 3, Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1));
    const amounts = Float32Array.from({ length: 3 * POSITIONS }, (_, i) => [1, 2, 0][i % 3]);
    // Channels in turn: 1.5 of red (half of it residual), 2 of green, 0.25 of blue (all residual).
    const own = Float32Array.from(
      { length: 3 * POSITIONS },
      (_, i) => [1.5, 2, 0.25][Math.floor(i / POSITIONS)],
    );
    const ablation = await createAblationHead(head, COLOURS, bank, { sessions, memoryBudget });
    const prepared = await ablation.prepare(float32(own, [1, 3, 8, 8]), matrix(POSITIONS, 3, amounts));
    const factors = matrix(4, 3, Float32Array.of(1, 1, 1, 0, 1, 1, 1, 0.5, 0, 2, 2, 2));
    // A logit is ten times the mean of its channel; the residual stays whatever the factors are.
    expect((await prepared.evaluate(factors)).data).toBeAllclose(
      [15, 20, 2.5, 5, 20, 2.5, 15, 10, 2.5, 25, 40, 2.5],
      { rtol: 1e-6 },
    );
    await ablation.dispose();
  });

  it('runs many factors in parts when memory is short, with the same result', async () => {
    const random = createRandom(6);
    const rows = Array.from({ length: 33 }, () => Array.from({ length: 4 }, () => 2 * random.uniform()));
    const [whole, parts] = [await logitsAt(true, 4, rows), await logitsAt(true, 4, rows, 8 * 4 * 192 * 5)];
    expect(parts.logits.data).toBeAllclose(whole.logits.data, { rtol: 1e-6, atol: 1e-6 });
  });

  it('works for one concept, and a dead concept changes nothing', async () => {
    const { logits: single } = await logitsAt(true, 1, [[0], [1]]);
    expect(single.rows).toBe(2);
    const { activations, bank } = image(2);
    const dead = matrix(
      POSITIONS,
      2,
      Float32Array.from(noise(2 * POSITIONS, 8), (v, i) => (i % 2 ? v : 0)),
    );
    const head = await createAblationHead(headOf(true), COLOURS, bank, { sessions, memoryBudget });
    const { data } = await (
      await head.prepare(activations, dead)
    ).evaluate(matrix(3, 2, Float32Array.of(1, 1, 0, 1, 2, 1)));
    expect(data.subarray(3, 6)).toEqual(data.subarray(0, 3));
    expect(data.subarray(6, 9)).toEqual(data.subarray(0, 3));
    await head.dispose();
  });
});

describe('scaleConcepts()', () => {
  it('returns equal activations at 1, and scales several images, channels last, by hand', () => {
    const layer: LayerRecord = { ...COLOURS, shape: [1, 2, 3], kind: 'tokens', channelAxis: 2, grid: [2, 1] };
    const activations = float32(
      Float32Array.from({ length: 12 }, (_, i) => i),
      [2, 2, 3],
    );
    const bank = matrix(1, 3, Float32Array.of(1, 0, 2));
    const coefficients = matrix(4, 1, Float32Array.of(0, 1, 2, 3));
    expect(scaleConcepts(activations, coefficients, bank, layer, [1])).toEqual(activations);
    expect([...scaleConcepts(activations, coefficients, bank, layer, [0]).data]).toEqual([
      0, 1, 2, 2, 4, 3, 4, 7, 4, 6, 10, 5,
    ]);
    // Without the rest the concepts remain: u W.
    expect([...scaleConcepts(activations, coefficients, bank, layer, [1, 0]).data]).toEqual([
      0, 0, 0, 1, 0, 2, 2, 0, 4, 3, 0, 6,
    ]);
  });
});

describe('checkFactors()', () => {
  it.each([NaN, -0.1, 2.01, Infinity])('refuses a factor of %d', (bad) => {
    expect(() => checkFactors([1, bad], 2)).toThrow(
      `A concept is scaled by a number from 0 to 2, got ${bad}.`,
    );
  });

  it('refuses too few, and takes the bounds', () => {
    expect(() => checkFactors([1], 2)).toThrow('A factor is needed for each of the 2 concepts, got 1.');
    expect(() => checkFactors([0, 2], 2)).not.toThrow();
    expect(() => checkFactors([0, 2, 1], 2)).not.toThrow();
  });
});

describe('changeOfDecisions()', () => {
  it('lists what changed and counts every transition', () => {
    expect(changeOfDecisions([0, 0, 0, 1], [0, 1, 0, 1])).toEqual({
      images: 4,
      changed: [{ image: 1, before: 0, after: 1 }],
      transitions: [
        { before: 0, after: 0, count: 2 },
        { before: 0, after: 1, count: 1 },
        { before: 1, after: 1, count: 1 },
      ],
    });
  });
});
