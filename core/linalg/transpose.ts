import { matrix, type Matrix } from './matrix.ts';

const TILE = 32;

/** Aᵀ as a new matrix; walks tiles that fit the first-level cache. */
export function transpose({ rows, cols, data }: Matrix): Matrix {
  const result = matrix(cols, rows);
  for (let top = 0; top < rows; top += TILE) {
    const bottom = Math.min(top + TILE, rows);
    for (let left = 0; left < cols; left += TILE) {
      const right = Math.min(left + TILE, cols);
      for (let i = top; i < bottom; i++) {
        for (let j = left; j < right; j++) result.data[j * rows + i] = data[i * cols + j];
      }
    }
  }
  return result;
}
