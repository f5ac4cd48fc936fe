import { ChosenAtoms } from './chosen-atoms.ts';

/** A correlation below this share of the largest is rounding of the float32 products. */
const ROUNDING = 1e-6;
/** An exchange must raise the gain by more than this share of it. */
const LEAST_GAIN = 1e-9;

/**
 * Sparse non-negative codes, row by row, of many rows by one dictionary with Gram matrix G = W·Wᵀ [K, K]: after a call the
 * atoms in use, the amount of each and what they gain are in `chosen`.
 *
 * Method  Non-negative orthogonal matching pursuit: the atom that goes best with the residual is added, then all amounts
 *         are found anew by exact non-negative least squares on the atoms chosen, until there are `active`. Then the least
 *         useful atom is exchanged for the best one outside as long as that lowers the error.
 * Source  Pati, Rezaiifar & Krishnaprasad 1993; Bruckstein, Elad & Zibulevsky 2008 (non-negative); the exchanges are those
 *         of Jain, Tewari & Dhillon 2011.
 * Limits  The best choice of atoms is not promised (it is NP-hard), amounts on the chosen ones are exact. Same row, same
 *         codes, whichever rows come before.
 */
export class Pursuit {
  readonly chosen: ChosenAtoms;
  readonly #gram: Float64Array;
  readonly #size: number;
  readonly #most: number;
  /** 1 / ‖w_k‖; 0 for an atom of zeros, which is never chosen. */
  readonly #scale: Float64Array;
  readonly #correlation: Float64Array;
  /** W·(a - u·W) of the codes so far. */
  readonly #left: Float64Array;
  /** 1 for atoms in use, 2 for those that are made of them. */
  readonly #state: Uint8Array;

  constructor(gram: Float64Array, size: number, active: number) {
    this.#gram = gram;
    this.#size = size;
    this.#most = Math.min(active, size);
    this.#correlation = new Float64Array(size);
    this.#left = new Float64Array(size);
    this.#state = new Uint8Array(size);
    this.#scale = Float64Array.from({ length: size }, (_, k) =>
      gram[k * size + k] > 0 ? 1 / Math.sqrt(gram[k * size + k]) : 0,
    );
    this.chosen = new ChosenAtoms(gram, this.#correlation, this.#most);
  }

  /** Chooses atoms for a row, given c = W·a [K], and solves on them. */
  solve(correlation: ArrayLike<number>): void {
    const least = ROUNDING * this.#start(correlation);
    this.#grow(least);
    for (let exchange = 0; exchange < this.#most && this.#exchange(least); exchange++) this.#grow(least);
  }

  /** Solves on atoms that are given; those whose amounts would be negative are left out. */
  refit(correlation: ArrayLike<number>, atoms: ArrayLike<number>): void {
    this.#start(correlation);
    for (let i = 0; i < atoms.length; i++) if (this.#scale[atoms[i]] > 0) this.chosen.add(atoms[i]);
    this.chosen.solve();
  }

  /** Forgets the row before; returns the largest correlation, every atom taken as one of unit length. */
  #start(correlation: ArrayLike<number>): number {
    let largest = 0;
    for (let k = 0; k < this.#size; k++) {
      this.#correlation[k] = correlation[k];
      this.#left[k] = correlation[k];
      largest = Math.max(largest, correlation[k] * this.#scale[k]);
    }
    this.#state.fill(0);
    this.chosen.clear();
    return largest;
  }

  /** Adds the best atom as long as there is room and one that lowers the error. */
  #grow(least: number): void {
    const { chosen } = this;
    // Atoms that drop out again make room for others; every round lowers the error, so that this ends.
    for (let round = 0; round < 4 * this.#most && chosen.count < this.#most; round++) {
      const atom = this.#bestOutside(least);
      if (atom < 0) return;
      chosen.add(atom);
      if (chosen.isDependent()) {
        chosen.count--;
        this.#state[atom] = 2;
        continue;
      }
      chosen.solve();
      this.#update();
    }
  }

  #bestOutside(least: number): number {
    let [best, most] = [-1, least];
    for (let k = 0; k < this.#size; k++) {
      const value = this.#left[k] * this.#scale[k];
      if (value > most && this.#state[k] === 0) {
        most = value;
        best = k;
      }
    }
    return best;
  }

  /** What follows from the atoms in use. */
  #update(): void {
    const { atoms, amounts, count } = this.chosen;
    const [size, left, gram, state] = [this.#size, this.#left, this.#gram, this.#state];
    left.set(this.#correlation);
    for (let k = 0; k < size; k++) if (state[k] === 1) state[k] = 0;
    for (let i = 0; i < count; i++) {
      const [row, amount] = [atoms[i] * size, amounts[i]];
      state[atoms[i]] = 1;
      for (let k = 0; k < size; k++) left[k] -= amount * gram[row + k];
    }
  }

  /** Puts the best atom outside in the place of the least useful one; false, and all as before, where that gains nothing. */
  #exchange(least: number): boolean {
    const { chosen } = this;
    if (chosen.count < this.#most) return false;
    const atom = this.#bestOutside(least);
    if (atom < 0) return false;
    const { gain, count } = chosen;
    const [atoms, amounts] = [chosen.atoms.slice(), chosen.amounts.slice()];
    chosen.dropAt(chosen.leastUseful());
    chosen.add(atom);
    chosen.solve();
    if (chosen.gain > gain * (1 + LEAST_GAIN)) {
      this.#update();
      return true;
    }
    chosen.atoms.set(atoms);
    chosen.amounts.set(amounts);
    chosen.gain = gain;
    chosen.count = count;
    return false;
  }
}
