import type { Matrix } from '../linalg/matrix.ts';
import { transpose } from '../linalg/transpose.ts';
import { allZero, descend, finish, SWEEPS, type BankRule } from './descent.ts';
import {
  checkOptions,
  scanActivations,
  type Factorization,
  type FactorizationOptions,
} from './factorization.ts';
import { sweepRows } from './hals.ts';
import { nndsvd } from './nndsvd.ts';

/** Directions without negative entries: sweeps of HALS. */
export const NON_NEGATIVE: BankRule = {
  isSigned: false,
  update: (wt, correlation, gram) => sweepRows(wt, correlation, gram, SWEEPS),
};

/**
 * Non-negative factorisation of activations into concepts: minimises ½‖A - U·W‖² over U, W >= 0.
 *
 * Shapes   A activations [n, p] >= 0 and finite; U coefficients [n, r]; W concept bank [r, p] with unit rows.
 * Method   NNDSVDa start; HALS with several sweeps a product (see `sweepRows`), extrapolated between iterations and
 *          taken back whenever the loss would rise, so that the loss never increases; dead concepts started anew.
 * Status   'converged' (projected gradient below `tol` of its start, Lin 2007, or the loss has stopped falling),
 *          'max-iter-reached', 'all-zero' (A is zero, so are the factors), 'non-finite' (the products overflowed).
 * Throws   TesseraError 'bad-usage' for a wrong option, 'bad-tensor' for a negative or non-finite entry of A; the
 *          signal's reason when aborted.
 * Source   Cichocki & Phan 2009; Gillis & Glineur 2012; Ang & Gillis 2019, Alg. 2 (extrapolation).
 * Limits   O(n·p·r) an iteration through `gemm`; a local minimum, as every method for this problem.
 */
export async function nmf(activations: Matrix, options: FactorizationOptions): Promise<Factorization> {
  checkOptions('nmf', activations, options);
  const sums = scanActivations('nmf', activations, { nonNegative: true });
  const { nComponents, gemm, seed = 0 } = options;
  if (sums.squaredNorm === 0) return allZero(activations, nComponents);
  const bound = await gemm.bind(activations);
  try {
    const start = await nndsvd(bound, { nComponents, mean: sums.mean, seed });
    const descent = await descend(activations, bound, sums.squaredNorm, NON_NEGATIVE, options, {
      u: start.coefficients,
      wt: transpose(start.conceptBank),
      loss: Infinity,
    });
    return finish(activations, sums.squaredNorm, descent);
  } finally {
    await bound.dispose();
  }
}
