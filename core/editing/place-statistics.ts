import { choleskyFactor, choleskySolve } from '../linalg/cholesky.ts';
import { matrix, type Matrix } from '../linalg/matrix.ts';

/**
 * Gathers, over places of images, the means of amounts and what activations change by with a unit of each amount: the
 * coefficients of a linear regression of activations [p] on the k amounts together and a constant.
 */
export class PlaceStatistics {
  readonly #k: number;
  readonly #p: number;
  /** Xᵀ·X [q, q] and Xᵀ·A [q, p] for rows x of amounts and a one, q = k + 1. */
  readonly #square: Float64Array;
  readonly #product: Float64Array;
  readonly #sums: Float64Array;
  #without = 0;

  constructor(amounts: number, channels: number) {
    [this.#k, this.#p] = [amounts, channels];
    const q = amounts + 1;
    this.#square = new Float64Array(q * q);
    this.#product = new Float64Array(q * channels);
    this.#sums = new Float64Array(amounts);
  }

  /** Adds places: activations [n, p] with amounts [n, k]; `isWithout`, those whose amounts count for the mean. */
  add(activations: Matrix, amounts: Matrix, isWithout: boolean): void {
    const [k, p, q] = [this.#k, this.#p, this.#k + 1];
    const x = new Float64Array(q).fill(1);
    for (let row = 0; row < amounts.rows; row++) {
      for (let i = 0; i < k; i++) x[i] = amounts.data[row * k + i];
      if (isWithout) for (let i = 0; i < k; i++) this.#sums[i] += x[i];
      for (let i = 0; i < q; i++) {
        if (x[i] === 0) continue;
        for (let j = 0; j < q; j++) this.#square[i * q + j] += x[i] * x[j];
        for (let c = 0; c < p; c++) this.#product[i * p + c] += x[i] * activations.data[row * p + c];
      }
    }
    if (isWithout) this.#without += amounts.rows;
  }

  /** Mean amounts [k] over the places of images without the concepts; zeros where there were none. */
  means(): Float64Array {
    return this.#sums.map((sum) => sum / Math.max(1, this.#without));
  }

  /** Regression coefficients [k, p]; undefined where the amounts depend on each other or never change. */
  patterns(): Matrix | undefined {
    const [k, p, q] = [this.#k, this.#p, this.#k + 1];
    const factor = this.#square.slice();
    if (!choleskyFactor(factor, q, 1e-10)) return undefined;
    const out = matrix(k, p);
    const column = new Float64Array(q);
    for (let c = 0; c < p; c++) {
      for (let i = 0; i < q; i++) column[i] = this.#product[i * p + c];
      choleskySolve(factor, q, column);
      for (let i = 0; i < k; i++) out.data[i * p + c] = column[i];
    }
    return out;
  }
}
