import { codesOf } from '../factorization/sparse-codes.ts';
import type { CodedBank } from '../linalg/coded-bank.ts';
import { matrix, type Matrix } from '../linalg/matrix.ts';
import { codeIteration, type CodeIteration } from './code-iteration.ts';

/** How many steps a bank's codes take, as measured on rows of activations. */
export interface StepChoice {
  readonly steps: number;
  /** Largest difference from the exact codes after so many, relative to the largest amount of the concept in these rows. */
  readonly error: number;
  /** 'not-reached': the error is above the tolerance after the most steps that are allowed. */
  readonly status: 'reached' | 'not-reached';
  /** Rows that it was measured on. */
  readonly rows: number;
}

/** How well codes are to be found. */
export interface StepOptions {
  /** Relative to the largest amount of each concept. @default 1e-3 */
  readonly tolerance?: number;
  /** @default 96 */
  readonly most?: number;
  readonly signal?: AbortSignal;
}

/** Steps are taken until the error is below this share of the tolerance: other pictures than the measured ones come, too. */
const MARGIN = 1 / 3;

/**
 * The fewest steps after which the codes of rows A [n, p] differ from the exact ones (`codesOf`) by less than a third of the
 * tolerance. A concept that none of the rows has is measured by the largest amount of any. For other rows the error falls by
 * the same factor a step (`CodeIteration.contraction`), but may start higher.
 *
 * Throws as {@link codeIteration} and `codesOf`; the signal's reason when aborted.
 */
export async function chooseSteps(
  activations: Matrix,
  bank: CodedBank,
  { tolerance = 1e-3, most = 96, signal }: StepOptions = {},
): Promise<StepChoice> {
  const iteration = codeIteration(bank);
  const { coefficients: exact } = await codesOf(activations, bank, signal === undefined ? {} : { signal });
  const { rows } = activations;
  const unit = unitsOf(exact);
  const c = product(activations, iteration.input);
  let z = product(c, iteration.start);
  let [error, steps] = [errorOf(z, iteration, exact, unit), 0];
  while (!(error <= MARGIN * tolerance) && steps < most) {
    signal?.throwIfAborted();
    z = stepped(z, iteration.step, c);
    error = errorOf(z, iteration, exact, unit);
    steps++;
  }
  return { steps, error, status: error <= tolerance ? 'reached' : 'not-reached', rows };
}

/** What an error of each concept is measured by, [r]: its largest amount, or that of any where no row has it. */
function unitsOf({ rows, cols, data }: Matrix): Float64Array {
  const largest = new Float64Array(cols);
  for (let row = 0, at = 0; row < rows; row++)
    for (let k = 0; k < cols; k++, at++) largest[k] = Math.max(largest[k], data[at]);
  const any = Math.max(...largest);
  return largest.map((value) => (value > 0 ? value : any > 0 ? any : 1));
}

/** A·B, with sums in float64. */
function product({ rows, cols, data }: Matrix, b: Matrix): Matrix {
  const out = matrix(rows, b.cols);
  const sums = new Float64Array(b.cols);
  for (let row = 0; row < rows; row++) {
    sums.fill(0);
    for (let k = 0; k < cols; k++) {
      const value = data[row * cols + k];
      if (value === 0) continue;
      for (let j = 0; j < b.cols; j++) sums[j] += value * b.data[k * b.cols + j];
    }
    out.data.set(sums, row * b.cols);
  }
  return out;
}

function stepped(z: Matrix, step: Matrix, c: Matrix): Matrix {
  const out = product(matrix(z.rows, z.cols, z.data.map(Math.abs)), step);
  for (let i = 0; i < out.data.length; i++) out.data[i] += c.data[i];
  return out;
}

function errorOf(z: Matrix, { scale }: CodeIteration, exact: Matrix, unit: Float64Array): number {
  let worst = 0;
  for (let i = 0; i < z.data.length; i++) {
    const k = i % z.cols;
    worst = Math.max(worst, Math.abs(Math.max(z.data[i], 0) * scale[k] - exact.data[i]) / unit[k]);
  }
  return worst;
}
