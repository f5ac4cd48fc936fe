import { describe, expect, it } from 'vitest';
import { orderPlaces } from '../../../core/concepts/place-order.ts';
import { strongest } from '../../../core/concepts/strongest.ts';
import { lazyList } from '../../../core/lazy-list.ts';
import { matrix, type Matrix } from '../../../core/linalg/matrix.ts';
import { prevalences } from '../../../core/pipeline/assemble-explanation.ts';
import { createRandom } from '../../../core/random.ts';

const CELLS = 4;

/** Images of one position before a grid of four, and two concepts; amounts are few, so that many are equal. */
function someImages(count: number): Matrix[] {
  const random = createRandom(1);
  return Array.from({ length: count }, () =>
    matrix(
      1 + CELLS,
      2,
      Float32Array.from({ length: 2 * (1 + CELLS) }, () => random.integer(4)),
    ),
  );
}

/** Every place by a plain sort. */
function sortedPlaces(coefficients: readonly Matrix[], column: number, effects?: readonly number[]) {
  return coefficients
    .flatMap(({ data, cols }, image) =>
      Array.from({ length: CELLS }, (_, cell) => ({ image, cell, value: data[(1 + cell) * cols + column] })),
    )
    .filter(({ value }) => value > 0)
    .sort(
      (a, b) =>
        (effects?.[b.image] ?? 0) - (effects?.[a.image] ?? 0) ||
        b.value - a.value ||
        a.image - b.image ||
        a.cell - b.cell,
    );
}

describe('orderPlaces', () => {
  const coefficients = someImages(50);
  const placed = { coefficients, cells: CELLS, firstPosition: 1 };
  const effects = coefficients.map((_, image) => image % 3);

  it.each([undefined, effects])('gives the first of all places, and how many there are', (given) => {
    const sorted = sortedPlaces(coefficients, 1, given);
    const order = orderPlaces(placed, 1, { places: 'all', most: 20, ...(given && { effects: given }) });
    expect(order.total).toBe(sorted.length);
    expect([...order.images]).toEqual(sorted.slice(0, 20).map(({ image }) => image));
    expect([...order.cells]).toEqual(sorted.slice(0, 20).map(({ cell }) => cell));
  });

  it('gives one place an image, and of the wanted images alone', () => {
    const isWanted = (image: number): boolean => image % 2 === 0;
    const seen = new Set<number>();
    const sorted = sortedPlaces(coefficients, 0).filter(({ image }) => {
      if (!isWanted(image) || seen.has(image)) return false;
      return seen.add(image);
    });
    const order = orderPlaces(placed, 0, { places: 'strongest', most: 1000, isWanted });
    expect(order.total).toBe(sorted.length);
    expect([...order.images]).toEqual(sorted.map(({ image }) => image));
    expect([...order.cells]).toEqual(sorted.map(({ cell }) => cell));
  });
});

describe('orderPlaces, where strengths are at hand', () => {
  const images = someImages(300).map(({ rows, cols, data }) => matrix(rows - 1, cols, data.slice(cols)));
  const strengths = images.map(strongest);
  const counts = Int32Array.from([0, 1], (column) =>
    images.reduce(
      (sum, { data }) => sum + data.filter((value, at) => at % 2 === column && value > 0).length,
      0,
    ),
  );

  it.each(['all', 'strongest'] as const)('gives the same of %s, and looks at few images', (places) => {
    const seen = new Set<number>();
    const coefficients = lazyList(images.length, (image) => {
      seen.add(image);
      return images[image];
    });
    const placed = { coefficients, cells: CELLS, firstPosition: 0 };
    const scanned = orderPlaces(placed, 1, { places, most: 20 });
    expect(seen.size).toBe(images.length);
    seen.clear();
    expect(orderPlaces({ ...placed, strengths, counts }, 1, { places, most: 20 })).toEqual(scanned);
    expect(seen.size).toBe(20);
    const effects = images.map((_, image) => image % 5);
    const byEffect = orderPlaces(placed, 1, { places, most: 20, effects });
    expect(orderPlaces({ ...placed, strengths, counts }, 1, { places, most: 20, effects })).toEqual(byEffect);
  });
});

describe('a million images', () => {
  const count = 1_000_000;
  const shared = someImages(1000);
  const coefficients = Array.from({ length: count }, (_, image) => shared[image % shared.length]);

  it('have a prevalence', () => {
    expect(prevalences(coefficients.map(strongest))).toEqual(prevalences(shared.map(strongest)));
  });

  it('have a first page of crops, in memory that does not grow with them', () => {
    const order = orderPlaces({ coefficients, cells: CELLS, firstPosition: 1 }, 0, {
      places: 'all',
      most: 60,
    });
    expect(order.total).toBe(1000 * sortedPlaces(shared, 0).length);
    const [first] = sortedPlaces(shared, 0);
    expect([order.images[0], order.cells[0], order.images.length]).toEqual([first.image, first.cell, 60]);
  });
});
