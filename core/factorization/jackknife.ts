import { orthonormalizeRows } from '../linalg/orthonormal-rows.ts';
import { symmetricEigen } from '../linalg/symmetric-eigen.ts';
import { createRandom } from '../random.ts';

/** How far each concept would move with another sample of images, by the infinitesimal jackknife. */
interface BankSpread {
  /** Standard error of each concept's direction, √Σ_i ‖dW_k/dw_i‖², in units of its length [r]. */
  readonly spread: Float64Array;
  /** What to expect of the cosine of a concept and the same one found from another sample as large [r]. */
  readonly cosine: Float64Array;
  /** ‖dW_k/dw_i‖: how much of it rests on each image [images · r]. */
  readonly influence: Float64Array;
}

/**
 * Spread of a bank over samples of images: Cov(W) ≈ Σ_i (dW/dw_i)(dW/dw_i)ᵀ, what a bootstrap over images tends to.
 *
 * The cosine is 1 / √(1 + 2 s²) for a spread s: both banks are off by as much, at right angles to the direction.
 * Source: Jaeckel 1972; Efron 1982. Limits: first order in the weights; the choice of another local minimum is not in it.
 */
export function bankSpread(byImage: ArrayLike<number>, images: number, r: number): BankSpread {
  const p = byImage.length / (images * r);
  const influence = new Float64Array(images * r);
  const squares = new Float64Array(r);
  for (let at = 0; at < influence.length; at++) {
    let square = 0;
    for (let j = at * p; j < (at + 1) * p; j++) square += byImage[j] ** 2;
    influence[at] = Math.sqrt(square);
    squares[at % r] += square;
  }
  return {
    spread: squares.map(Math.sqrt),
    cosine: squares.map((square) => 1 / Math.sqrt(1 + 2 * square)),
    influence,
  };
}

/** Directions along which a bank moves most from sample to sample. */
export interface SpreadDirections {
  /** One standard error along each, largest first [count · size]. */
  readonly steps: Float64Array;
  /** What every image adds to each: derivative_i ≈ Σ_m parts[i, m] · step_m [images · count]. */
  readonly parts: Float64Array;
  /** Share of the whole squared spread that they have together. */
  readonly share: number;
}

/** Vectors carried beyond those that are wanted, and rounds of the iteration. */
const SPARE = 6;
const ROUNDS = 12;

/**
 * Principal directions of Σ_i d_i d_iᵀ for derivatives d_i [images · size] by orthogonal iteration on their Gram matrix
 * [images, images]; fewer than `count` where there are no more.
 */
export function spreadDirections(
  byImage: ArrayLike<number>,
  images: number,
  count: number,
  seed = 0,
): SpreadDirections {
  const gram = gramOf(byImage, images);
  const k = Math.min(count + SPARE, images);
  const random = createRandom(seed);
  let basis: Float64Array = Float64Array.from({ length: k * images }, () => random.normal());
  for (let round = 0; round < ROUNDS; round++) {
    orthonormalizeRows(basis, k, images);
    basis = product(basis, gram, k, images);
  }
  orthonormalizeRows(basis, k, images);
  const image = product(basis, gram, k, images);
  const small = Float64Array.from({ length: k * k }, (_, at) =>
    dotRows(basis, Math.floor(at / k), image, at % k, images),
  );
  const { values, vectors } = symmetricEigen(small, k);
  const found = [...values].filter((value, m) => m < count && value > 1e-12 * values[0]).length;
  const size = byImage.length / images;
  const steps = new Float64Array(found * size);
  const parts = new Float64Array(images * found);
  for (let m = 0; m < found; m++) {
    for (let i = 0; i < images; i++) {
      let part = 0;
      for (let l = 0; l < k; l++) part += vectors[m * k + l] * basis[l * images + i];
      parts[i * found + m] = part;
      for (let j = 0; j < size; j++) steps[m * size + j] += part * byImage[i * size + j];
    }
  }
  let trace = 0;
  for (let i = 0; i < images; i++) trace += gram[i * images + i];
  const kept = values.slice(0, found).reduce((sum, value) => sum + value, 0);
  return { steps, parts, share: trace > 0 ? Math.min(1, kept / trace) : 1 };
}

function gramOf(rows: ArrayLike<number>, n: number): Float64Array {
  const size = rows.length / n;
  const gram = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = 0; k < size; k++) sum += rows[i * size + k] * rows[j * size + k];
      gram[i * n + j] = gram[j * n + i] = sum;
    }
  }
  return gram;
}

/** B·G for B [k, n] and symmetric G [n, n]. */
function product(b: Float64Array, gram: Float64Array, k: number, n: number): Float64Array {
  return Float64Array.from({ length: k * n }, (_, at) => dotRows(b, Math.floor(at / n), gram, at % n, n));
}

function dotRows(x: Float64Array, i: number, y: Float64Array, j: number, n: number): number {
  let sum = 0;
  for (let t = 0; t < n; t++) sum += x[i * n + t] * y[j * n + t];
  return sum;
}
