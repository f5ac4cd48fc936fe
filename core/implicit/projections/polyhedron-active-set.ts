import { choleskyFactor } from '../linear-solve/cholesky-factor.ts';
import { rowGram } from '../float64-matrix.ts';
import { addScaled, dot, norm } from '../linear-solve/vector.ts';

/** { p: rows · p = bounds for the first `nEqualities` rows, rows · p <= bounds for the others }, rows [m, n] row-major. */
export interface Polyhedron {
  readonly rows: Float64Array;
  readonly bounds: Float64Array;
  readonly nEqualities: number;
}

/** A row on its way into the active set: the violated side is turned so that its multiplier grows. */
interface Entering {
  readonly row: number;
  readonly sign: number;
}

/**
 * Rows that hold with equality at the point of the polyhedron nearest to x, independent of each other; `empty` where
 * there is no such point. Rows that repeat others, and rows of zeros that demand nothing, are left out.
 *
 * The dual active-set method of Goldfarb & Idnani (1983) for ½‖p - x‖²: violated rows enter one by one, a row that depends on
 * the active ones pushes one of them out, and if none can go there is no feasible point. Exact up to `tolerance`, relative
 * to the size of x and of each row.
 */
export function activeRows(x: Float64Array, polyhedron: Polyhedron, tolerance: number): number[] | 'empty' {
  const search = new ActiveSearch(x, polyhedron, tolerance);
  const limit = 50 + 20 * polyhedron.bounds.length;
  for (let steps = 0; steps < limit; steps++) {
    const entering = search.mostViolated();
    if (!entering) return search.active.toSorted((a, b) => a - b);
    if (!search.admit(entering)) return 'empty';
  }
  return 'empty';
}

class ActiveSearch {
  readonly active: number[] = [];
  private readonly signs: number[] = [];
  private multipliers: number[] = [];
  private readonly p: Float64Array;
  private readonly sizes: Float64Array;
  private readonly largest: number;
  private readonly scale: number;
  private readonly polyhedron: Polyhedron;
  private readonly tolerance: number;

  constructor(x: Float64Array, polyhedron: Polyhedron, tolerance: number) {
    this.polyhedron = polyhedron;
    this.tolerance = tolerance;
    this.p = Float64Array.from(x);
    this.sizes = Float64Array.from(polyhedron.bounds, (_, row) => norm(this.rowOf(row)));
    this.largest = this.sizes.reduce((most, size) => Math.max(most, size), 0);
    this.scale = Math.max(1, norm(x));
  }

  private rowOf(row: number): Float64Array {
    const n = this.p.length;
    return this.polyhedron.rows.subarray(row * n, (row + 1) * n);
  }

  /** rows · p - bounds, with the sign under which the row is violated. */
  private excess({ row, sign }: Entering): number {
    return sign * (dot(this.rowOf(row), this.p) - this.polyhedron.bounds[row]);
  }

  /** What of a row's excess is rounding. A row of zeros has no size of its own. */
  private rounding(row: number): number {
    const size = this.sizes[row] > 1e-14 * this.largest ? this.sizes[row] : this.largest || 1;
    return this.tolerance * (size * this.scale + Math.abs(this.polyhedron.bounds[row]));
  }

  /** The row that is farthest from holding, equalities first. */
  mostViolated(): Entering | undefined {
    const { bounds, nEqualities } = this.polyhedron;
    let worst: Entering | undefined;
    let distance = 0;
    for (let row = 0; row < bounds.length; row++) {
      if (row === nEqualities && worst) return worst;
      if (this.active.includes(row)) continue;
      const raw = this.excess({ row, sign: 1 });
      const sign = row < nEqualities && raw < 0 ? -1 : 1;
      const far = (sign * raw) / Math.max(this.sizes[row], Number.MIN_VALUE);
      if (sign * raw > this.rounding(row) && far > distance) {
        worst = { row, sign };
        distance = far;
      }
    }
    return worst;
  }

  /** Moves to the nearest point that also satisfies the row; false if no point does. */
  admit(entering: Entering): boolean {
    let multiplier = 0;
    for (let round = 0; round <= this.active.length + 1;) {
      const { direction, rates } = this.directions(entering);
      const length = norm(direction);
      const isFree = length > Math.max(1e-9, this.tolerance) * this.sizes[entering.row];
      const full = isFree ? Math.max(0, this.excess(entering)) / (length * length) : Infinity;
      const { step: partial, leaving } = this.firstToVanish(rates);
      const step = Math.min(full, partial);
      if (step === Infinity) return false;
      if (isFree) addScaled(this.p, -step, direction);
      this.multipliers = this.multipliers.map((value, i) => value - step * rates[i]);
      multiplier += step;
      if (step === full) {
        this.active.push(entering.row);
        this.signs.push(entering.sign);
        this.multipliers.push(multiplier);
        return true;
      }
      for (const list of [this.active, this.signs, this.multipliers]) list.splice(leaving, 1);
    }
    return false;
  }

  /** The part of the entering row that is orthogonal to the active ones, and what each of these contributes to the rest. */
  private directions({ row, sign }: Entering): { direction: Float64Array; rates: Float64Array } {
    const n = this.p.length;
    const m = this.active.length;
    const direction = this.rowOf(row).map((value) => sign * value);
    if (m === 0) return { direction, rates: new Float64Array(0) };
    const chosen = new Float64Array(m * n);
    this.active.forEach((other, i) =>
      chosen.set(
        this.rowOf(other).map((v) => this.signs[i] * v),
        i * n,
      ),
    );
    const factor = choleskyFactor(rowGram(chosen, m, n), m);
    const rates = new Float64Array(m);
    // Twice is enough to make what remains orthogonal to rounding.
    for (let pass = 0; pass < 2; pass++) {
      const products = Float64Array.from({ length: m }, (_, i) =>
        dot(chosen.subarray(i * n, (i + 1) * n), direction),
      );
      const shares = factor.solve(products);
      shares.forEach((share, i) => {
        rates[i] += share;
        addScaled(direction, -share, chosen.subarray(i * n, (i + 1) * n));
      });
    }
    return { direction, rates };
  }

  /** How far the multipliers of active inequalities allow to go, and which one stops there. */
  private firstToVanish(rates: Float64Array): { step: number; leaving: number } {
    let [step, leaving] = [Infinity, -1];
    this.active.forEach((row, i) => {
      if (row < this.polyhedron.nEqualities || !(rates[i] > 1e-12)) return;
      const possible = Math.max(0, this.multipliers[i]) / rates[i];
      if (possible < step) [step, leaving] = [possible, i];
    });
    return { step, leaving };
  }
}
