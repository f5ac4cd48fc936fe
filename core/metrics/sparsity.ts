import type { Matrix } from '../linalg/matrix.ts';

/** Sparsity of one concept's coefficients over the rows; undefined where the figure does not exist. */
export interface ConceptSparsity {
  readonly hoyer: number | undefined;
  readonly kurtosis: number | undefined;
}

/**
 * {@link hoyerSparsity} and {@link excessKurtosis} of every column of the coefficients U [n, r], which come in parts, one below
 * another; one column at a time is in memory.
 */
export function sparsityOfConcepts(coefficients: readonly Matrix[]): ConceptSparsity[] {
  const n = coefficients.reduce((sum, { rows }) => sum + rows, 0);
  return Array.from({ length: coefficients[0].cols }, (_, concept) => {
    const column = new Float32Array(n);
    let at = 0;
    for (const { cols, data } of coefficients)
      for (let k = concept; k < data.length; k += cols) column[at++] = data[k];
    return { hoyer: hoyerSparsity(column), kurtosis: excessKurtosis(column) };
  });
}

/**
 * Hoyer's sparsity (sqrt n - ‖x‖₁ / ‖x‖₂) / (sqrt n - 1): 0 when all entries have one size, 1 when a single entry is not
 * zero. Undefined for a zero vector and for fewer than two entries.
 *
 * Source  Hoyer 2004, "Non-negative Matrix Factorization with Sparseness Constraints", JMLR 5.
 *
 * @internal Tests compare with it.
 */
export function hoyerSparsity(x: Float32Array | Float64Array): number | undefined {
  const largest = largestDistance(x, 0);
  if (largest === 0 || x.length < 2) return undefined;
  let sum = 0;
  let squares = 0;
  for (const value of x) {
    const size = Math.abs(value / largest);
    sum += size;
    squares += size * size;
  }
  const root = Math.sqrt(x.length);
  return Math.min(1, Math.max(0, (root - sum / Math.sqrt(squares)) / (root - 1)));
}

/**
 * Excess kurtosis, the fourth cumulant over the squared second, κ₄ / κ₂² = m₄ / m₂² - 3, with moments about the mean and
 * divisor n: 0 for a normal distribution, large when few entries stand out. Undefined when all entries are equal.
 *
 * @internal Tests compare with it.
 */
export function excessKurtosis(x: Float32Array | Float64Array): number | undefined {
  // Counted from the first entry in units of the largest distance: equal entries are exact zeros, nothing overflows.
  const origin = x[0];
  const unit = largestDistance(x, origin);
  if (unit === 0) return undefined;
  let mean = 0;
  for (const value of x) mean += (value - origin) / unit / x.length;
  let second = 0;
  let fourth = 0;
  for (const value of x) {
    const square = ((value - origin) / unit - mean) ** 2;
    second += square / x.length;
    fourth += square ** 2 / x.length;
  }
  return fourth / second ** 2 - 3;
}

function largestDistance(x: Float32Array | Float64Array, origin: number): number {
  let largest = 0;
  for (const value of x) largest = Math.max(largest, Math.abs(value - origin));
  return largest;
}
