/** P A = L U of a square matrix, by rows, partial pivoting. */
export interface LuFactor {
  /** A pivot vanished to rounding: A is numerically singular, and `solve` would divide by noise. */
  readonly singular: boolean;
  /** A⁻¹ b. */
  readonly solve: (b: Float64Array) => Float64Array;
}

/** Where a matrix is while it is factorised, and how a row is eliminated there. */
export interface Elimination {
  /** A copy to work on. */
  hold(this: void, matrix: Float64Array): Float64Array;
  /** Subtracts from the row that begins at `row` what makes its entry k vanish, and writes the factor in its place. */
  eliminate(
    this: void,
    lu: Float64Array,
    row: number,
    pivotRow: number,
    k: number,
    n: number,
    pivot: number,
  ): void;
  /** The factors, and the end of the copy. */
  release(this: void, lu: Float64Array): Float64Array;
}

const plainElimination: Elimination = {
  hold: (matrix) => Float64Array.from(matrix),
  eliminate: (lu, row, pivotRow, k, n, pivot) => {
    const factor = lu[row + k] / pivot;
    lu[row + k] = factor;
    if (factor === 0) return;
    for (let j = k + 1; j < n; j++) lu[row + j] -= factor * lu[pivotRow + j];
  },
  release: (lu) => lu,
};

/**
 * Factorises a row-major matrix; O(n³ / 3). Rows are first scaled to a common size for the choice of pivots; a pivot below
 * `tolerance` of its row's size makes the matrix singular.
 */
export function luFactor(
  matrix: Float64Array,
  n: number,
  tolerance = 4 * n * Number.EPSILON,
  { hold, eliminate, release } = plainElimination,
): LuFactor {
  let lu = hold(matrix);
  const order = Int32Array.from({ length: n }, (_, i) => i);
  const scale = rowScales(matrix, n);
  let singular = scale.some((size) => size === 0 || !Number.isFinite(size));
  for (let k = 0; k < n && !singular; k++) {
    const pivot = choosePivot(lu, order, scale, n, k);
    [order[k], order[pivot]] = [order[pivot], order[k]];
    const row = order[k] * n;
    const value = lu[row + k];
    if (!(Math.abs(value) > tolerance * scale[order[k]])) {
      singular = true;
      break;
    }
    for (let i = k + 1; i < n; i++) eliminate(lu, order[i] * n, row, k, n, value);
  }
  lu = release(lu);
  return { singular, solve: (b) => substitute(lu, order, n, b) };
}

/** A⁻¹ [n, n], row-major, of a matrix that was factorised; of no use where it is singular. */
export function inverseOf({ solve }: LuFactor, n: number): Float64Array {
  const inverse = new Float64Array(n * n);
  for (let j = 0; j < n; j++) {
    const unit = new Float64Array(n);
    unit[j] = 1;
    solve(unit).forEach((value, i) => (inverse[i * n + j] = value));
  }
  return inverse;
}

function rowScales(matrix: Float64Array, n: number): Float64Array {
  return Float64Array.from({ length: n }, (_, i) => {
    let largest = 0;
    for (let j = 0; j < n; j++) {
      const size = Math.abs(matrix[i * n + j]);
      if (!(size <= largest)) largest = size;
    }
    return largest;
  });
}

function choosePivot(lu: Float64Array, order: Int32Array, scale: Float64Array, n: number, k: number): number {
  let best = k;
  let bestSize = -1;
  for (let i = k; i < n; i++) {
    const size = Math.abs(lu[order[i] * n + k]) / scale[order[i]];
    if (size > bestSize) [best, bestSize] = [i, size];
  }
  return best;
}

function substitute(lu: Float64Array, order: Int32Array, n: number, b: Float64Array): Float64Array {
  const x = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let sum = b[order[i]];
    for (let j = 0; j < i; j++) sum -= lu[order[i] * n + j] * x[j];
    x[i] = sum;
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = x[i];
    for (let j = i + 1; j < n; j++) sum -= lu[order[i] * n + j] * x[j];
    x[i] = sum / lu[order[i] * n + i];
  }
  return x;
}
