import { rowView, type Matrix } from './matrix.ts';
import { innerProduct, squaredRowNorms } from './norms.ts';

/** Cosine of every row of [r, p] with every row of [s, p], [r · s] row-major; NaN where either has length 0. */
export function rowCosines(first: Matrix, second: Matrix): Float64Array {
  const lengths = [first, second].map((rows) => squaredRowNorms(rows).map(Math.sqrt));
  const cosines = new Float64Array(first.rows * second.rows).fill(NaN);
  for (let i = 0; i < first.rows; i++) {
    for (let j = 0; j < second.rows; j++) {
      const scale = lengths[0][i] * lengths[1][j];
      if (scale > 0)
        cosines[i * second.rows + j] = innerProduct(rowView(first, i), rowView(second, j)) / scale;
    }
  }
  return cosines;
}
