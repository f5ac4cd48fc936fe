import { describe, expect, it } from 'vitest';
import { matrix, type Matrix } from '../../../core/linalg/matrix.ts';
import { openProbes } from '../../../core/metrics/linear-probe.ts';
import { probeAccuracy } from '../../../core/metrics/probe-accuracy.ts';
import { compareWithRandomSets, SIGNIFICANT } from '../../../core/metrics/random-sets.ts';
import { createRandom } from '../../../core/random.ts';

/** Rows of noise; those of label 1 are moved along the first channel. */
function noise(labels: readonly number[], channels: number, seed: number, distance = 0): Matrix {
  const random = createRandom(seed);
  const rows = matrix(labels.length, channels);
  for (let i = 0; i < rows.data.length; i++) rows.data[i] = random.normal();
  labels.forEach((label, row) => (rows.data[row * channels] += label * distance));
  return rows;
}

const someExamples = (examples: number, others: number): number[] =>
  Array.from({ length: examples + others }, (_, row) => Number(row < examples));
const apart = (labels: readonly number[]) => ({ labels, groups: [...labels.keys()] });

describe('probeAccuracy()', () => {
  it('is right about rows that lie apart, and guesses where nothing is to be seen', () => {
    const labels = someExamples(15, 60);
    const far = probeAccuracy(openProbes(noise(labels, 8, 1, 9)), apart(labels), createRandom(0));
    expect(far.value).toBe(1);
    expect(far.low).toBeGreaterThan(0.85);
    const seeds = Array.from({ length: 20 }, (_, seed) =>
      probeAccuracy(openProbes(noise(labels, 8, seed)), apart(labels), createRandom(seed), {
        isBalanced: true,
      }),
    );
    const mean = seeds.reduce((sum, { value }) => sum + value, 0) / seeds.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.05);
    for (const { value, low, high } of seeds) {
      expect(low).toBeLessThan(value);
      expect(high).toBeGreaterThan(value);
    }
  });

  it('never holds out a copy of what it was fitted to', () => {
    // Twelve pictures of noise, four crops each that are all but the same: known by heart if some are kept.
    const ofPictures = noise(someExamples(6, 6), 40, 5);
    const groups = Array.from({ length: 48 }, (_, row) => Math.floor(row / 4));
    const rows = matrix(
      48,
      40,
      Float32Array.from(
        { length: 48 * 40 },
        (_, i) => ofPictures.data[groups[Math.floor(i / 40)] * 40 + (i % 40)],
      ),
    );
    const labels = groups.map((group) => Number(group < 6));
    const probes = openProbes(rows);
    const leaking = probeAccuracy(probes, apart(labels), createRandom(1));
    const honest = probeAccuracy(probes, { labels, groups }, createRandom(1));
    expect(leaking.value).toBe(1);
    expect(honest.value).toBeLessThan(0.8);
    // Six pictures a side say little, however many crops they are.
    expect(honest.high - honest.low).toBeGreaterThan(0.3);
  });
});

describe('compareWithRandomSets()', () => {
  const SETS = 19;

  it('lets through one in twenty of random examples, as promised', async () => {
    const trials = 120;
    let [byAccuracy, byScore] = [0, 0];
    for (let seed = 0; seed < trials; seed++) {
      const labels = someExamples(8, 16);
      const probes = openProbes(noise(labels, 6, seed));
      const found = await compareWithRandomSets(probes, apart(labels), {
        seed,
        sets: SETS,
        isBalanced: true,
        scoreOf: (weights) => weights[0],
      });
      if (found.accuracy.p <= SIGNIFICANT) byAccuracy++;
      if (found.score!.p <= SIGNIFICANT) byScore++;
    }
    // 6 are expected, and 13 or more come in one of a hundred.
    expect(byAccuracy).toBeLessThan(13);
    expect(byScore).toBeLessThan(13);
    expect(byScore).toBeGreaterThan(1);
  });

  it('tells examples that lie apart, and a direction that is pulled either way', async () => {
    for (const sign of [1, -1]) {
      const labels = someExamples(10, 30);
      const found = await compareWithRandomSets(openProbes(noise(labels, 6, 7, 4 * sign)), apart(labels), {
        seed: 1,
        isBalanced: true,
        scoreOf: (weights) => weights[0],
      });
      expect(found.accuracy.p).toBe(0.01);
      expect(found.score!.p).toBe(0.01);
      expect(Math.sign(found.score!.value)).toBe(sign);
      expect(found.sets).toBe(99);
    }
  });

  it('is the same for the same seed, tells how far it is, and stops when asked', async () => {
    const labels = someExamples(6, 12);
    const probes = openProbes(noise(labels, 4, 2, 1));
    const run = () => compareWithRandomSets(probes, apart(labels), { seed: 3, sets: 5 });
    const [first, second] = [await run(), await run()];
    expect([first.accuracy, first.sets]).toEqual([second.accuracy, second.sets]);
    expect(first.score).toBeUndefined();
    const stop = new AbortController();
    const told: number[] = [];
    const stopped = compareWithRandomSets(probes, apart(labels), {
      seed: 3,
      signal: stop.signal,
      onProgress: ({ done, total }) => {
        told.push(done, total);
        if (done === 2) stop.abort(new Error('enough'));
      },
    });
    await expect(stopped).rejects.toThrow('enough');
    expect(told).toEqual([0, 99, 1, 99, 2, 99]);
  });
});
