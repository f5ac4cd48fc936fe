import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { classImportance, importanceOfImages } from '../../../core/concepts/importance.ts';
import type { MaskedHead } from '../../../core/concepts/masked-head.ts';
import {
  headOfPlayers,
  playersOf,
  spread,
  withAmounts,
  withMergedColumns,
} from '../../../core/concepts/merged-concepts.ts';
import { createConceptTargets, type ConceptObjective } from '../../../core/concepts/concept-objective.ts';
import type { LayerRecord } from '../../../core/concepts/explanation.ts';
import { matrix, type Matrix } from '../../../core/linalg/matrix.ts';
import { float32 } from '../../../core/tensor.ts';

/** A head that is the function of the pooled masked activations (U ⊙ m) W. */
function headOf(bank: Matrix, f: (pooled: Float64Array) => number): MaskedHead {
  const { rows: r, cols: p } = bank;
  return {
    prepare: (own) =>
      Promise.resolve({
        evaluate: (masks) =>
          Promise.resolve(
            Float64Array.from({ length: masks.rows }, (_, n) => {
              const pooled = new Float64Array(p);
              for (let i = 0; i < own.data.length; i++) {
                const c = i % r;
                const amount = own.data[i] * masks.data[n * r + c];
                for (let k = 0; k < p; k++) pooled[k] += amount * bank.data[c * p + k];
              }
              return f(pooled);
            }),
          ),
      }),
    dispose: () => Promise.resolve(),
  };
}

const CURVED = (a: Float64Array): number => Math.max(0, a[0] - 0.5) ** 2 + a[1] * a[2] + Math.tanh(a[3]);
const DESIGN = { design: 'sobol', samples: 64, replicates: 2, seed: 5 } as const;

const ROWS = [
  [1, 0, 0, 0],
  [0, 0.6, 0.8, 0],
  [0, 0, 0.6, 0.8],
];
const bankOf = (rows: readonly (readonly number[])[]) =>
  matrix(rows.length, 4, Float32Array.from(rows.flat()));
/** U [2, r] of some images. */
const IMAGES = [
  [0.5, 1, 2, 1.5, 0, 0.25],
  [2, 0.5, 0.5, 1, 1, 0],
  [0.25, 2, 1, 0.5, 0.75, 1],
];
const imagesOf = (pick: (u: readonly number[], at: number) => readonly number[], r: number) =>
  IMAGES.map((values) => {
    const rows = [values.slice(0, 3), values.slice(3)].map((u, at) => pick(u, at));
    return matrix(2, r, Float32Array.from(rows.flat()));
  });

async function importanceIn(bank: Matrix, images: readonly Matrix[], groups: readonly (readonly number[])[]) {
  const players = playersOf(bank.rows, groups);
  const head = headOfPlayers(headOf(bank, CURVED), players);
  const found = await importanceOfImages(images, head, DESIGN, {
    total: images.length,
    players: players.length,
  });
  return classImportance(found, 3);
}

describe('merged concepts', () => {
  it('are one player, where the first of them stands', () => {
    expect(playersOf(5, [[3, 1]])).toEqual([[0], [1, 3], [2], [4]]);
    expect(
      playersOf(4, [
        [2, 0],
        [3, 1],
      ]),
    ).toEqual([
      [0, 2],
      [1, 3],
    ]);
    const masks = matrix(2, 3, Float32Array.of(0.1, 0.2, 0.3, 0.4, 0.5, 0.6));
    expect([...spread(masks, [[0], [1, 3], [2]]).data]).toEqual([
      ...Float32Array.of(0.1, 0.2, 0.3, 0.2, 0.4, 0.5, 0.6, 0.5),
    ]);
    const withRest = matrix(1, 3, Float32Array.of(0.1, 0.2, 0.7));
    expect([...spread(withRest, [[0], [1, 2]]).data]).toEqual([...Float32Array.of(0.1, 0.2, 0.2, 0.7)]);
  });

  it('of one direction have every figure of the single concept in a bank without duplicates', async () => {
    // The second concept twice: a part of its amount in each.
    const share = [0.3, 0.8];
    const single = imagesOf((u) => u, 3);
    const doubled = imagesOf((u, at) => [u[0], share[at] * u[1], u[2], (1 - share[at]) * u[1]], 4);
    const twice = bankOf([...ROWS, ROWS[1]]);
    const alone = await importanceIn(bankOf(ROWS), single, []);
    const merged = await importanceIn(twice, doubled, [[3, 1]]);
    merged.estimates.forEach(({ mean, low, high }, concept) => {
      const own = alone.estimates[concept];
      expect([mean, low, high]).toBeAllclose([own.mean, own.low, own.high], { rtol: 1e-5, atol: 1e-6 });
    });
    expect(merged.order).toEqual(alone.order);
    expect(merged.tiers).toEqual(alone.tiers);
    // Together they matter for more than the larger of the two.
    const apart = await importanceIn(twice, doubled, []);
    expect(merged.estimates[1].mean).toBeGreaterThan(
      Math.max(apart.estimates[1].mean, apart.estimates[3].mean),
    );
    for (const [at, own] of single.entries()) {
      const amounts = withMergedColumns(doubled[at], twice, [[1, 3]]);
      for (const row of [0, 1]) {
        expect([amounts.data[row * 4 + 1]]).toBeAllclose([own.data[row * 3 + 1]], { rtol: 1e-6 });
        expect(amounts.data[row * 4 + 3]).toBe(0);
      }
    }
  });

  it('in an additive head: (Σ slopes)² over the variance of the game, at least what each has alone', async () => {
    const slope = fc.double({ min: 0.05, max: 3, noNaN: true });
    await fc.assert(
      fc.asyncProperty(fc.array(slope, { minLength: 3, maxLength: 6 }), async (slopes) => {
        const own: MaskedHead = {
          prepare: () =>
            Promise.resolve({
              slopes: Float64Array.from(slopes),
              evaluate: () => Promise.reject(new Error()),
            }),
          dispose: () => Promise.resolve(),
        };
        const of = async (groups: readonly (readonly number[])[]) => {
          const players = playersOf(slopes.length, groups);
          const image = [matrix(1, slopes.length)];
          const work = { total: 1, players: players.length };
          return (await importanceOfImages(image, headOfPlayers(own, players), DESIGN, work))[0]
            .replicates[0];
        };
        const apart = await of([]);
        const [group] = await of([[0, 2]]);
        const both = slopes[0] + slopes[2];
        const rest = slopes.reduce((sum, s, i) => (i === 0 || i === 2 ? sum : sum + s * s), 0);
        expect([group]).toBeAllclose([both ** 2 / (both ** 2 + rest)], { rtol: 1e-9 });
        // Of one sign they help each other: never less than their shares together, which a sum would give.
        expect(group).toBeGreaterThanOrEqual(apart[0] + apart[2] - 1e-12);
        expect(group).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('have the length of their joint contribution as amount', () => {
    const bank = bankOf(ROWS);
    const u = matrix(1, 3, Float32Array.of(3, 1, 2));
    const sum = [3 + 0, 0.6, 0.8, 0];
    expect([withAmounts(u, bank, [[0, 1]]).data[3]]).toBeAllclose([Math.hypot(...sum)], { rtol: 1e-6 });
    expect([...withAmounts(u, bank, [[0, 1]]).data.slice(0, 3)]).toEqual([3, 1, 2]);
    expect(withAmounts(u, bank, [])).toBe(u);
    expect([withAmounts(u, bank, [[2]]).data[3]]).toBeAllclose([2], { rtol: 1e-6 });
  });

  const layer: LayerRecord = {
    tensor: 'a',
    shape: [1, 3, 1, 2],
    kind: 'spatial',
    channelAxis: 1,
    grid: [1, 2],
    computeShare: 1,
  };
  const targets = (objective: ConceptObjective) =>
    createConceptTargets({
      layer,
      conceptBank: matrix(3, 3, Float32Array.of(1, 0, 0, 0.6, 0.8, 0, 0, 0.28, 0.96)),
      concepts: [3, 1],
      groups: [[2, 0]],
      objective,
      dims: layer.shape,
      channelAxis: 1,
      forward: (batch) => Promise.resolve(batch),
    });
  const x = float32(Float32Array.of(3, 2, 1, 2, 2, 1.5), layer.shape);

  it.each(['sum', 'mean', 'energy', { position: 1 }] as const)(
    'have gradients of %o that agree with central differences',
    async (objective) => {
      const { values, gradients } = await targets(objective).gradients(x);
      expect(values).toBeAllclose(await targets(objective).values(x), { rtol: 1e-6 });
      const step = 2 ** -7;
      for (let i = 0; i < x.data.length; i++) {
        const [up, down] = await Promise.all(
          [step, -step].map((change) =>
            targets(objective).values(
              float32(
                x.data.map((value, j) => (i === j ? value + change : value)),
                x.dims,
              ),
            ),
          ),
        );
        for (const k of [0, 1])
          expect([gradients[k * 6 + i]]).toBeAllclose([(up[k] - down[k]) / (2 * step)], { atol: 3e-4 });
      }
    },
  );
});
