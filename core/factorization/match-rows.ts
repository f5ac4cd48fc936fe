import { assignRows } from '../linalg/assignment.ts';
import { innerProduct, squaredRowNorms } from '../linalg/norms.ts';
import { rowView, type Matrix } from '../linalg/matrix.ts';

/** Which row of the second bank each row of the first corresponds to. */
export interface RowMatching {
  /** [r] indices into the second bank. */
  readonly partners: Int32Array;
  /** Cosine of each row with its partner [r]; 0 where either is a zero row. */
  readonly similarities: Float64Array;
}

/** One-to-one matching of the rows of two banks [r, p], [s, p], r <= s, that maximises the sum of their cosines. */
export function matchRows(first: Matrix, second: Matrix): RowMatching {
  const norms = [first, second].map((bank) => squaredRowNorms(bank).map(Math.sqrt));
  const cosines = new Float64Array(first.rows * second.rows);
  for (let i = 0; i < first.rows; i++) {
    for (let j = 0; j < second.rows; j++) {
      const scale = norms[0][i] * norms[1][j];
      if (scale > 0) {
        cosines[i * second.rows + j] = innerProduct(rowView(first, i), rowView(second, j)) / scale;
      }
    }
  }
  const partners = assignRows(
    cosines.map((value) => -value),
    first.rows,
    second.rows,
  );
  const similarities = Float64Array.from(partners, (j, i) => cosines[i * second.rows + j]);
  return { partners, similarities };
}
