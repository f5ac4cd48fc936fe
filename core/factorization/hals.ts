import type { Matrix } from '../linalg/matrix.ts';

/** A row is settled once a sweep changes it by less than this fraction of the first sweep's change. */
const SETTLED_FRACTION = 0.1;

/**
 * Sweeps of hierarchical alternating least squares over X >= 0 [m, r], in place: lowers ½‖B - X·Y‖² given
 * `correlation` = B·Yᵀ [m, r] and `gram` = Y·Yᵀ [r, r] only. Returns the squared norm of the projected gradient at
 * the start, every component measured as if Y's row had unit length (so that it does not depend on scale).
 *
 * Source: Cichocki & Phan 2009, Alg. 2; the number of sweeps adapts as in Gillis & Glineur 2012, but row by row:
 * given Y the rows of X do not interact, so each is swept until it settles while its gradient stays in cache.
 * A component whose row of Y is zero is left alone. Sums in float64.
 */
export function sweepRows(x: Matrix, correlation: Matrix, gram: Float64Array, maxSweeps: number): number {
  const r = x.cols;
  const row = new Float64Array(r);
  const gradient = new Float64Array(r);
  const diagonal = Float64Array.from({ length: r }, (_, k) => gram[k * r + k]);
  const inverse = diagonal.map((value) => (value > 0 ? 1 / value : 0));
  let projected = 0;
  for (let i = 0, base = 0; i < x.rows; i++, base += r) {
    loadRow(x.data, correlation.data, gram, base, row, gradient);
    projected += projectedNorm(row, gradient, inverse);
    const firstChange = sweep(row, gradient, gram, diagonal, inverse);
    const settled = firstChange * SETTLED_FRACTION ** 2;
    let change = firstChange;
    for (let count = 1; count < maxSweeps && change > settled; count++) {
      change = sweep(row, gradient, gram, diagonal, inverse);
    }
    for (let k = 0; k < r; k++) x.data[base + k] = row[k];
  }
  return projected;
}

/** Copies a row of X and forms its gradient x·G - c. */
function loadRow(
  x: Float32Array,
  correlation: Float32Array,
  gram: Float64Array,
  base: number,
  row: Float64Array,
  gradient: Float64Array,
): void {
  const r = row.length;
  for (let k = 0; k < r; k++) {
    row[k] = x[base + k];
    gradient[k] = -correlation[base + k];
  }
  for (let k = 0; k < r; k++) {
    const value = row[k];
    if (value !== 0) addScaledRow(gradient, value, gram, k * r);
  }
}

/** One pass over the components, keeping the gradient current; returns Σ G_kk·(change)². */
function sweep(
  row: Float64Array,
  gradient: Float64Array,
  gram: Float64Array,
  diagonal: Float64Array,
  inverse: Float64Array,
): number {
  const r = row.length;
  let change = 0;
  for (let k = 0; k < r; k++) {
    const before = row[k];
    const step = gradient[k] * inverse[k];
    const delta = step > before ? -before : -step;
    // Most entries sit at zero and want to stay there: skipping them is what makes a sweep cheap.
    if (delta === 0) continue;
    row[k] = before + delta;
    change += delta * delta * diagonal[k];
    addScaledRow(gradient, delta, gram, k * r);
  }
  return change;
}

function addScaledRow(target: Float64Array, scale: number, source: Float64Array, base: number): void {
  const length = target.length;
  let j = 0;
  for (; j + 3 < length; j += 4) {
    target[j] += scale * source[base + j];
    target[j + 1] += scale * source[base + j + 1];
    target[j + 2] += scale * source[base + j + 2];
    target[j + 3] += scale * source[base + j + 3];
  }
  for (; j < length; j++) target[j] += scale * source[base + j];
}

/** Squared projected gradient (Lin 2007, eq. 9): at zero only the downhill part counts. */
function projectedNorm(row: Float64Array, gradient: Float64Array, inverse: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < row.length; k++) {
    const value = gradient[k];
    if (row[k] > 0 || value < 0) sum += value * value * inverse[k];
  }
  return sum;
}
