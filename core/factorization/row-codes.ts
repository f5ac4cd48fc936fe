import { matrix, rowView, type Matrix } from '../linalg/matrix.ts';
import type { Pursuit } from './pursuit.ts';

/** Atoms of the rows, from which the next iteration starts, and what they leave unexplained. */
export class RowCodes {
  /** Rows that use each atom, [K]. */
  uses = new Int32Array(0);
  readonly #active: number;
  readonly #counts: Int32Array;
  readonly #atoms: Int32Array;
  readonly #gains: Float64Array;

  constructor(rows: number, active: number) {
    this.#active = active;
    this.#counts = new Int32Array(rows);
    this.#atoms = new Int32Array(rows * active);
    this.#gains = new Float64Array(rows);
  }

  /** U [n, K] for correlations A·Wᵀ: on the atoms chosen anew or on those of before, whichever leaves less. */
  find(correlation: Matrix, pursuit: Pursuit): Matrix {
    const u = matrix(correlation.rows, correlation.cols);
    this.uses = new Int32Array(correlation.cols);
    for (let row = 0; row < u.rows; row++) {
      const own = rowView(correlation, row);
      const before = this.#atoms.subarray(row * this.#active, row * this.#active + this.#counts[row]);
      pursuit.solve(own);
      const { chosen } = pursuit;
      const { gain } = chosen;
      if (before.length > 0 && !hasSame(chosen.atoms.subarray(0, chosen.count), before)) {
        pursuit.refit(own, before);
        if (chosen.gain < gain) pursuit.solve(own);
      }
      this.#counts[row] = chosen.count;
      this.#gains[row] = chosen.gain;
      for (let i = 0; i < chosen.count; i++) {
        const atom = chosen.atoms[i];
        this.#atoms[row * this.#active + i] = atom;
        u.data[row * u.cols + atom] = chosen.amounts[i];
        this.uses[atom]++;
      }
    }
    return u;
  }

  /** ½‖A - U·W‖², given ‖a‖² of every row. */
  lossOf(norms: Float64Array): number {
    return norms.reduce((sum, norm, row) => sum + Math.max(0, norm - this.#gains[row]), 0) / 2;
  }

  /** Rows of which most is left, the worst first. */
  worst(norms: Float64Array, count: number): number[] {
    const left = norms.map((norm, row) => norm - this.#gains[row]);
    return Array.from(left.keys())
      .sort((a, b) => left[b] - left[a])
      .slice(0, count);
  }
}

function hasSame(atoms: Int32Array, others: Int32Array): boolean {
  return atoms.length === others.length && atoms.every((atom) => others.includes(atom));
}
