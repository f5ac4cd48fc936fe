import { rowCosines } from '../linalg/row-cosines.ts';
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
  const [rows, cols] = [a.directions.rows, b.directions.rows];
  const values = rowCosines(a.directions, b.directions).map(roundedSimilarity);
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
