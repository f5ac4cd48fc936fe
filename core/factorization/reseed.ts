import { matrix, type Matrix } from '../linalg/matrix.ts';
import { residualRow } from '../linalg/norms.ts';
import { transpose } from '../linalg/transpose.ts';

/** A point of the descent: U [n, r], the bank transposed Wᵀ [p, r], and ½‖A - UW‖² there. */
export interface Iterate {
  readonly u: Matrix;
  readonly wt: Matrix;
  readonly loss: number;
}

/** At most this many rows are tried for a new direction. */
const MAX_ROWS = 256;
/** A residual below this share of its row's energy is rounding, not a missing concept. */
const NEGLIGIBLE = 1e-8;

/**
 * Gives concepts that died (their coefficients or their direction are all zero) a new start: the positive part of
 * the worst reconstructed row's residual (all of it where the bank may be signed), with coefficient 1 on that row alone. That can only lower the loss.
 * Returns undefined when nothing is dead or nothing is left to explain.
 */
export function reseedDead(
  activations: Matrix,
  { u, wt, loss }: Iterate,
  isSigned: boolean,
): { iterate: Iterate; count: number } | undefined {
  const dead = deadComponents(u, wt);
  if (dead.length === 0) return undefined;
  const fresh = { u: matrix(u.rows, u.cols, u.data.slice()), wt: matrix(wt.rows, wt.cols, wt.data.slice()) };
  for (const c of dead) clearComponent(fresh.u, fresh.wt, c);
  let count = 0;
  for (const c of dead) {
    const worst = worstRow(activations, fresh.u, transpose(fresh.wt), isSigned);
    if (!worst) break;
    fresh.u.data[worst.row * u.cols + c] = 1;
    worst.direction.forEach((value, j) => (fresh.wt.data[j * u.cols + c] = value));
    count++;
  }
  return count > 0 ? { iterate: { ...fresh, loss }, count } : undefined;
}

function deadComponents(u: Matrix, wt: Matrix): number[] {
  const isAlive = (m: Matrix, c: number): boolean => {
    for (let k = c; k < m.data.length; k += m.cols) if (m.data[k] !== 0) return true;
    return false;
  };
  return Array.from({ length: u.cols }, (_, c) => c).filter((c) => !isAlive(u, c) || !isAlive(wt, c));
}

function clearComponent(u: Matrix, wt: Matrix, c: number): void {
  for (let k = c; k < u.data.length; k += u.cols) u.data[k] = 0;
  for (let k = c; k < wt.data.length; k += wt.cols) wt.data[k] = 0;
}

/** The row, among an even sample, whose residual has the largest positive part, and that part [p]. */
function worstRow(
  a: Matrix,
  u: Matrix,
  w: Matrix,
  isSigned: boolean,
): { row: number; direction: Float64Array } | undefined {
  const stride = Math.max(1, Math.floor(a.rows / MAX_ROWS));
  const residual = new Float64Array(a.cols);
  let best: { row: number; direction: Float64Array } | undefined;
  let bestEnergy = 0;
  for (let row = 0; row < a.rows; row += stride) {
    residualRow(a, u, w, row, residual);
    let energy = 0;
    let total = 0;
    for (let j = 0; j < a.cols; j++) {
      if (residual[j] > 0 || isSigned) energy += residual[j] ** 2;
      total += a.data[row * a.cols + j] ** 2;
    }
    if (energy <= NEGLIGIBLE * total || energy <= bestEnergy) continue;
    bestEnergy = energy;
    best = { row, direction: residual.map((value) => (isSigned ? value : Math.max(value, 0))) };
  }
  return best;
}
