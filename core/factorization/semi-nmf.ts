import { choleskyFactor, choleskySolve } from '../linalg/cholesky.ts';
import { matrix, type Matrix } from '../linalg/matrix.ts';
import { transpose } from '../linalg/transpose.ts';
import { allZero, descend, finish, type BankRule } from './descent.ts';
import {
  checkOptions,
  scanActivations,
  type Factorization,
  type FactorizationOptions,
} from './factorization.ts';
import { kMeans } from './k-means.ts';

/** Ridge on a singular Gram matrix of coefficients, relative to its diagonal. */
const RIDGE = 1e-9;

/** Directions of free sign: exact least squares. */
export const SIGNED: BankRule = { isSigned: true, update: leastSquaresBank };

/**
 * Semi-NMF, for activations of either sign: minimises ½‖A - U·W‖² over U >= 0 and W of free sign.
 *
 * Shapes   A activations [n, p] finite; U coefficients [n, r]; W concept bank [r, p] with unit rows.
 * Method   k-means start; coefficients by HALS, bank by exact least squares, extrapolated as in `nmf`.
 * Status, throws and limits as for `nmf`, except that negative entries are welcome.
 * Source   the model is that of Ding, Li & Jordan 2010, §2; alternating exact steps replace its multiplicative
 *          rule, which converges far more slowly.
 */
export async function semiNmf(activations: Matrix, options: FactorizationOptions): Promise<Factorization> {
  checkOptions('semiNmf', activations, options);
  const { squaredNorm } = scanActivations('semiNmf', activations, { nonNegative: false });
  const { nComponents, gemm, seed = 0 } = options;
  if (squaredNorm === 0) return allZero(activations, nComponents);
  const bound = await gemm.bind(activations);
  try {
    const { labels, centers } = await kMeans(activations, bound, { k: nComponents, seed });
    const start = { u: membership(labels, nComponents), wt: transpose(centers), loss: Infinity };
    const descent = await descend(activations, bound, squaredNorm, SIGNED, options, start);
    return finish(activations, squaredNorm, descent);
  } finally {
    await bound.dispose();
  }
}

function membership(labels: Int32Array, k: number): Matrix {
  const u = matrix(labels.length, k);
  labels.forEach((label, row) => (u.data[row * k + label] = 1));
  return u;
}

/** Wᵀ = (UᵀA)ᵀ·(UᵀU)⁻¹; components without coefficients become zero. Returns the squared gradient before. */
function leastSquaresBank(wt: Matrix, correlation: Matrix, gram: Float64Array): number {
  const r = wt.cols;
  const live = Array.from({ length: r }, (_, k) => k).filter((k) => gram[k * r + k] > 0);
  const size = live.length;
  const l = choleskyOf(gram, r, live);
  const x = new Float64Array(size);
  let squaredGradient = 0;
  for (let base = 0; base < wt.data.length; base += r) {
    for (const k of live) {
      let gradient = -correlation.data[base + k];
      for (const j of live) gradient += gram[k * r + j] * wt.data[base + j];
      squaredGradient += gradient ** 2 / gram[k * r + k];
    }
    for (let i = 0; i < size; i++) x[i] = correlation.data[base + live[i]];
    choleskySolve(l, size, x);
    wt.data.fill(0, base, base + r);
    for (let i = 0; i < size; i++) wt.data[base + live[i]] = x[i];
  }
  return squaredGradient;
}

function choleskyOf(gram: Float64Array, r: number, live: readonly number[]): Float64Array {
  const size = live.length;
  const part = (ridge: number): Float64Array =>
    Float64Array.from({ length: size * size }, (_, index) => {
      const [i, j] = [live[Math.floor(index / size)], live[index % size]];
      return gram[i * r + j] * (i === j ? 1 + ridge : 1);
    });
  const l = part(0);
  if (choleskyFactor(l, size)) return l;
  const regularized = part(RIDGE);
  choleskyFactor(regularized, size, 0);
  return regularized;
}
