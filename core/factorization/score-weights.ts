import { matrix, takeRows, type Matrix } from '../linalg/matrix.ts';
import { columnMeans } from './refine-objective.ts';

/** Share of the weight that scores keep in images of other classes, all of them together. */
const OTHERS = 0.2;

/**
 * How much each score [m, K] of each image counts in a refinement, where all count alike: one over the variance of the
 * score over the images `made`, zero for one that does not vary.
 */
export function weightsByScore(scores: Matrix, made: readonly number[]): Matrix {
  const each = overVariance(takeRows(scores, made));
  return matrix(
    scores.rows,
    scores.cols,
    scores.data.map((_, i) => each[i % scores.cols]),
  );
}

/**
 * The same where images belong to classes, each to the column `own` of its class (none where -1): what is explained of an
 * image is the score of its class, so that score counts {@link OTHERS} times more than the others together, in units of
 * how far it stands above its mean over all images, in the mean over `made` images of the class. So a class whose score
 * stands far out does not crowd out one that hardly does.
 */
export function weightsByClass(scores: Matrix, own: readonly number[], made: readonly number[]): Matrix {
  const { rows, cols, data } = scores;
  const means = columnMeans(takeRows(scores, made));
  const all = overVariance(takeRows(scores, made));
  const squares = new Float64Array(cols);
  const counts = new Float64Array(cols);
  for (const row of made) {
    const column = own[row];
    if (column < 0) continue;
    squares[column] += (data[row * cols + column] - means[column]) ** 2;
    counts[column]++;
  }
  const weights = matrix(rows, cols);
  for (let i = 0; i < data.length; i++) {
    const column = i % cols;
    const isOwn = own[Math.floor(i / cols)] === column && squares[column] > 0;
    weights.data[i] = (OTHERS / cols) * all[column] + (isOwn ? counts[column] / squares[column] : 0);
  }
  return weights;
}

function overVariance({ rows: m, cols: k, data }: Matrix): Float64Array {
  const means = columnMeans({ rows: m, cols: k, data });
  const variances = new Float64Array(k);
  data.forEach((value, i) => (variances[i % k] += (value - means[i % k]) ** 2 / m));
  return variances.map((variance) => (variance > 0 ? 1 / variance : 0));
}
