import { describe, expect, it } from 'vitest';
import { createRandom, type Random } from '../../../core/random.ts';
import { rowView } from '../../../core/linalg/matrix.ts';
import { bootstrapImportance, quantile } from '../../../core/sensitivity/bootstrap.ts';
import { linearExact } from '../../../core/sensitivity/linear-exact.ts';
import { totalIndex } from '../../../core/sensitivity/total-index.ts';
import { gFunction, gFunctionB } from './analytic-functions.ts';

const vectors = (...rows: number[][]): Float64Array[] => rows.map((row) => Float64Array.from(row));

/** Share of `repeats` intervals that hold the truth, all concepts pooled, and their mean width. */
async function coverage(
  truth: ArrayLike<number>,
  repeats: number,
  analyse: (random: Random, repeat: number) => Promise<Float64Array[][]> | Float64Array[][],
  options: { exact?: boolean } = {},
): Promise<number> {
  const random = createRandom(2024);
  let hits = 0;
  for (let repeat = 0; repeat < repeats; repeat++) {
    const indices = await analyse(random, repeat);
    const { low, high } = bootstrapImportance(indices, { ...options, nDraws: 500, seed: repeat });
    for (let i = 0; i < truth.length; i++) if (low[i] <= truth[i] && truth[i] <= high[i]) hits++;
  }
  return hits / (repeats * truth.length);
}

/** A small g-function whose parameters differ from image to image. */
const randomImage = (random: Random): ReturnType<typeof gFunction> =>
  gFunction('image', [random.uniform(), 1 + random.uniform(), 2 * random.uniform()]);

const populationTotals = (): Float64Array => {
  const random = createRandom(5);
  const sum = new Float64Array(3);
  for (let image = 0; image < 20_000; image++) {
    randomImage(random).totals.forEach((total, i) => (sum[i] += total / 20_000));
  }
  return sum;
};

const sampled = async (
  image: ReturnType<typeof gFunction>,
  samples: number,
  replicates: number,
  seed: number,
) => {
  const evaluate = (masks: Parameters<Parameters<typeof totalIndex>[0]>[0]): Promise<Float64Array> =>
    Promise.resolve(Float64Array.from({ length: masks.rows }, (_, row) => image.of(rowView(masks, row))));
  return [...(await totalIndex(evaluate, image.nInputs, { samples, replicates, seed })).replicates];
};

describe('bootstrapImportance', () => {
  it.each([
    { images: 20, samples: 32, replicates: 1 },
    { images: 6, samples: 32, replicates: 2 },
  ])(
    'holds the mean over all images of the kind about 95 times in 100: $images images, $replicates design(s) of $samples each',
    async ({ images, samples, replicates }) => {
      const rate = await coverage(populationTotals(), 200, async (random, repeat) => {
        const seed = (image: number): number => repeat * images + image;
        const each = Array.from({ length: images }, (_, image) =>
          sampled(randomImage(random), samples, replicates, seed(image)),
        );
        return Promise.all(each);
      });
      expect(rate).toBeGreaterThan(0.88);
      expect(rate).toBeLessThan(0.99);
    },
  );

  it('holds the true index of one image about 95 times in 100 with the default four designs', async () => {
    const image = gFunctionB(5);
    const rate = await coverage(image.totals, 200, async (_, repeat) => [
      await sampled(image, 128, 4, repeat),
    ]);
    expect(rate).toBeGreaterThan(0.88);
    expect(rate).toBeLessThan(0.99);
  });

  it('holds the mean of exact indices about 95 times in 100: skewed slopes, 30 images', async () => {
    const image = (random: Random): Float64Array =>
      linearExact([1, 2, 3].map((scale) => scale * random.normal())).indices;
    const many = createRandom(8);
    const truth = new Float64Array(3);
    for (let k = 0; k < 50_000; k++) image(many).forEach((index, i) => (truth[i] += index / 50_000));
    const rate = await coverage(truth, 300, (random) => Array.from({ length: 30 }, () => [image(random)]), {
      exact: true,
    });
    expect(rate).toBeGreaterThan(0.88);
    expect(rate).toBeLessThan(0.99);
  });

  it('averages replicates within images and then images', () => {
    const { mean, resampled } = bootstrapImportance([vectors([0, 1], [1, 1]), vectors([0.1, 0.2])]);
    // Rounding.
    expect(mean).toBeAllclose([0.3, 0.6], { rtol: 1e-15 });
    expect(resampled).toBe('images');
  });

  it('gives a point for one image whose index is exact', () => {
    const result = bootstrapImportance([vectors([0.25, 0.75])], { exact: true, nDraws: 3 });
    expect(result).toEqual({
      mean: Float64Array.of(0.25, 0.75),
      low: Float64Array.of(0.25, 0.75),
      high: Float64Array.of(0.25, 0.75),
      draws: Float64Array.of(0.25, 0.75, 0.25, 0.75, 0.25, 0.75),
      resampled: 'nothing',
    });
  });

  it('says it knows nothing of the error of one sampled index of one image', () => {
    const { low, high, resampled } = bootstrapImportance([vectors([0.25, 1.02])]);
    expect([...low]).toEqual([0, 0]);
    expect([...high]).toEqual([1, 1.02]);
    expect(resampled).toBe('unknown');
  });

  it('draws designs anew when there is one image', () => {
    const { low, high, resampled } = bootstrapImportance([vectors([0.2], [0.3], [0.25], [0.22])]);
    expect(resampled).toBe('replicates');
    expect(low[0]).toBeGreaterThan(0.1);
    expect(low[0]).toBeLessThan(0.2);
    expect(high[0]).toBeGreaterThan(0.28);
  });

  it('keeps intervals within 0 and 1 and around the mean', () => {
    const { mean, low, high } = bootstrapImportance([vectors([0, 1.1]), vectors([0.01, 1]), vectors([0, 1])]);
    expect(low[0]).toBe(0);
    expect(high[1]).toBe(mean[1]);
  });

  it('keeps concepts of one image together in a draw', () => {
    const { draws } = bootstrapImportance([vectors([0.2, 0.8]), vectors([0.5, 0.5]), vectors([0.9, 0.1])]);
    for (let draw = 0; draw < draws.length; draw += 2)
      expect(draws[draw] + draws[draw + 1]).toBeCloseTo(1, 12);
  });

  it('repeats for a seed', () => {
    const indices = Array.from({ length: 8 }, (_, k) => vectors([k / 8, k / 16]));
    expect(bootstrapImportance(indices, { seed: 1 })).toEqual(bootstrapImportance(indices, { seed: 1 }));
    expect(bootstrapImportance(indices, { seed: 1 }).draws).not.toEqual(
      bootstrapImportance(indices, { seed: 2 }).draws,
    );
  });

  it('refuses nothing, unequal lengths and values that are not finite', () => {
    expect(() => bootstrapImportance([])).toThrow('internal: bootstrapImportance: needs at least one image');
    expect(() => bootstrapImportance([vectors([1]), []])).toThrow('image 1 has no replicate');
    expect(() => bootstrapImportance([vectors([1, 2]), vectors([1])])).toThrow(
      'image 1 must have 2 finite indices, got [1]',
    );
    expect(() => bootstrapImportance([vectors([NaN])])).toThrow(
      'image 0 must have 1 finite indices, got [NaN]',
    );
  });
});

describe('quantile', () => {
  it('interpolates between order statistics as numpy does', () => {
    expect(quantile(Float64Array.of(1, 2, 4, 8), 0.5)).toBe(3);
    expect(quantile(Float64Array.of(1, 2, 4, 8), 1)).toBe(8);
    expect(quantile(Float64Array.of(5), 0.025)).toBe(5);
  });
});

describe('bootstrapImportance of a million images', () => {
  /** Two concepts whose indices go together. */
  const someImages = (count: number): Float64Array[][] => {
    const random = createRandom(8);
    return Array.from({ length: count }, () => {
      const first = random.uniform();
      return [Float64Array.of(first, 0.5 * first + 0.1 * random.uniform())];
    });
  };
  /** The interval's width by the central limit theorem, which so many images hold to. */
  const width = (variance: number, count: number): number => 2 * 1.959964 * Math.sqrt(variance / count);
  const variances = [1 / 12, 0.25 / 12 + 0.01 / 12];

  it('has the intervals that so many have', () => {
    const count = 1_000_000;
    const { mean, low, high, draws } = bootstrapImportance(someImages(count), { seed: 4 });
    expect(mean[0]).toBeCloseTo(0.5, 2);
    for (const concept of [0, 1]) {
      const found = high[concept] - low[concept];
      // 2000 draws know the ends of an interval to about 3 %.
      expect(Math.abs(found / width(variances[concept], count) - 1)).toBeLessThan(0.1);
    }
    // What is drawn is drawn together: the concepts still go along with each other.
    const [a, b] = [0, 1].map((at) => draws.filter((_, i) => i % 2 === at).map((value) => value - mean[at]));
    const product = a.reduce((sum, value, i) => sum + value * b[i], 0);
    const size = Math.sqrt(a.reduce((s, v) => s + v * v, 0) * b.reduce((s, v) => s + v * v, 0));
    expect(product / size).toBeGreaterThan(0.95);
  });

  it('draws each by itself where they are few: the same as ever', () => {
    const { low, high } = bootstrapImportance(someImages(50), { seed: 4 });
    // As found when images were never drawn in groups.
    expect([low[0], high[0]]).toEqual([0.42399607385426813, 0.5719318805213577]);
  });
});
