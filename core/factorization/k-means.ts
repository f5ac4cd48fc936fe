import { matrix, rowView, takeRows, type Matrix } from '../linalg/matrix.ts';
import { squaredRowNorms } from '../linalg/norms.ts';
import type { BoundMatrix } from '../platform.ts';
import { createRandom, type Random } from '../random.ts';

/** Rows that the starting centres are drawn from. */
const SEED_ROWS = 1024;

/** A rough partition of rows. */
export interface Clusters {
  /** Nearest centre of every row [n]. */
  readonly labels: Int32Array;
  /** [k, p]. */
  readonly centers: Matrix;
}

/**
 * A few Lloyd iterations of k-means on the rows of A, from k-means++ centres (Arthur & Vassilvitskii 2007) drawn
 * from a sample. A start for other methods: it does not run to convergence. Same seed, same clusters.
 */
export async function kMeans(
  activations: Matrix,
  bound: BoundMatrix,
  { k, seed, iterations = 5 }: { k: number; seed: number; iterations?: number },
): Promise<Clusters> {
  const random = createRandom(seed);
  const sample = takeRows(
    activations,
    random.permutation(activations.rows).subarray(0, Math.max(SEED_ROWS, k)),
  );
  let centers = takeRows(sample, spreadRows(sample, k, random));
  let labels = await nearest(bound, centers);
  for (let iteration = 0; iteration < iterations; iteration++) {
    centers = await means(bound, labels, centers);
    labels = await nearest(bound, centers);
  }
  return { labels, centers };
}

/** k-means++: every next row drawn with probability proportional to its squared distance to those chosen. */
function spreadRows(sample: Matrix, k: number, random: Random): number[] {
  const chosen = [random.integer(sample.rows)];
  const distances = new Float64Array(sample.rows).fill(Infinity);
  while (chosen.length < k) {
    const center = rowView(sample, chosen[chosen.length - 1]);
    let total = 0;
    for (let i = 0; i < sample.rows; i++) {
      distances[i] = Math.min(distances[i], squaredDistance(rowView(sample, i), center));
      total += distances[i];
    }
    let threshold = random.uniform() * total;
    let row = 0;
    while (row < sample.rows - 1 && (threshold -= distances[row]) >= 0) row++;
    chosen.push(row);
  }
  return chosen;
}

/** ‖a − b‖² of vectors of one length. */
export function squaredDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += (a[j] - b[j]) ** 2;
  return sum;
}

async function nearest(bound: BoundMatrix, centers: Matrix): Promise<Int32Array> {
  const k = centers.rows;
  const norms = squaredRowNorms(centers);
  const scores = await bound.timesTransposed(centers);
  return Int32Array.from({ length: bound.rows }, (_, row) => {
    let best = 0;
    let bestScore = -Infinity;
    for (let c = 0; c < k; c++) {
      const score = scores.data[row * k + c] - norms[c] / 2;
      if (score > bestScore) {
        bestScore = score;
        best = c;
      }
    }
    return best;
  });
}

/** Mean of every cluster; an empty one keeps its centre. */
async function means(bound: BoundMatrix, labels: Int32Array, centers: Matrix): Promise<Matrix> {
  const k = centers.rows;
  const counts = new Int32Array(k);
  const membership = matrix(bound.rows, k);
  labels.forEach((label, row) => {
    membership.data[row * k + label] = 1;
    counts[label]++;
  });
  const sums = await bound.transposedTimes(membership);
  for (let c = 0; c < k; c++) {
    const target = rowView(sums, c);
    if (counts[c] === 0) target.set(rowView(centers, c));
    else target.forEach((value, j) => (target[j] = value / counts[c]));
  }
  return sums;
}
