import { matrix, type Matrix } from '../linalg/matrix.ts';

/**
 * The activations that the concepts account for, U · W.
 *
 * Shapes   coefficients [n, r], conceptBank [r, p]; returns [n, p].
 */
export function reconstruct(coefficients: Matrix, conceptBank: Matrix): Matrix {
  const { rows: n, cols: r } = coefficients;
  const p = conceptBank.cols;
  const out = matrix(n, p);
  for (let row = 0; row < n; row++) {
    for (let concept = 0; concept < r; concept++) {
      const amount = coefficients.data[row * r + concept];
      if (amount === 0) continue;
      const from = concept * p;
      for (let channel = 0; channel < p; channel++) {
        out.data[row * p + channel] += amount * conceptBank.data[from + channel];
      }
    }
  }
  return out;
}
