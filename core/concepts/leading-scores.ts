import type { RowScores } from '../factorization/refine-objective.ts';
import { matrix, type Matrix } from '../linalg/matrix.ts';
import { transpose } from '../linalg/transpose.ts';
import type { Model } from '../onnx/graph.ts';
import { specialiseHead } from '../onnx/specialise.ts';
import type { BoundMatrix, Gemm, SessionFactory } from '../platform.ts';
import type { LayerRecord } from './explanation.ts';
import { openHead, type HeadOnRows } from './head-on-rows.ts';
import { channelsOf, positionsOf } from './latent-rows.ts';

/** Scores of the head for reconstructions; opened for a while, then disposed of. */
export interface LeadingScores extends RowScores {
  /** Do scores and gradients follow in closed form, without a pass through the head? */
  readonly isAffine: boolean;
  /** Rows of whole images [m · positions, p] -> scores [m, K]. */
  ofRows(rows: Matrix): Promise<Matrix>;
  dispose(): Promise<void>;
}

/** The scores that are largest in the mean over some images [m, columns], at most so many, in rising order of the column. */
export function leadingColumns({ rows, cols, data }: Matrix, most: number): number[] {
  const means = new Float64Array(cols);
  data.forEach((value, i) => (means[i % cols] += value / rows));
  const order = Array.from(means.keys()).sort((a, b) => means[b] - means[a]);
  return order.slice(0, most).sort((a, b) => a - b);
}

/**
 * Some scores of the head as functions of reconstructions, with their gradients. Where the head is affine (a mean over
 * positions and a linear layer, say) its gradient is taken once and everything follows in closed form from U and W, without
 * the reconstructions; else by its backward graph.
 *
 * Throws  TesseraError 'unsupported-operator' or 'not-differentiable' where the head has no backward graph.
 */
export async function openLeadingScores(
  head: Model,
  layer: LayerRecord,
  columns: readonly number[],
  device: { readonly sessions: SessionFactory; readonly gemm: Gemm; readonly fixedBatch?: boolean },
): Promise<LeadingScores> {
  const own = await openHead(head, layer, columns, device);
  const { isAffine } = specialiseHead(head, { latentDims: layer.shape, classIndex: 'all' });
  const scores = isAffine
    ? await affineScores(own, layer, columns.length, device.gemm)
    : graphScores(own, device.gemm);
  return { ...scores, isAffine, ofRows: (rows) => own.values(rows), dispose: () => own.dispose() };
}

/** By the head itself, on U·W. */
function graphScores(head: HeadOnRows, gemm: Gemm): RowScores {
  let last: { readonly u: Matrix; readonly product: Promise<Matrix> } | undefined;
  // Gradients are asked for where values were, so that one product serves both.
  const rebuilt = (u: Matrix, bank: Matrix): Promise<Matrix> => {
    if (last?.u !== u)
      last = { u, product: withBound(gemm, u, (bound) => bound.timesTransposed(transpose(bank))) };
    return last.product;
  };
  return {
    values: async (u, bank) => head.values(await rebuilt(u, bank)),
    gradient: async (u, bank, cotangents) => {
      const moved = await head.gradient(await rebuilt(u, bank), cotangents);
      return withBound(gemm, moved, async (bound) => ({
        byCodes: await bound.timesTransposed(bank),
        byBank: await bound.transposedTimes(u),
      }));
    },
  };
}

async function withBound<T>(gemm: Gemm, a: Matrix, work: (bound: BoundMatrix) => Promise<T>): Promise<T> {
  const bound = await gemm.bind(a);
  try {
    return await work(bound);
  } finally {
    await bound.dispose();
  }
}

/** With H [K · positions, p] the gradient of the scores: h_k(U·W) = h_k(0) + Σ over positions and concepts of u · (H·Wᵀ). */
async function affineScores(head: HeadOnRows, layer: LayerRecord, k: number, gemm: Gemm): Promise<RowScores> {
  const positions = positionsOf(layer);
  const zeros = matrix(k * positions, channelsOf(layer));
  const unit = matrix(k, k);
  for (let i = 0; i < k; i++) unit.data[i * k + i] = 1;
  const slopes = await head.gradient(zeros, unit);
  const offset = (await head.values(matrix(positions, zeros.cols))).data;
  const along = (bank: Matrix): Promise<Matrix> =>
    withBound(gemm, slopes, (bound) => bound.timesTransposed(bank));
  const ofImages = ({ rows, cols, data }: Matrix): Matrix => matrix(rows / positions, positions * cols, data);
  return {
    async values(u, bank) {
      const t = ofImages(await along(bank));
      const result = await withBound(gemm, ofImages(u), (bound) => bound.timesTransposed(t));
      const data = result.data.map((value, at) => value + offset[at % k]);
      return matrix(result.rows, k, data);
    },
    async gradient(u, bank, cotangents) {
      const t = ofImages(await along(bank));
      const byCodes = await withBound(gemm, t, (bound) => bound.transposedTimes(transpose(cotangents)));
      const weighted = await withBound(gemm, ofImages(u), (bound) => bound.transposedTimes(cotangents));
      const own = matrix(k * positions, u.cols, weighted.data);
      const byBank = await withBound(gemm, slopes, (bound) => bound.transposedTimes(own));
      return { byCodes: matrix(u.rows, u.cols, byCodes.data), byBank };
    },
  };
}
