import { TesseraError } from '../errors.ts';
import type { Matrix } from '../linalg/matrix.ts';
import type { Gemm } from '../platform.ts';

/** How a factorisation ended; every status comes with usable factors except 'non-finite'. */
export type FactorizationStatus = 'converged' | 'max-iter-reached' | 'all-zero' | 'non-finite';

export interface FactorizationStats {
  readonly iterations: number;
  /** ½‖A - UW‖² after every outer iteration; never increases. */
  readonly losses: readonly number[];
  /** ‖A - UW‖ / ‖A‖ of the returned factors; 0 when A is zero. */
  readonly relativeError: number;
  /** Norm of the projected gradient at the end over that at the start. */
  readonly projectedGradient: number;
  /** How many times a concept that had died was started anew. */
  readonly reseeded: number;
}

/** A ≈ coefficients · conceptBank, A [n, p]. */
export interface Factorization {
  /** U [n, r] >= 0, in units of A, since bank rows have unit length. */
  readonly coefficients: Matrix;
  /** W [r, p], every row of unit L2 norm (a zero row where the data needs no further concept). */
  readonly conceptBank: Matrix;
  readonly status: FactorizationStatus;
  readonly stats: FactorizationStats;
}

export interface FactorizationOptions {
  /** Number of concepts r, 1 … min(n, p). */
  readonly nComponents: number;
  readonly gemm: Gemm;
  /** @default 0 */
  readonly seed?: number;
  /** Outer iterations, each two products with A. @default 200 */
  readonly maxIter?: number;
  /** Stop when the projected gradient has fallen to this fraction of its start. @default 1e-4 */
  readonly tol?: number;
  /** Called after every outer iteration with its number (from 1) and the loss. */
  readonly onIteration?: (iteration: number, loss: number) => void;
  readonly signal?: AbortSignal;
}

/** Throws unless 1 <= nComponents <= min(n, p) and the other numbers make sense. */
export function checkOptions(name: string, { rows, cols }: Matrix, options: FactorizationOptions): void {
  const { nComponents, maxIter = 1, tol = 0 } = options;
  const limit = Math.min(rows, cols);
  if (!Number.isInteger(nComponents) || nComponents < 1 || nComponents > limit) {
    throw new TesseraError(
      'bad-usage',
      `${name}: the number of concepts must be a whole number from 1 to ${limit} for activations of shape [${rows}, ${cols}], got ${nComponents}`,
      {
        hint:
          limit < 1 ? 'There are no activations to explain.' : 'Ask for fewer concepts, or give more images.',
      },
    );
  }
  if (!Number.isInteger(maxIter) || maxIter < 1) {
    throw new TesseraError('bad-usage', `${name}: maxIter must be a whole number above 0, got ${maxIter}`);
  }
  if (!(tol >= 0)) throw new TesseraError('bad-usage', `${name}: tol must be a number >= 0, got ${tol}`);
}

/** Sums that a factorisation needs of A, gathered in the one pass that also checks it. */
export interface ActivationSums {
  readonly mean: number;
  /** ‖A‖². */
  readonly squaredNorm: number;
}

/** Reads A once; throws 'bad-tensor' at the first entry that is not finite or, if `nonNegative`, below zero. */
export function scanActivations(
  name: string,
  { rows, cols, data }: Matrix,
  { nonNegative }: { nonNegative: boolean },
): ActivationSums {
  let sum = 0;
  let squaredNorm = 0;
  for (let row = 0, base = 0; row < rows; row++, base += cols) {
    let rowSum = 0;
    let rowSquares = 0;
    let least = 0;
    // Without branches, which zeros here and there would mislead.
    for (let k = base; k < base + cols; k++) {
      const value = data[k];
      rowSum += value;
      rowSquares += value * value;
      least = value < least ? value : least;
    }
    const isBad = nonNegative && least < 0;
    if (isBad || !Number.isFinite(rowSquares)) throwBadEntry(name, data, base, cols, nonNegative);
    sum += rowSum;
    squaredNorm += rowSquares;
  }
  return { mean: sum / (rows * cols), squaredNorm };
}

function throwBadEntry(
  name: string,
  data: Float32Array,
  base: number,
  cols: number,
  nonNegative: boolean,
): never {
  let index = base;
  while (Number.isFinite(data[index]) && !(nonNegative && data[index] < 0)) index++;
  const where = `got ${data[index]} at row ${base / cols}, column ${index - base}`;
  if (!Number.isFinite(data[index])) {
    throw new TesseraError('bad-tensor', `${name}: activations must be finite, ${where}`, {
      hint: 'Check the preprocessing and that the model gives finite numbers on these images.',
    });
  }
  throw new TesseraError('bad-tensor', `${name}: activations must be >= 0, ${where}`, {
    hint: 'Use semi-NMF for a layer with negative values, or a layer after a ReLU.',
  });
}

/** Scales the rows of W to unit L2 norm and the columns of U inversely, in place; the product does not change. */
export function normalizeBank(coefficients: Matrix, conceptBank: Matrix): void {
  const { rows: r, cols: p, data } = conceptBank;
  const norms = new Float64Array(r);
  for (let k = 0; k < r; k++) {
    let sum = 0;
    for (let j = k * p; j < (k + 1) * p; j++) sum += data[j] * data[j];
    norms[k] = Math.sqrt(sum);
    for (let j = k * p; j < (k + 1) * p; j++) data[j] = norms[k] > 0 ? data[j] / norms[k] : 0;
  }
  for (let i = 0; i < coefficients.data.length; i += r) {
    for (let k = 0; k < r; k++) coefficients.data[i + k] *= norms[k];
  }
}
