import { matrix, type Matrix } from '../linalg/matrix.ts';
import type { BoundMatrix } from '../platform.ts';
import { truncatedSvd } from './truncated-svd.ts';

/** Non-negative starting factors: coefficients [n, r] and concept bank [r, p]. */
export interface FactorPair {
  readonly coefficients: Matrix;
  readonly conceptBank: Matrix;
}

/** Entries below this are taken for zero before they are filled. */
const SMALL = 1e-6;

/**
 * NNDSVDa start for NMF: the r leading singular triplets, of each the dominant non-negative half, zeros replaced by
 * the mean of A so that no entry is stuck.
 *
 * Source: Boutsidis & Gallopoulos 2008, §2 and variant 'a'. The SVD is randomised: same seed, same factors.
 */
export async function nndsvd(
  bound: BoundMatrix,
  { nComponents, mean, seed }: { nComponents: number; mean: number; seed: number },
): Promise<FactorPair> {
  const { rows: n, cols: p } = bound;
  const svd = await truncatedSvd(bound, nComponents, { seed });
  const coefficients = matrix(n, nComponents);
  const conceptBank = matrix(nComponents, p);
  for (let c = 0; c < nComponents; c++) {
    const left = svd.left.subarray(c * n, (c + 1) * n);
    const right = svd.right.subarray(c * p, (c + 1) * p);
    const { sign, leftScale, rightScale } = dominantHalf(left, right, svd.values[c]);
    for (let i = 0; i < n; i++)
      coefficients.data[i * nComponents + c] = filled(left[i] * sign * leftScale, mean);
    for (let j = 0; j < p; j++) conceptBank.data[c * p + j] = filled(right[j] * sign * rightScale, mean);
  }
  return { coefficients, conceptBank };
}

function filled(value: number, mean: number): number {
  return value > SMALL ? value : mean;
}

/** Of u·vᵀ the positive or the negative halves of both vectors, whichever carries more, and their scales. */
function dominantHalf(left: Float64Array, right: Float64Array, singularValue: number) {
  const [leftPositive, leftNegative] = halfNorms(left);
  const [rightPositive, rightNegative] = halfNorms(right);
  const positive = leftPositive * rightPositive;
  const negative = leftNegative * rightNegative;
  const sign = positive >= negative ? 1 : -1;
  const leftNorm = sign > 0 ? leftPositive : leftNegative;
  const rightNorm = sign > 0 ? rightPositive : rightNegative;
  const weight = Math.sqrt(singularValue * leftNorm * rightNorm);
  return {
    sign,
    leftScale: leftNorm > 0 ? weight / leftNorm : 0,
    rightScale: rightNorm > 0 ? weight / rightNorm : 0,
  };
}

function halfNorms(vector: Float64Array): [positive: number, negative: number] {
  let positive = 0;
  let negative = 0;
  for (const value of vector) {
    if (value > 0) positive += value * value;
    else negative += value * value;
  }
  return [Math.sqrt(positive), Math.sqrt(negative)];
}
