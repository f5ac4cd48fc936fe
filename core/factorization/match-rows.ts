import { assignRows } from '../linalg/assignment.ts';
import type { Matrix } from '../linalg/matrix.ts';
import { rowCosines } from '../linalg/row-cosines.ts';

/** Which row of the second bank each row of the first corresponds to. */
export interface RowMatching {
  /** [r] indices into the second bank. */
  readonly partners: Int32Array;
  /** Cosine of each row with its partner [r]; 0 where either is a zero row. */
  readonly similarities: Float64Array;
}

/** One-to-one matching of the rows of two banks [r, p], [s, p], r <= s, that maximises the sum of their cosines. */
export function matchRows(first: Matrix, second: Matrix): RowMatching {
  const cosines = rowCosines(first, second).map((value) => (Number.isNaN(value) ? 0 : value));
  const partners = assignRows(
    cosines.map((value) => -value),
    first.rows,
    second.rows,
  );
  const similarities = Float64Array.from(partners, (j, i) => cosines[i * second.rows + j]);
  return { partners, similarities };
}
