import { invariant } from '../errors.ts';
import { gramOfColumns, gramOfRows } from '../linalg/gram.ts';
import { matrix, rowView, type Matrix } from '../linalg/matrix.ts';
import { innerProduct } from '../linalg/norms.ts';
import type { BoundMatrix, Gemm } from '../platform.ts';
import { bindRows } from './bound-rows.ts';
import { codesOfBound } from './sparse-codes.ts';
import type { CodedBank } from '../linalg/coded-bank.ts';
import { patternsOf, solveOn } from './support-patterns.ts';

/** What the model makes of reconstructions U·W, rows of whole images, for a few of its scores. */
export interface RowScores {
  /** U [m · positions, r], W [r, p] -> scores [m, K]. */
  values(coefficients: Matrix, bank: Matrix): Promise<Matrix>;
  /** With g [m · positions, p] the cotangent of U·W for cotangents [m, K] of the scores: g·Wᵀ [m · positions, r] and Uᵀ·g [r, p]. */
  gradient(
    coefficients: Matrix,
    bank: Matrix,
    cotangents: Matrix,
  ): Promise<{ readonly byCodes: Matrix; readonly byBank: Matrix }>;
}

/** Some whole images: their activations A [m · positions, p], scores h(A) [m, K], and how much each score counts [m, K]. */
export interface ScoredRows {
  readonly rows: Matrix;
  readonly scores: Matrix;
  /** See `weightsByScore` and `weightsByClass`. */
  readonly weights: Matrix;
}

/** How far a bank stands in for the activations, and for what the model makes of them: shares of the variation that are lost. */
export interface StandInErrors {
  /** ‖A - U·W‖² / ‖A - mean(A)‖². */
  readonly activations: number;
  /** Σ w (h(A) - h(U·W))² / Σ w (h(A) - mean h(A))², w the weights of the scores. */
  readonly scores: number;
}

/** A bank, its codes of the rows, and what became of them. */
export interface StandIn {
  readonly bank: CodedBank;
  readonly coefficients: Matrix;
  readonly support: Uint8Array;
  /** h(U·W) [m, K]. */
  readonly values: Matrix;
  readonly errors: StandInErrors;
}

/** The two errors of banks as functions of their directions, on some images. */
export interface RefineObjective {
  /** Curvature of E_a along each concept at given codes, [r]: what a step is measured by. */
  curvatures(point: StandIn): Float64Array;
  at(bank: CodedBank): Promise<StandIn>;
  /** Derivative of `activations + weight · scores` by the directions [r, p], where the codes follow them. */
  gradient(point: StandIn, weight: number): Promise<Matrix>;
  dispose(): Promise<void>;
}

/**
 * Opens the objective of a refinement: with U(W) the codes of the rows in the bank, `codesOf`,
 * E_a(W) = ‖A - U(W)·W‖² / ‖A - mean(A)‖² and E_h(W) = Σ_ik w_ik (h_k(A_i) - h_k(U(W)·W)_i)² / Σ_ik w_ik (h_k(A_i) - mean_k)².
 *
 * Gradient  of E_a the partial one, since the codes minimise it; of E_h, with g its cotangent at U·W, that of U·W given U,
 *           Uᵀ·g, and that through the codes by the derivative on their active sets (see `nnlsDerivative`): with
 *           q = (W_S·W_Sᵀ)⁻¹·(g·Wᵀ)_S in every row, Qᵀ·(A - U·W) - Uᵀ·Q·W.
 * Limits    where a support is about to change the derivative is one-sided. Sums of products in float32 through `gemm`;
 *           not through the toolkit of tfjs-implicit: h and its gradient run on ONNX Runtime, and to carry [n, p]
 *           to another runtime at each step would cost more than the products.
 */
export async function openRefineObjective(
  { rows, scores, weights }: ScoredRows,
  model: RowScores,
  gemm: Gemm,
): Promise<RefineObjective> {
  const bound = await bindRows(rows, gemm);
  const norm = bound.norms.reduce((sum, own) => sum + own, 0);
  const spread = { activations: variationOf(rows), scores: weightedVariation(scores, weights) };
  return {
    async at(bank) {
      const { coefficients, support } = await codesOfBound(bound, bank);
      const values = await model.values(coefficients, bank);
      const errors = {
        activations: (await squaredError(bound.products, norm, coefficients, bank)) / spread.activations,
        scores: weightedDistance(scores, values, weights) / spread.scores,
      };
      return { bank, coefficients, support, values, errors };
    },
    async gradient(point, weight) {
      const cotangents = matrix(scores.rows, scores.cols);
      const scale = (2 * weight) / spread.scores;
      scores.data.forEach((own, i) => {
        cotangents.data[i] = scale * weights.data[i] * (point.values.data[i] - own);
      });
      const moved = await model.gradient(point.coefficients, point.bank, cotangents);
      return gradientOf(point, bound.products, moved, spread.activations);
    },
    curvatures({ coefficients: { data, cols } }) {
      const sums = new Float64Array(cols);
      for (let i = 0; i < data.length; i++) sums[i % cols] += (2 / spread.activations) * data[i] ** 2;
      return sums;
    },
    dispose: () => bound.dispose(),
  };
}

/** ‖A - U·W‖² = ‖A‖² - 2 ⟨UᵀA, W⟩ + ⟨UᵀU, W·Wᵀ⟩. */
async function squaredError(bound: BoundMatrix, norm: number, u: Matrix, bank: Matrix): Promise<number> {
  const cross = innerProduct((await bound.transposedTimes(u)).data, bank.data);
  return norm - 2 * cross + innerProduct(gramOfColumns(u), gramOfRows(bank));
}

async function gradientOf(
  { bank, coefficients: u, support }: StandIn,
  bound: BoundMatrix,
  { byCodes, byBank }: { readonly byCodes: Matrix; readonly byBank: Matrix },
  spread: number,
): Promise<Matrix> {
  const [r, p] = [bank.rows, bank.cols];
  const both = besides(u, solvedOnSupports(bank, support, byCodes));
  const products = await bound.transposedTimes(both);
  const gram = gramOfColumns(both);
  const result = matrix(r, p);
  for (let k = 0; k < r; k++) {
    const own = rowView(result, k);
    // -2 (UᵀA - UᵀU W) / spread + Uᵀg + QᵀA - (QᵀU + UᵀQ) W
    for (let j = 0; j < p; j++) {
      const [ua, qa] = [products.data[k * p + j], products.data[(r + k) * p + j]];
      own[j] = (-2 / spread) * ua + qa + byBank.data[k * p + j];
    }
    for (let i = 0; i < r; i++) {
      const [uu, qu, uq] = [gram[k * 2 * r + i], gram[(r + k) * 2 * r + i], gram[k * 2 * r + r + i]];
      const weight = (2 / spread) * uu - qu - uq;
      if (weight === 0) continue;
      for (let j = 0; j < p; j++) own[j] += weight * bank.data[i * p + j];
    }
  }
  return result;
}

/** (W_S·W_Sᵀ)⁻¹·b_S of every row, zero off its support. */
function solvedOnSupports(bank: Matrix, support: Uint8Array, b: Matrix): Matrix {
  const r = bank.rows;
  const result = matrix(b.rows, r);
  patternsOf(gramOfRows(bank), r, support).forEach((pattern, row) => {
    const solved = solveOn(pattern, (k) => b.data[row * r + k]);
    if (solved) pattern.indices.forEach((k, i) => (result.data[row * r + k] = solved[i]));
  });
  return result;
}

/** [x | y]. */
function besides(x: Matrix, y: Matrix): Matrix {
  const result = matrix(x.rows, x.cols + y.cols);
  for (let row = 0; row < x.rows; row++) {
    result.data.set(rowView(x, row), row * result.cols);
    result.data.set(rowView(y, row), row * result.cols + x.cols);
  }
  return result;
}

/** Mean of each column. */
export function columnMeans({ rows, cols, data }: Matrix): Float64Array {
  const means = new Float64Array(cols);
  for (let i = 0; i < data.length; i++) means[i % cols] += data[i] / rows;
  return means;
}

function variationOf(a: Matrix): number {
  return weightedVariation(a, matrix(a.rows, a.cols, new Float32Array(a.data.length).fill(1)));
}

function weightedVariation(a: Matrix, weights: Matrix): number {
  const means = columnMeans(a);
  let sum = 0;
  for (let i = 0; i < a.data.length; i++) sum += weights.data[i] * (a.data[i] - means[i % a.cols]) ** 2;
  return sum;
}

function weightedDistance(a: Matrix, b: Matrix, weights: Matrix): number {
  invariant(a.data.length === b.data.length, 'refine: scores of other images');
  let sum = 0;
  for (let i = 0; i < a.data.length; i++) sum += weights.data[i] * (a.data[i] - b.data[i]) ** 2;
  return sum;
}
