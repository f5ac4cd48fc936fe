import { invariant } from '../errors.ts';
import { choleskyFactor, choleskySolve } from '../linalg/cholesky.ts';
import { matrix, type Matrix } from '../linalg/matrix.ts';

/*
 * What an edit has to know of images: how much of the changed concepts usual images have, and what activations change by
 * where there is more of a concept than usual.
 *
 * The pattern of a concept is its direction and what else comes with it: of the places of the explained images that have
 * more of the concept than 99 in 100 places of usual images, the mean of what the concepts do not explain of the difference
 * from usual activations, for one unit of the amount. Concepts that come together share it (a small ridge). A concept that
 * no image has more of than usual has its direction alone, so that `pattern` is then `mean`.
 */

/** Share of the places of usual images below which an amount is usual, and the ridge, as a share of the mean square amount. */
const [USUAL, RIDGE] = [0.99, 0.01];

/** What usual images have at a place. */
export interface UsualPlaces {
  /** Mean amounts [k] and activations [p]. */
  readonly amounts: Float64Array;
  readonly activations: Float64Array;
  /** Amounts [k] that 99 in 100 places do not exceed. */
  readonly bounds: Float64Array;
}

/** Gathers {@link UsualPlaces} from places of images without the concepts, image by image. */
export class UsualGatherer {
  readonly #amounts: number[][];
  readonly #sums: Float64Array;
  #places = 0;

  constructor(amounts: number, channels: number) {
    this.#amounts = Array.from({ length: amounts }, () => []);
    this.#sums = new Float64Array(channels);
  }

  /** Activations [n, p] with amounts [n, k]. */
  add(activations: Matrix, amounts: Matrix): void {
    const [p, k] = [activations.cols, amounts.cols];
    this.#places += activations.rows;
    for (let i = 0; i < activations.data.length; i++) this.#sums[i % p] += activations.data[i];
    for (let i = 0; i < amounts.data.length; i++) this.#amounts[i % k].push(amounts.data[i]);
  }

  /** Needs one place at least. */
  usual(): UsualPlaces {
    invariant(this.#places > 0, 'no place to take a mean of');
    const n = this.#places;
    return {
      amounts: Float64Array.from(this.#amounts, (own) => own.reduce((sum, value) => sum + value, 0) / n),
      activations: this.#sums.map((sum) => sum / n),
      bounds: Float64Array.from(
        this.#amounts,
        (own) => own.sort((a, b) => a - b)[Math.min(n - 1, Math.floor(USUAL * n))],
      ),
    };
  }
}

/** Gathers patterns from places of images with the concepts, image by image. */
export class PatternGatherer {
  readonly #usual: UsualPlaces;
  readonly #directions: Matrix;
  /** Of each concept: places with more of it than usual, and sums of what they have. */
  readonly #places: Float64Array;
  readonly #amounts: Float64Array;
  readonly #activations: Float64Array;

  /** `directions` [k, p] are those of the concepts. */
  constructor(usual: UsualPlaces, directions: Matrix) {
    const { rows: k, cols: p } = directions;
    [this.#usual, this.#directions] = [usual, directions];
    this.#places = new Float64Array(k);
    this.#amounts = new Float64Array(k * k);
    this.#activations = new Float64Array(k * p);
  }

  /** Activations [n, p] with amounts [n, k]. */
  add(activations: Matrix, amounts: Matrix): void {
    const { rows: k, cols: p } = this.#directions;
    for (let row = 0; row < amounts.rows; row++) {
      for (let c = 0; c < k; c++) {
        if (!(amounts.data[row * k + c] > this.#usual.bounds[c])) continue;
        this.#places[c]++;
        for (let j = 0; j < k; j++) this.#amounts[c * k + j] += amounts.data[row * k + j];
        for (let i = 0; i < p; i++) this.#activations[c * p + i] += activations.data[row * p + i];
      }
    }
  }

  /** D [k, p]. */
  patterns(): Matrix {
    const { rows: k, cols: p, data } = this.#directions;
    const groups = Array.from({ length: k }, (_, c) => c).filter((c) => this.#places[c] > 0);
    const out = matrix(k, p, data.slice());
    if (groups.length === 0) return out;
    const beyond = groups.map((c) => this.#beyond(c));
    const square = new Float64Array(k * k);
    for (const x of beyond)
      for (let a = 0; a < k; a++) for (let b = 0; b < k; b++) square[a * k + b] += x[a] * x[b];
    const trace = beyond.reduce((sum, x) => sum + x.reduce((own, value) => own + value * value, 0), 0);
    for (let a = 0; a < k; a++) square[a * k + a] += (RIDGE * trace) / k;
    if (!choleskyFactor(square, k)) return out;
    const column = new Float64Array(k);
    for (let i = 0; i < p; i++) {
      column.fill(0);
      groups.forEach((c, g) => {
        const left = this.#unexplained(c, beyond[g], i);
        for (let a = 0; a < k; a++) column[a] += beyond[g][a] * left;
      });
      choleskySolve(square, k, column);
      for (let a = 0; a < k; a++) out.data[a * p + i] += column[a];
    }
    return out;
  }

  /** By how much the mean amounts [k] at the places of a concept are beyond the usual. */
  #beyond(c: number): Float64Array {
    const k = this.#directions.rows;
    return Float64Array.from(
      { length: k },
      (_, j) => this.#amounts[c * k + j] / this.#places[c] - this.#usual.amounts[j],
    );
  }

  /** What channel i of the mean activations there differs by from the usual, beside what the concepts explain of it. */
  #unexplained(c: number, beyond: Float64Array, i: number): number {
    const { cols: p, data } = this.#directions;
    const difference = this.#activations[c * p + i] / this.#places[c] - this.#usual.activations[i];
    return beyond.reduce((left, amount, j) => left - amount * data[j * p + i], difference);
  }
}
