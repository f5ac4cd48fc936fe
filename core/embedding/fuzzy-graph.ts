import type { Neighbours } from './neighbours.ts';

/** Pairs of rows that belong near each other, both directions of each, and how much, 0…1. */
export interface FuzzyGraph {
  readonly heads: Int32Array;
  readonly tails: Int32Array;
  readonly weights: Float64Array;
}

/** Steps by which a row's scale is found. */
const BISECTIONS = 64;
/** A row's scale is no less than this share of the mean distance to its neighbours. */
const LEAST_SCALE = 1e-3;

/**
 * The graph whose weights say how far each pair of neighbours belongs together: exp(-(d - d₁) / σ) with d₁ the distance of a
 * row's nearest neighbour that is not equal to it and σ such that a row's weights sum to log₂ k; the two directions a and b of
 * a pair joined as a + b - ab.
 *
 * Source  McInnes, Healy, Melville 2018, "UMAP: Uniform Manifold Approximation and Projection", algorithms 2 and 3.
 */
export function fuzzyGraph({ k, indices, distances }: Neighbours): FuzzyGraph {
  const directed = directedWeights(k, distances);
  const n = indices.length / k;
  const heads: number[] = [];
  const tails: number[] = [];
  const weights: number[] = [];
  for (let row = 0; row < n; row++) {
    for (let at = row * k; at < (row + 1) * k; at++) {
      const other = indices[at];
      if (other < 0) continue;
      const back = placeOf(indices, other, row, k);
      // A pair of mutual neighbours is met twice.
      if (back >= 0 && other < row) continue;
      const [a, b] = [directed[at], back < 0 ? 0 : directed[back]];
      const weight = a + b - a * b;
      if (!(weight > 0)) continue;
      heads.push(row, other);
      tails.push(other, row);
      weights.push(weight, weight);
    }
  }
  return {
    heads: Int32Array.from(heads),
    tails: Int32Array.from(tails),
    weights: Float64Array.from(weights),
  };
}

function placeOf(indices: Int32Array, row: number, wanted: number, k: number): number {
  for (let at = row * k; at < (row + 1) * k; at++) if (indices[at] === wanted) return at;
  return -1;
}

function directedWeights(k: number, distances: Float64Array): Float64Array {
  const weights = new Float64Array(distances.length);
  const target = Math.log2(k);
  for (let from = 0; from < distances.length; from += k) {
    const own = distances.subarray(from, from + k).filter(Number.isFinite);
    const nearest = own.find((distance) => distance > 0) ?? 0;
    const scale = scaleOf(own, nearest, target);
    own.forEach((distance, i) => {
      weights[from + i] = scale > 0 ? Math.exp(-Math.max(0, distance - nearest) / scale) : 1;
    });
  }
  return weights;
}

/** σ of a row, by bisection; 0 where all its neighbours are equal to it. */
function scaleOf(own: Float64Array, nearest: number, target: number): number {
  const mean = own.reduce((sum, distance) => sum + distance, 0) / own.length;
  const sumAt = (scale: number): number =>
    own.reduce((sum, distance) => sum + Math.exp(-Math.max(0, distance - nearest) / scale), 0);
  let [low, high] = [0, Infinity];
  let scale = mean;
  for (let step = 0; step < BISECTIONS && scale > 0; step++) {
    if (sumAt(scale) > target) high = scale;
    else low = scale;
    scale = high === Infinity ? 2 * low : (low + high) / 2;
  }
  return Math.max(Number.isFinite(scale) ? scale : mean, LEAST_SCALE * mean);
}
