import { invariant } from '../errors.ts';
import type { Matrix } from '../linalg/matrix.ts';
import { squaredResidual, squaredRowNorms } from '../linalg/norms.ts';

/** How much of the activations a factorisation leaves out. */
export interface ReconstructionError {
  /**
   * 1 - ‖A - UW‖² / ‖A - M‖², where every row of M holds the channels' means over the rows: the share of the
   * activations' variation that the concepts account for. At most 1; below 0 is worse than the means.
   */
  readonly r2: number;
  /** ‖A - UW‖ / ‖A‖: 0 is perfect, 1 no better than nothing. */
  readonly relativeError: number;
}

/**
 * How well concepts reconstruct activations, A ≈ UW, over all rows and channels.
 *
 * Shapes  activations A [n, p], coefficients U [n, r], concept bank W [r, p]; throws BugError when they do not fit.
 * Where A does not vary (or is zero), r2 (or relativeError) has no denominator: 1 (0) for a perfect reconstruction, else 0
 * (1), so that both remain finite.
 * Limits  O(n·p·r) in float64, one row of UW in memory at a time; differences are taken before squares, so that a
 *         nearly perfect reconstruction keeps its digits.
 */
export function reconstructionError(
  activations: Matrix,
  coefficients: Matrix,
  conceptBank: Matrix,
): ReconstructionError {
  const [n, p, r] = [activations.rows, activations.cols, coefficients.cols];
  invariant(
    coefficients.rows === n && conceptBank.rows === r && conceptBank.cols === p,
    `reconstructionError: [${n}, ${p}] is not approximated by [${coefficients.rows}, ${r}] · [${conceptBank.rows}, ${conceptBank.cols}]`,
  );
  const residual = squaredResidual(activations, coefficients, conceptBank);
  const total = squaredRowNorms(activations).reduce((sum, norm) => sum + norm, 0);
  const variation = squaredVariation(activations);
  return {
    r2: variation > 0 ? 1 - residual / variation : residual === 0 ? 1 : 0,
    relativeError: total > 0 ? Math.sqrt(residual / total) : residual === 0 ? 0 : 1,
  };
}

/** Sum over channels of the squared deviations from the channel's mean; exactly 0 where no channel varies. */
function squaredVariation({ rows, cols, data }: Matrix): number {
  // Counted from the first row, the values of a constant channel and their mean are exact zeros.
  const means = new Float64Array(cols);
  for (let k = 0; k < data.length; k++) means[k % cols] += (data[k] - data[k % cols]) / rows;
  let sum = 0;
  for (let k = 0; k < data.length; k++) sum += (data[k] - data[k % cols] - means[k % cols]) ** 2;
  return sum;
}
