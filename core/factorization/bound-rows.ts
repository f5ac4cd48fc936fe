import type { Matrix } from '../linalg/matrix.ts';
import { squaredRowNorms } from '../linalg/norms.ts';
import type { BoundMatrix, Gemm } from '../platform.ts';
import { scanActivations } from './factorization.ts';

/** Activation rows A [n, p] that were checked and bound once, for their codes in one bank after another. */
export interface BoundRows {
  readonly products: BoundMatrix;
  /** ‖a‖² of every row, [n]. */
  readonly norms: Float64Array;
  dispose(): Promise<void>;
}

/** Binds rows of either sign. Throws TesseraError 'bad-tensor' for entries that are not finite. */
export async function bindRows(rows: Matrix, gemm: Gemm): Promise<BoundRows> {
  scanActivations('nnls', rows, { nonNegative: false });
  const products = await gemm.bind(rows);
  return { products, norms: squaredRowNorms(rows), dispose: () => products.dispose() };
}
