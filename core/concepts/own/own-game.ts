import { codesOf } from '../../factorization/sparse-codes.ts';
import type { CodedBank } from '../../linalg/coded-bank.ts';
import { matrix, rowView, type Matrix } from '../../linalg/matrix.ts';
import { innerProduct } from '../../linalg/norms.ts';
import { orthonormalizeRows } from '../../linalg/orthonormal-rows.ts';
import { rowCosines } from '../../linalg/row-cosines.ts';
import { idOfRow } from '../recursion/concept-tree.ts';
import type { OwnOverlap } from './own-concept.ts';
import { withoutOwn, type OwnDirection } from './own-direction.ts';

/*
 * An own concept plays in the game of the run's concepts as one more player. Its part t·v of the activations is taken
 * first, and the concepts that were found explain what remains:
 *
 *   A = t·v + U′W + ε,   U′ = the non-negative codes of A - t·v
 *
 * which is exact whatever the direction, so that the players add up to what the model sees, as those of the run do, and
 * ε, the rest, is one more of them where it is weighed. What the own concept has in common with found ones counts for it, not
 * for them; how much that is, is told by what they lose. Taken last instead, after A - UW, a concept that was also found
 * would come out as unimportant, and in one joint least squares problem the two would share the amount in any proportion,
 * because they say the same.
 */

/** Directions of the game: those of the bank, then the own one. [r + 1, p]. */
export function bankWithOwn({ rows, cols, data }: Matrix, { direction }: OwnDirection): Matrix {
  const out = matrix(rows + 1, cols);
  out.data.set(data);
  out.data.set(direction, rows * cols);
  return out;
}

/**
 * What each player of the game is in one image.
 *
 * Shapes   rows A [positions, p], amounts t [positions]; returns [positions, r + 1], the own concept last.
 */
export async function codesWithOwn(
  rows: Matrix,
  bank: CodedBank,
  own: OwnDirection,
  amounts: Float32Array,
): Promise<Matrix> {
  const { coefficients } = await codesOf(withoutOwn(rows, own, amounts), bank);
  const r = bank.rows;
  const out = matrix(rows.rows, r + 1);
  for (let row = 0; row < rows.rows; row++) {
    out.data.set(rowView(coefficients, row), row * (r + 1));
    out.data[row * (r + 1) + r] = amounts[row];
  }
  return out;
}

/** What the own direction has in common with those of the bank, whatever the activations. */
export function directionOverlap(
  bank: Matrix,
  { direction }: OwnDirection,
): Pick<OwnOverlap, 'nearest' | 'spanned'> {
  const cosines = rowCosines(bank, matrix(1, bank.cols, direction));
  let best = -1;
  cosines.forEach((cosine, row) => {
    if (!Number.isNaN(cosine) && (best < 0 || cosine > cosines[best])) best = row;
  });
  const span = Float64Array.from(bank.data);
  orthonormalizeRows(span, bank.rows, bank.cols);
  const own = Float64Array.from(direction);
  let spanned = 0;
  for (let row = 0; row < bank.rows; row++) {
    spanned += innerProduct(span.subarray(row * bank.cols, (row + 1) * bank.cols), own) ** 2;
  }
  return {
    ...(best >= 0 && { nearest: { concept: idOfRow(best), cosine: cosines[best] } }),
    spanned: Math.min(1, spanned),
  };
}
