import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { areaUnder } from '../../../core/metrics/concept-curve.ts';
import { deletion, deletionOfImage } from '../../../core/metrics/deletion.ts';
import { insertion, insertionOfImage } from '../../../core/metrics/insertion.ts';
import { affineLogit, logitOf } from './logit-models.ts';

const none = { nRandom: 0 };
/** 10 + 6 m₀ + 1 m₁ + 3 m₂. */
const byHand = affineLogit(10, [6, 1, 3]);

describe('deletion', () => {
  it('follows its definition on numbers worked by hand', async () => {
    const image = await deletionOfImage(byHand, { best: [0, 2, 1], worst: [1, 2, 0] }, none);
    expect([...image.named.best]).toEqual([20, 14, 11, 10]);
    const { status, orders, random, leftOut } = deletion([image]);
    expect(status).toBe('ok');
    expect(leftOut).toEqual([]);
    expect(random).toBeUndefined();
    expect(orders.best.scores).toBeAllclose([1, 0.4, 0.1, 0], { atol: 1e-15 });
    // (0.5 + 0.4 + 0.1 + 0) / 3 and (0.5 + 0.9 + 0.6 + 0) / 3.
    expect(orders.best.auc).toBeCloseTo(1 / 3, 14);
    expect(orders.worst.auc).toBeCloseTo(2 / 3, 14);
    expect(orders.best.interval).toBeUndefined();
  });

  it('goes on to the model itself with what no concept explains, which tells no order from another', async () => {
    // The rest, the last of the masks, adds 4 to the 19 of the concepts and the 1 without any.
    const whole = affineLogit(1, [6, 9, 4]);
    const options = { nRandom: 40, hasRest: true };
    const image = await deletionOfImage(whole, { given: [1, 0] }, options);
    expect([...image.named.given]).toEqual([20, 11, 5, 1]);
    const put = await insertionOfImage(whole, { given: [1, 0] }, options);
    expect([...put.named.given]).toEqual([1, 10, 16, 20]);
    const { hasRest, orders } = deletion([image]);
    expect(hasRest).toBe(true);
    // Half of the random orders are the same, half worse.
    expect(orders.given.movesBefore).toBeGreaterThan(0.6);
    const single = deletion([await deletionOfImage(affineLogit(0, [5, 2]), { only: [0] }, options)]);
    expect(single.orders.only.beatsRandom).toBeUndefined();
    expect(single.orders.only.movesBefore).toBeUndefined();
  });

  it('averages logits before it scales them, with a ratio interval over images', async () => {
    const orders = { given: [0, 1] };
    const images = [
      await deletionOfImage(affineLogit(0, [3, 1]), orders, none),
      await deletionOfImage(affineLogit(2, [0, 2]), orders, none),
    ];
    const { given } = deletion(images).orders;
    // Mean logits (4, 4, 2) of curves (4, 1, 0) and (4, 4, 2).
    expect([...given.logits]).toEqual([4, 2.5, 1]);
    expect(given.auc).toBeCloseTo(0.5, 14);
    // Residuals: (1.5 - 0) - 0.5 · 4 = -0.5 and (3.5 - 2) - 0.5 · 2 = 0.5; t(1) · sqrt(0.5 / 2) / 3.
    const half = (12.706204736174698 * 0.5) / 3;
    expect(given.interval).toBeAllclose([0.5 - half, 0.5 + half], { rtol: 1e-12 });
  });

  it('counts the random orders that an order beats', async () => {
    const gains = [8, 4, 2, 1];
    const orders = { best: [0, 1, 2, 3], worst: [3, 2, 1, 0] };
    const { orders: results, random } = deletion([
      await deletionOfImage(affineLogit(1, gains), orders, { nRandom: 400, seed: 3 }),
    ]);
    // Chance of the same order, 1 in 24, counts half; sampling error of 400 draws.
    expect(results.best.beatsRandom).toBeCloseTo(1 - 1 / 48, 1);
    expect(results.worst.beatsRandom).toBeCloseTo(1 / 48, 1);
    expect(results.best.beatsRandom! + results.worst.beatsRandom!).toBeGreaterThan(0.95);
    // By symmetry the mean over orders is 1/2 for an affine logit; sd of one order is 0.13.
    expect(random!.auc).toBeCloseTo(0.5, 1);
    expect(random!.interval![0]).toBeGreaterThanOrEqual(results.best.auc!);
    expect(random!.interval![1]).toBeLessThanOrEqual(results.worst.auc!);
  });

  it('judges an order by how far it moves the score, whichever way', async () => {
    // The second concept holds the score down: it bends the curve and moves it all the same.
    const orders = { byImportance: [0, 1, 2, 3], bySign: [0, 2, 3, 1] };
    const { orders: results } = deletion([
      await deletionOfImage(affineLogit(1, [8, -7, 2, 1]), orders, { nRandom: 400, seed: 3 }),
    ]);
    expect(results.byImportance.movesBefore).toBeCloseTo(1 - 1 / 48, 1);
    expect(results.byImportance.beatsRandom).toBeLessThan(0.8);
    expect(results.bySign.movesBefore).toBeLessThan(0.8);
    const still = deletion([await deletionOfImage(affineLogit(1, [0, 0]), { any: [0, 1] })]);
    expect(still.orders.any.movesBefore).toBeUndefined();
  });

  it('bands the random orders point by point, closed at both ends', async () => {
    const { random } = deletion([
      await deletionOfImage(affineLogit(1, [8, 4, 2, 1]), { given: [0, 1, 2, 3] }, { nRandom: 400 }),
    ]);
    const { low, high } = random!.band!;
    // After one change the concept of 8 of 15 is gone at best, that of 1 at worst.
    expect(low).toBeAllclose([1, 7 / 15, 3 / 15, 1 / 15, 0], { atol: 1e-12 });
    expect(high).toBeAllclose([1, 14 / 15, 12 / 15, 8 / 15, 0], { atol: 1e-12 });
  });

  it('gives the same numbers for the same seed', async () => {
    const run = (seed: number) => deletionOfImage(byHand, { given: [0, 1, 2] }, { nRandom: 5, seed });
    expect(await run(1)).toEqual(await run(1));
    expect((await run(1)).random).not.toEqual((await run(2)).random);
  });

  it('asks for every subset at most once, in one call', async () => {
    const evaluate = vi.fn(byHand);
    await deletionOfImage(evaluate, { given: [0, 1, 2] }, { nRandom: 50 });
    expect(evaluate).toHaveBeenCalledTimes(1);
    expect(evaluate.mock.calls[0][0].rows).toBe(8);
  });
});

describe('insertion', () => {
  it('follows its definition on numbers worked by hand', async () => {
    const image = await insertionOfImage(byHand, { best: [0, 2, 1] }, none);
    expect([...image.named.best]).toEqual([10, 16, 19, 20]);
    expect(insertion([image]).orders.best.auc).toBeCloseTo((0 + 0.6 + 0.9 + 0.5) / 3, 14);
  });

  it('prefers large areas', async () => {
    const orders = { best: [0, 2, 1], worst: [1, 2, 0] };
    const { best, worst } = insertion([await insertionOfImage(byHand, orders, { nRandom: 100 })]).orders;
    expect(best.beatsRandom).toBeGreaterThan(0.8);
    expect(worst.beatsRandom).toBeLessThan(0.2);
  });

  it('walks the deletion curve of the reversed order backwards', async () => {
    const interacting = logitOf((m) => 2 * m[0] * m[1] - m[2] + Math.abs(m[3] - m[0]));
    const orders = fc.uniqueArray(fc.integer({ min: 0, max: 3 }), { minLength: 4, maxLength: 4 });
    const mirrored = fc.asyncProperty(orders, async (order) => {
      const up = await insertionOfImage(interacting, { order }, none);
      const down = await deletionOfImage(interacting, { order: order.toReversed() }, none);
      expect(up.named.order).toEqual(down.named.order.toReversed());
    });
    await fc.assert(mirrored, { numRuns: 20 });
  });
});

describe('degenerate input of both curves', () => {
  it('gives one concept the area 1/2 and compares it with nothing', async () => {
    const { only } = deletion([
      await deletionOfImage(affineLogit(0, [5]), { only: [0] }, { nRandom: 4 }),
    ]).orders;
    expect(only.auc).toBe(0.5);
    expect(only.beatsRandom).toBeUndefined();
  });

  it('says so when the logit is constant up to rounding, and still gives the logits', async () => {
    const result = deletion([
      await deletionOfImage(affineLogit(7, [1e-6, 0]), { given: [0, 1] }, { nRandom: 3 }),
    ]);
    expect(result.status).toBe('equal-ends');
    expect(result.orders.given.logits[2]).toBe(7);
    expect(result.orders.given).not.toHaveProperty('auc');
    expect(result.random).not.toHaveProperty('auc');
  });

  it('lets an image whose logit is constant do no harm', async () => {
    const orders = { given: [0, 1, 2] };
    const alone = [await insertionOfImage(byHand, orders, none)];
    const withFlat = [...alone, await insertionOfImage(affineLogit(3, [0, 0, 0]), orders, none)];
    expect(insertion(withFlat).orders.given.auc).toBeCloseTo(insertion(alone).orders.given.auc!, 14);
  });

  it('keeps the curve level at a dead concept', async () => {
    const { scores } = deletion([
      await deletionOfImage(affineLogit(0, [1, 0, 1]), { given: [1, 0, 2] }, none),
    ]).orders.given;
    expect([...scores!]).toEqual([1, 1, 0.5, 0]);
  });

  it('runs from 1 to 0 where the concepts lower the logit', async () => {
    const { scores } = deletion([await deletionOfImage(affineLogit(0, [-3, -1]), { given: [0, 1] }, none)])
      .orders.given;
    expect(scores).toBeAllclose([1, 0.25, 0], { atol: 1e-15 });
  });

  it('leaves out images whose logits are not finite', async () => {
    const orders = { given: [0, 1, 2] };
    const broken = await deletionOfImage(
      logitOf((m) => (m[1] === 0 ? NaN : 1)),
      orders,
      none,
    );
    const whole = await deletionOfImage(byHand, orders, none);
    const { leftOut, orders: results } = deletion([broken, whole]);
    expect(leftOut).toEqual([0]);
    expect(results.given.auc).toBe(deletion([whole]).orders.given.auc);
    expect(deletion([broken])).toMatchObject({ status: 'non-finite', leftOut: [0] });
    expect(deletion([broken]).orders.given.logits).toHaveLength(0);
  });

  it('refuses orders that are no permutations, and images that do not fit together', async () => {
    await expect(deletionOfImage(byHand, { twice: [0, 0, 2] })).rejects.toThrow(
      'internal: imageCurves: order twice must be a permutation of 0 … 2, got [0, 0, 2]',
    );
    await expect(deletionOfImage(byHand, { a: [0, 1, 2], short: [0] })).rejects.toThrow('order short');
    await expect(deletionOfImage(byHand, { empty: [] })).rejects.toThrow('order empty');
    await expect(deletionOfImage(byHand, {})).rejects.toThrow(
      'internal: imageCurves: needs at least one order',
    );
    expect(() => deletion([])).toThrow('internal: compareOrders: needs at least one image');
    const [up, down] = [
      await insertionOfImage(byHand, { a: [0, 1, 2] }, none),
      await deletionOfImage(byHand, { a: [0, 1, 2] }, none),
    ];
    expect(() => deletion([down, up])).toThrow(
      'internal: compareOrders: image 1 has curves insertion 0 a[4], image 0 has deletion 0 a[4]',
    );
  });
});

describe('areaUnder', () => {
  it('is the mean height of straight pieces', () => {
    expect(areaUnder(Float64Array.of(2, 4))).toBe(3);
    expect(areaUnder(Float64Array.of(0, 1, 0))).toBe(0.5);
    expect(areaUnder(new Float64Array(9).fill(-2))).toBe(-2);
  });
});
