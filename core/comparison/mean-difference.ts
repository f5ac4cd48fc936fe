import { invariant } from '../errors.ts';
import { bootstrapMeans, drawsColumn, middle95 } from '../sensitivity/bootstrap.ts';
import type { Difference } from './difference.ts';

/**
 * Differences of means over the same n images: `a` and `b` hold m figures of each image, in the same order. The interval is
 * where the mean difference would lie for other images of the same kind: a bootstrap over the images' own differences, so
 * that what varies from image to image in both alike does not widen it. Images with a figure that is not finite are left
 * out of all m. Absent for fewer than two images.
 *
 * Source  Efron and Tibshirani 1993, "An Introduction to the Bootstrap", 8 (paired data as one sample of differences);
 *         the draws are those of sensitivity/bootstrap.ts.
 */
export function pairedMeanDifferences(
  a: readonly Float64Array[],
  b: readonly Float64Array[],
  seed = 0,
): Difference[] {
  invariant(a.length === b.length, `pairedMeanDifferences: ${a.length} and ${b.length} images`);
  const known = [...a.keys()].filter((image) => isFinite(a[image]) && isFinite(b[image]));
  const [first, second] = [known.map((image) => a[image]), known.map((image) => b[image])];
  const own = first.map((values, image) => values.map((value, i) => second[image][i] - value));
  const draws = own.length < 2 ? undefined : bootstrapMeans(own, { seed }).draws;
  return differences(a[0]?.length ?? 0, first, second, draws);
}

/**
 * Differences of means over images that are not the same: each run's images are drawn anew by themselves. As
 * {@link pairedMeanDifferences} in all else.
 */
export function separateMeanDifferences(
  a: readonly Float64Array[],
  b: readonly Float64Array[],
  seed = 0,
): Difference[] {
  const [first, second] = [a.filter(isFinite), b.filter(isFinite)];
  return differences(a[0]?.length ?? 0, first, second, drawnApart(first, second, seed));
}

function drawnApart(
  a: readonly Float64Array[],
  b: readonly Float64Array[],
  seed: number,
): Float64Array | undefined {
  if (a.length < 2 || b.length < 2) return undefined;
  const subtracted = bootstrapMeans(a, { seed }).draws;
  return bootstrapMeans(b, { seed: seed + 1 }).draws.map((value, at) => value - subtracted[at]);
}

function differences(
  m: number,
  a: readonly Float64Array[],
  b: readonly Float64Array[],
  draws: Float64Array | undefined,
): Difference[] {
  return Array.from({ length: m }, (_, i): Difference => {
    const own = { a: meanAt(a, i), b: meanAt(b, i) };
    const difference = own.b - own.a;
    if (draws === undefined) return { ...own, difference };
    const [low, high] = middle95(drawsColumn(draws, m, i));
    return { ...own, difference, interval: [Math.min(low, difference), Math.max(high, difference)] };
  });
}

/** NaN of no image. */
function meanAt(units: readonly Float64Array[], i: number): number {
  return units.reduce((sum, unit) => sum + unit[i], 0) / units.length;
}

function isFinite(values: Float64Array): boolean {
  return values.every(Number.isFinite);
}
