import { choleskyFactor, choleskySolve } from '../linalg/cholesky.ts';

/** An atom whose part outside the chosen ones has a squared length below this share of its own adds nothing to them. */
const DEPENDENT = 1e-7;

/**
 * The atoms chosen for one row and the exact non-negative least-squares amounts on them, given G = W·Wᵀ [K, K] and, for
 * each row, c = W·a [K].
 *
 * Source  Lawson & Hanson 1974, chapter 23, whose inner loop `solve` is.
 */
export class ChosenAtoms {
  /** The first `count` are in use. */
  readonly atoms: Int32Array;
  readonly amounts: Float64Array;
  count = 0;
  /** ‖a‖² - ‖a - u·W‖² of the amounts found last. */
  gain = 0;
  readonly #gram: Float64Array;
  readonly #size: number;
  readonly #correlation: Float64Array;
  readonly #solution: Float64Array;
  readonly #factor: Float64Array;

  /** For at most `most` atoms; `correlation` is read anew at every row. */
  constructor(gram: Float64Array, correlation: Float64Array, most: number) {
    this.#gram = gram;
    this.#size = correlation.length;
    this.#correlation = correlation;
    this.atoms = new Int32Array(most);
    this.amounts = new Float64Array(most);
    this.#solution = new Float64Array(most);
    this.#factor = new Float64Array(most ** 2);
  }

  clear(): void {
    this.count = 0;
    this.gain = 0;
  }

  add(atom: number): void {
    this.atoms[this.count] = atom;
    this.amounts[this.count++] = 0;
  }

  dropAt(place: number): void {
    this.count--;
    for (let i = place; i < this.count; i++) {
      this.atoms[i] = this.atoms[i + 1];
      this.amounts[i] = this.amounts[i + 1];
    }
  }

  /** Is the atom added last made of the others? */
  isDependent(): boolean {
    return !this.#factorise(DEPENDENT);
  }

  /** Exact amounts on the atoms in use; those that would be negative, or are made of others, leave. */
  solve(): void {
    const { amounts, atoms } = this;
    const x = this.#solution;
    while (this.count > 0) {
      const s = this.count;
      if (!this.#factorise(DEPENDENT)) {
        this.dropAt(s - 1);
        continue;
      }
      for (let i = 0; i < s; i++) x[i] = this.#correlation[atoms[i]];
      choleskySolve(this.#factor, s, x);
      const first = this.#firstToLeave();
      if (first < 0) {
        amounts.set(x.subarray(0, s));
        break;
      }
      const fall = amounts[first] - x[first];
      const step = fall > 0 ? amounts[first] / fall : 0;
      for (let i = 0; i < s; i++) amounts[i] += step * (x[i] - amounts[i]);
      this.dropAt(first);
    }
    this.gain = 0;
    for (let i = 0; i < this.count; i++) this.gain += amounts[i] * this.#correlation[atoms[i]];
  }

  /** Place of the atom without which the error would rise least: u_i² / (G_SS⁻¹)_ii. */
  leastUseful(): number {
    const s = this.count;
    const column = this.#solution;
    this.#factorise(0);
    let [place, least] = [0, Infinity];
    for (let i = 0; i < s; i++) {
      column.fill(0, 0, s);
      column[i] = 1;
      choleskySolve(this.#factor, s, column);
      const cost = this.amounts[i] ** 2 / column[i];
      if (cost < least) [place, least] = [i, cost];
    }
    return place;
  }

  /** On the way from the amounts to the solution, the atom that reaches zero first; -1 where none does. */
  #firstToLeave(): number {
    let [first, least] = [-1, Infinity];
    for (let i = 0; i < this.count; i++) {
      if (this.#solution[i] > 0) continue;
      const fall = this.amounts[i] - this.#solution[i];
      const share = fall > 0 ? this.amounts[i] / fall : 0;
      if (share < least) [first, least] = [i, share];
    }
    return first;
  }

  #factorise(tolerance: number): boolean {
    const s = this.count;
    for (let i = 0; i < s; i++) {
      const row = this.atoms[i] * this.#size;
      for (let j = 0; j <= i; j++) this.#factor[i * s + j] = this.#gram[row + this.atoms[j]];
    }
    return choleskyFactor(this.#factor, s, tolerance);
  }
}
