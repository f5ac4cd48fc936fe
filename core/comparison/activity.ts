import { innerProduct } from '../linalg/norms.ts';
import type { Matrix } from '../linalg/matrix.ts';
import { createRandom } from '../random.ts';
import type { ComparedRun } from './compared-run.ts';
import type { ImagePair } from './pair-images.ts';
import { onGrid } from './on-grid.ts';
import { chanceOf, roundedSimilarity, type SimilarityTable } from './similarity-table.ts';

/** Images that similarities are taken from: more hardly change a correlation, and take memory. */
const MOST_IMAGES = 400;

/** Exchanges of images from which is told what chance would give. */
const EXCHANGES = 40;

/**
 * Amounts of the concepts of a run in some images, less their mean over the images at each place, of length 1; undefined of
 * one that is the same in all images.
 */
interface Traces {
  /** Numbers that an image has. */
  readonly perImage: number;
  /** [images · perImage] of each concept. */
  readonly concepts: readonly (Float64Array | undefined)[];
}

/**
 * How alike two runs' concepts are by where they are active: Pearson's correlation of the amounts of each pair over the
 * pictures that both explain. Where both layers have a grid and both models see the same part of a picture at the same
 * place, over all places (the finer grid is averaged onto the coarser one), of the amounts less their mean over the images
 * at each place; else over the images, of the mean amount.
 *
 * What is the same in every picture is left out, because concepts that lie in one part of the frame, as a sky does, are alike
 * by that alone. Measured: the demo's stamp, always in one corner, and the nearest concept of a model that was trained
 * without it reach 0.73 with it and 0.36 without; matched concepts of two seeds 0.92 to 1.00, and 0.89 to 1.00.
 *
 * `chance` exchanges the images of the second run with each other and correlates again: what few images make by accident.
 * At most 400 images, evenly taken. O(n · places · r · s).
 *
 * Source  Li, Yosinski, Clune, Lipson, Hopcroft 2016, "Convergent Learning: Do different neural networks learn the same
 *         representations?" (correlation of units over images and places, matched one to one); for concepts Kondapaneni,
 *         Mac Aodha, Perona 2025, "Representational Similarity via Interpretable Visual Concepts" (correlation of
 *         coefficients). Differs: means by place, and chance by exchanged images.
 */
export function activitySimilarity(
  a: ComparedRun,
  b: ComparedRun,
  pairs: readonly ImagePair[],
): SimilarityTable {
  const taken = evenly(pairs, MOST_IMAGES);
  const grid = sharedGrid(a, b);
  const [first, second] = [
    tracesOf(
      a,
      grid,
      taken.map(([image]) => image),
    ),
    tracesOf(
      b,
      grid,
      taken.map(([, image]) => image),
    ),
  ];
  const [rows, cols] = [a.concepts.length, b.concepts.length];
  const values = new Float64Array(rows * cols).fill(NaN);
  first.concepts.forEach((x, i) => {
    second.concepts.forEach((y, j) => {
      if (x !== undefined && y !== undefined) values[i * cols + j] = roundedSimilarity(innerProduct(x, y));
    });
  });
  const orders = exchanges(taken.length);
  return {
    by: grid === undefined ? 'images' : 'places',
    rows,
    cols,
    values,
    chance: (i, j) => {
      const [x, y] = [first.concepts[i], second.concepts[j]];
      if (x === undefined || y === undefined) return undefined;
      return chanceOf(orders.map((order) => exchanged(x, y, order, first.perImage)));
    },
  };
}

/** The coarser of both grids along each side; undefined where the places of one have no counterpart in the other. */
function sharedGrid(a: ComparedRun, b: ComparedRun): readonly [number, number] | undefined {
  const isGrid = ({ grid }: ComparedRun): boolean => grid[0] > 1 && grid[1] > 1;
  if (!isGrid(a) || !isGrid(b) || a.view !== b.view) return undefined;
  return [Math.min(a.grid[0], b.grid[0]), Math.min(a.grid[1], b.grid[1])];
}

function tracesOf(
  { amounts, grid, concepts }: ComparedRun,
  shared: readonly [number, number] | undefined,
  images: readonly number[],
): Traces {
  const own = images.map((image) =>
    shared === undefined ? meanRow(amounts[image]) : onGrid(amounts[image], grid, shared),
  );
  const perImage = shared === undefined ? 1 : shared[0] * shared[1];
  return { perImage, concepts: concepts.map((_, concept) => traceOf(own, concept, perImage)) };
}

function traceOf(own: readonly Matrix[], concept: number, perImage: number): Float64Array | undefined {
  const trace = new Float64Array(own.length * perImage);
  own.forEach(({ cols, data }, image) => {
    for (let place = 0; place < perImage; place++)
      trace[image * perImage + place] = data[place * cols + concept];
  });
  const largest = trace.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const means = new Float64Array(perImage);
  trace.forEach((value, at) => (means[at % perImage] += value / own.length));
  const deviations = trace.map((value, at) => value - means[at % perImage]);
  const length = Math.sqrt(innerProduct(deviations, deviations));
  // A float32 that is the same everywhere leaves no more than the rounding of its mean.
  if (!(length > 1e-7 * largest * Math.sqrt(trace.length))) return undefined;
  return deviations.map((value) => value / length);
}

/** Mean over the places of an image, [1, r]. */
function meanRow({ rows, cols, data }: Matrix): Matrix {
  const mean = new Float32Array(cols);
  for (let at = 0; at < data.length; at++) mean[at % cols] += data[at] / rows;
  return { rows: 1, cols, data: mean };
}

/** Correlation of a concept with another whose images stand in another order. */
function exchanged(x: Float64Array, y: Float64Array, order: Int32Array, perImage: number): number {
  let sum = 0;
  order.forEach((other, image) => {
    sum += innerProduct(
      x.subarray(image * perImage, (image + 1) * perImage),
      y.subarray(other * perImage, (other + 1) * perImage),
    );
  });
  return sum;
}

function exchanges(n: number): Int32Array[] {
  const random = createRandom(n);
  return Array.from({ length: EXCHANGES }, () => random.permutation(n));
}

function evenly<T>(all: readonly T[], most: number): readonly T[] {
  if (all.length <= most) return all;
  return Array.from({ length: most }, (_, i) => all[Math.floor((i * all.length) / most)]);
}
