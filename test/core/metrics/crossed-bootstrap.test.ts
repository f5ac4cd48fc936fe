import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../core/random.ts';
import { crossedInterval, type CrossedRows } from '../../../core/metrics/crossed-bootstrap.ts';

/** Everybody sees every picture; participants of two groups in turn. */
function square(participants: number, pictures: number, groups = 1): CrossedRows {
  const at = Array.from({ length: participants * pictures }, (_, i) => i);
  return {
    participant: at.map((i) => Math.floor(i / pictures)),
    picture: at.map((i) => i % pictures),
    group: Array.from({ length: participants }, (_, k) => k % groups),
    participants,
    pictures,
    pictureGroup: Array.from({ length: pictures }, () => 0),
  };
}

const meanOf =
  (values: readonly number[]) =>
  (weights: Float64Array): number =>
    values.reduce((sum, value, i) => sum + weights[i] * value, 0) /
    weights.reduce((sum, weight) => sum + weight, 0);

describe('crossedInterval()', () => {
  it('is that of the participants’ means where pictures are alike, and of the pictures’ where people are', () => {
    const rows = square(20, 20);
    const people = rows.participant as number[];
    const pictures = rows.picture as number[];
    for (const values of [people, pictures]) {
      const { value, low, high } = crossedInterval(rows, meanOf(values), { draws: 2000 })!;
      expect(value).toBeCloseTo(9.5, 12);
      // Student's interval of 20 means 0 … 19: 2.093 · sqrt(35 / 20).
      expect(high - value).toBeCloseTo(2.769, 0);
      expect(value - low).toBeCloseTo(2.769, 0);
    }
  });

  it('is about that of independent answers where neither counts', () => {
    const rows = square(30, 30);
    // A chequered table: every row and column has the same mean.
    const values = Array.from({ length: 900 }, (_, i) => (Math.floor(i / 30) + i) % 2);
    const { low, high } = crossedInterval(rows, meanOf(values), { draws: 1000 })!;
    // At most that of 900 independent answers, 4 · 0.5 / 30.
    expect(high - low).toBeLessThan(0.075);
  });

  it('does not count the chance of single answers three times, as plain draws of both would', () => {
    const rows = square(40, 40);
    const random = createRandom(8);
    const widths = Array.from({ length: 8 }, () => {
      const values = Array.from({ length: 1600 }, () => random.integer(2));
      const { low, high } = crossedInterval(rows, meanOf(values), { draws: 400 })!;
      return high - low;
    });
    const width = widths.reduce((sum, value) => sum + value, 0) / widths.length;
    // Of 1,600 independent answers; plain draws give 1.73 times as much.
    const want = (2 * 1.96 * 0.5) / 40;
    expect(width / want).toBeGreaterThan(0.95);
    expect(width / want).toBeLessThan(1.25);
  });

  it('holds ratios above 0', () => {
    const rows = square(12, 30, 2);
    const group = Array.from(rows.participant, (at) => at % 2);
    const values = Array.from(rows.picture, (at, i) => Number((i * 7 + at) % 3 === 0 || group[i] === 1));
    const shares = (weights: Float64Array, side: number): number =>
      meanOf(values)(weights.map((weight, i) => (group[i] === side ? weight : 0)));
    const ratio = (weights: Float64Array): number => shares(weights, 0) / shares(weights, 1);
    const { value, low, high } = crossedInterval(rows, ratio, { scale: 'log' })!;
    expect(value).toBeCloseTo(1 / 3, 1);
    expect(low).toBeGreaterThan(0);
    expect(high).toBeLessThan(1);
  });

  it('is the same for a seed, and another for another', () => {
    const rows = square(8, 8);
    const figure = meanOf(rows.participant as number[]);
    expect(crossedInterval(rows, figure, { seed: 1 })).toEqual(crossedInterval(rows, figure, { seed: 1 }));
    expect(crossedInterval(rows, figure, { seed: 1 })).not.toEqual(
      crossedInterval(rows, figure, { seed: 2 }),
    );
  });

  it('is undefined where nothing varies, there is one of either, or the figure is not defined', () => {
    const none = (rows: CrossedRows, figure: (weights: Float64Array) => number): void =>
      expect(crossedInterval(rows, figure)).toBeUndefined();
    none(square(5, 5), () => 0.5);
    none(square(1, 5), meanOf([1, 2, 3, 4, 5]));
    none(square(5, 1), meanOf([1, 2, 3, 4, 5]));
    none(square(2, 5, 2), meanOf(Array.from({ length: 10 }, (_, i) => i)));
    none(square(5, 5), () => NaN);
    // Defined of all answers, but seldom of those drawn.
    none(square(5, 5), (weights) => (weights.every((weight) => weight > 0) ? 1 : NaN));
  });

  it('names what does not fit', () => {
    expect(() => crossedInterval({ ...square(2, 2), pictures: 1, pictureGroup: [0] }, () => 0)).toThrow(
      'internal: crossedInterval: observation 1 is of participant 0 and picture 1',
    );
    expect(() => crossedInterval({ ...square(2, 2), group: [0] }, () => 0)).toThrow(
      'internal: crossedInterval: 1 groups of 2 participants',
    );
  });
});
