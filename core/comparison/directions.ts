import { rowView } from '../linalg/matrix.ts';
import { innerProduct, squaredRowNorms } from '../linalg/norms.ts';
import type { ComparedRun } from './compared-run.ts';
import { chanceOf, roundedSimilarity, type SimilarityTable } from './similarity-table.ts';

/** Are the directions of two runs in the same space: the same layer of the same model? */
export function sharesLayer(a: ComparedRun, b: ComparedRun): boolean {
  return a.model === b.model && a.layer === b.layer && a.directions.cols === b.directions.cols;
}

/**
 * How alike two runs' concepts are by direction: the cosine of each pair, NaN of a direction of length 0. Directions
 * without negative entries are never far apart, so `chance` is that of the pairs that either has with the others.
 * Requires {@link sharesLayer}. O(r · s · p).
 */
export function directionSimilarity(a: ComparedRun, b: ComparedRun): SimilarityTable {
  const [first, second] = [a.directions, b.directions];
  const [rows, cols] = [first.rows, second.rows];
  const lengths = [first, second].map((bank) => squaredRowNorms(bank).map(Math.sqrt));
  const values = new Float64Array(rows * cols).fill(NaN);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++) {
      const scale = lengths[0][i] * lengths[1][j];
      if (scale > 0)
        values[i * cols + j] = roundedSimilarity(innerProduct(rowView(first, i), rowView(second, j)) / scale);
    }
  }
  const others = (i: number, j: number): number[] => [
    ...Array.from({ length: cols }, (_, other) => (other === j ? NaN : values[i * cols + other])),
    ...Array.from({ length: rows }, (_, other) => (other === i ? NaN : values[other * cols + j])),
  ];
  return {
    by: 'directions',
    rows,
    cols,
    values,
    chance: (i, j) => chanceOf(others(i, j).filter((value) => !Number.isNaN(value))),
  };
}
