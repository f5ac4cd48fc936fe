import type { CodedBank } from '../linalg/coded-bank.ts';
import { gramOfRows } from '../linalg/gram.ts';
import { matrix, rowView, type Matrix } from '../linalg/matrix.ts';
import { plainGemm } from '../linalg/plain-gemm.ts';
import { bindRows, type BoundRows } from './bound-rows.ts';
import { nnlsOf, requireFits, type NnlsOptions, type NnlsSolution } from './nnls.ts';
import { Pursuit } from './pursuit.ts';

/** Rows coded between two looks at the signal. */
const ROWS_BETWEEN_CHECKS = 4096;

/**
 * Codes of every row of A [n, p] by a bank, as its kind has them: the one place that finds the amounts of concepts.
 *
 * Without a limit, or with one that cannot bind, exact non-negative least squares (`nnls`). With one, a matching
 * pursuit chooses the atoms (`Pursuit`) and the amounts on them are exact; KKT residual and status then speak of
 * the chosen atoms alone. Throws as `nnls`.
 */
export async function codesOf(
  activations: Matrix,
  bank: CodedBank,
  { gemm = plainGemm, signal }: NnlsOptions = {},
): Promise<NnlsSolution> {
  const bound = await bindRows(activations, gemm);
  try {
    return await codesOfBound(bound, bank, signal);
  } finally {
    await bound.dispose();
  }
}

/** As {@link codesOf}, of rows that are bound already. */
export function codesOfBound(bound: BoundRows, bank: CodedBank, signal?: AbortSignal): Promise<NnlsSolution> {
  const { active = Infinity } = bank;
  return active >= bank.rows ? nnlsOf(bound, bank, signal) : pursued(bound, bank, active, signal);
}

async function pursued(
  { products }: BoundRows,
  bank: Matrix,
  active: number,
  signal: AbortSignal | undefined,
): Promise<NnlsSolution> {
  requireFits(products, bank);
  const { rows: n } = products;
  const { rows: r } = bank;
  const correlation = await products.timesTransposed(bank);
  const pursuit = new Pursuit(gramOfRows(bank), r, active);
  const coefficients = matrix(n, r);
  const support = new Uint8Array(n * r);
  for (let row = 0; row < n; row++) {
    if (row % ROWS_BETWEEN_CHECKS === 0) signal?.throwIfAborted();
    pursuit.solve(rowView(correlation, row));
    const { atoms, amounts, count } = pursuit.chosen;
    for (let i = 0; i < count; i++) {
      coefficients.data[row * r + atoms[i]] = amounts[i];
      support[row * r + atoms[i]] = 1;
    }
  }
  return { coefficients, support, status: 'optimal', maxKktResidual: 0 };
}
