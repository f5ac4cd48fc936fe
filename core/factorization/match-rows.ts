import { assignPairs } from '../linalg/assignment.ts';
import type { Matrix } from '../linalg/matrix.ts';
import { rowCosines } from '../linalg/row-cosines.ts';

/** Which row of the second bank each row of the first corresponds to. */
export interface RowMatching {
  /** [r] indices into the second bank. */
  readonly partners: Int32Array;
  /** Cosine of each row with its partner [r]; 0 where either is a zero row. */
  readonly similarities: Float64Array;
}

/** Two rows that belong together, and their cosine; 0 where either is a zero row. */
export interface RowPair {
  readonly first: number;
  readonly second: number;
  readonly similarity: number;
}

/** One-to-one matching of the rows of two banks of any number of rows, that maximises the sum of their cosines. */
export function matchPairs(first: Matrix, second: Matrix): RowPair[] {
  const cosines = rowCosines(first, second).map((value) => (Number.isNaN(value) ? 0 : value));
  const pairs = assignPairs(
    cosines.map((value) => -value),
    first.rows,
    second.rows,
  );
  return pairs.map(([i, j]) => ({ first: i, second: j, similarity: cosines[i * second.rows + j] }));
}

/** One-to-one matching of the rows of two banks [r, p], [s, p], r <= s, that maximises the sum of their cosines. */
export function matchRows(first: Matrix, second: Matrix): RowMatching {
  const pairs = matchPairs(first, second);
  return {
    partners: Int32Array.from(pairs, (pair) => pair.second),
    similarities: Float64Array.from(pairs, ({ similarity }) => similarity),
  };
}
