import type { Matrix } from '../linalg/matrix.ts';
import { rowKernel } from '../linalg/row-kernel.ts';

/**
 * Sweeps of hierarchical alternating least squares over X >= 0 [m, r], in place: lowers ½‖B - X·Y‖² given
 * `correlation` = B·Yᵀ [m, r] and `gram` = Y·Yᵀ [r, r] only. Returns the squared norm of the projected gradient, every
 * component's at its turn in the first sweep and as if Y's row had unit length (so that it does not depend on scale).
 *
 * Source: Cichocki & Phan 2009, Alg. 2. Given Y the rows of X do not interact, so each is swept as often as wanted
 * while it remains in cache. A component whose row of Y is zero is left alone. In float32 where WebAssembly has vectors.
 */
export function sweepRows(x: Matrix, correlation: Matrix, gram: Float64Array, sweeps: number): number {
  const kernel = rowKernel();
  return kernel
    ? kernel.descendRows(x, correlation, gram, sweeps)
    : sweepRowsPlain(x, correlation, gram, sweeps);
}

/** `sweepRows` in plain code, with gradients in float64. */
export function sweepRowsPlain(x: Matrix, correlation: Matrix, gram: Float64Array, sweeps: number): number {
  const r = x.cols;
  let projected = 0;
  for (let base = 0; base < x.data.length; base += r) {
    for (let sweep = 0; sweep < sweeps; sweep++) {
      for (let k = 0; k < r; k++) {
        const diagonal = gram[k * r + k];
        if (!(diagonal > 0)) continue;
        const before = x.data[base + k];
        let gradient = -correlation.data[base + k];
        for (let j = 0; j < r; j++) gradient += gram[k * r + j] * x.data[base + j];
        // Lin 2007, eq. 9: at zero only the downhill part counts.
        if (sweep === 0 && (before > 0 || gradient < 0)) projected += gradient ** 2 / diagonal;
        const value = before - gradient / diagonal;
        x.data[base + k] = value < 0 ? 0 : value;
      }
    }
  }
  return projected;
}
