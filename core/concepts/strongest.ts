import type { Matrix } from '../linalg/matrix.ts';

/** Largest coefficient of each concept over an image's positions. */
export function strongest({ rows, cols, data }: Matrix): Float32Array {
  const most = new Float32Array(cols);
  for (let row = 0; row < rows; row++) {
    for (let concept = 0; concept < cols; concept++) {
      most[concept] = Math.max(most[concept], data[row * cols + concept]);
    }
  }
  return most;
}
