import { BugError, TesseraError } from '../errors.ts';
import { gramOfRows } from '../linalg/gram.ts';
import { matrix, rowView, type Matrix } from '../linalg/matrix.ts';
import { plainGemm } from '../linalg/plain-gemm.ts';
import type { Gemm } from '../platform.ts';
import { bindRows, type BoundRows } from './bound-rows.ts';
import { sweepRows } from './hals.ts';
import { createPassiveSetSolver, type PassiveSetSolver } from './passive-set.ts';

export interface NnlsOptions {
  /** Runs the product A·Wᵀ. @default plain code, with sums in float64 */
  readonly gemm?: Gemm;
  readonly signal?: AbortSignal;
}

/** Coefficients of activations in a fixed concept bank. */
export interface NnlsSolution {
  /** U [n, r] >= 0. */
  readonly coefficients: Matrix;
  /** Passive sets [n · r]: 1 where the coefficient is free, 0 where it is held at zero. */
  readonly support: Uint8Array;
  /**
   * 'optimal'; 'regularized': the bank's rows are linearly dependent, a relative ridge of 1e-9 chose among the many
   * solutions; 'inexact': the KKT residual of some row is above 1e-6.
   */
  readonly status: 'optimal' | 'regularized' | 'inexact';
  /**
   * Largest violation of the KKT conditions over all rows and concepts, dimensionless:
   * |gradient| on the support and -gradient off it, over ‖a‖·‖w_k‖.
   */
  readonly maxKktResidual: number;
}

const KKT_TOLERANCE = 1e-6;
/** Sweeps of coordinate descent after which most rows have the support of the solution, at a tenth of its cost. */
const GUESS_SWEEPS = 8;
/** Rows solved between two looks at the signal. */
const ROWS_BETWEEN_CHECKS = 4096;

/**
 * Exact coefficients of every row of A [n, p] in a bank W [r, p]: u = argmin ½‖a - u·W‖² over u >= 0.
 *
 * A and W may have either sign. Works on W·Wᵀ (float64) and A·Wᵀ only. Source: block principal pivoting, see
 * `createPassiveSetSolver`. Throws TesseraError 'bad-tensor' for entries of A or W that are not finite, or widths
 * that differ; the signal's reason when aborted. Limits: squares the bank's condition number.
 */
export async function nnls(
  activations: Matrix,
  conceptBank: Matrix,
  { gemm = plainGemm, signal }: NnlsOptions = {},
): Promise<NnlsSolution> {
  const bound = await bindRows(activations, gemm);
  try {
    return await nnlsOf(bound, conceptBank, signal);
  } finally {
    await bound.dispose();
  }
}

/** As {@link nnls}, of rows that are bound already. */
export async function nnlsOf(
  { products, norms }: BoundRows,
  conceptBank: Matrix,
  signal?: AbortSignal,
): Promise<NnlsSolution> {
  requireFits(products, conceptBank);
  return solveRows(norms, conceptBank, await products.timesTransposed(conceptBank), signal);
}

/** Throws TesseraError 'bad-tensor' unless the bank is finite and as wide as the activations. */
export function requireFits({ cols }: Pick<Matrix, 'cols'>, conceptBank: Matrix): void {
  if (cols !== conceptBank.cols) {
    throw new TesseraError(
      'bad-tensor',
      `nnls: activations have ${cols} channels, but the concept bank has ${conceptBank.cols}`,
      { hint: 'Use the bank with activations of the layer it was made for.' },
    );
  }
  if (!conceptBank.data.every(Number.isFinite)) {
    throw new TesseraError('bad-tensor', 'nnls: the concept bank must be finite');
  }
}

function solveRows(
  rowNorms: Float64Array,
  w: Matrix,
  correlation: Matrix,
  signal: AbortSignal | undefined,
): NnlsSolution {
  const n = rowNorms.length;
  const { rows: r } = w;
  if (correlation.rows !== n || correlation.cols !== r)
    throw new BugError('nnls: product of the wrong shape');
  const gram = gramOfRows(w);
  const solver = createPassiveSetSolver(gram, r);
  const near = matrix(n, r);
  sweepRows(near, correlation, gram, GUESS_SWEEPS);
  const coefficients = matrix(n, r);
  const support = new Uint8Array(n * r);
  const c = new Float64Array(r);
  let maxKktResidual = 0;
  for (let row = 0; row < n; row++) {
    if (row % ROWS_BETWEEN_CHECKS === 0) signal?.throwIfAborted();
    c.set(rowView(correlation, row));
    const solution = solver.solve(c, rowView(near, row));
    coefficients.data.set(solution.x, row * r);
    support.set(solution.support, row * r);
    maxKktResidual = Math.max(maxKktResidual, kktResidual(gram, c, solution.x, Math.sqrt(rowNorms[row])));
  }
  return { coefficients, support, status: statusOf(solver, maxKktResidual), maxKktResidual };
}

function statusOf(solver: PassiveSetSolver, maxKktResidual: number): NnlsSolution['status'] {
  if (!(maxKktResidual <= KKT_TOLERANCE)) return 'inexact';
  return solver.isRegularized ? 'regularized' : 'optimal';
}

/** Largest KKT violation of one row, each concept relative to ‖a‖·‖w_k‖. */
function kktResidual(gram: Float64Array, c: Float64Array, x: Float64Array, rowNorm: number): number {
  const r = c.length;
  let worst = 0;
  for (let k = 0; k < r; k++) {
    let gradient = -c[k];
    for (let j = 0; j < r; j++) gradient += gram[k * r + j] * x[j];
    const violation = x[k] > 0 ? Math.abs(gradient) : Math.max(-gradient, 0);
    const unit = rowNorm * Math.sqrt(gram[k * r + k]);
    if (violation > 0 && unit > 0) worst = Math.max(worst, violation / unit);
  }
  return worst;
}
