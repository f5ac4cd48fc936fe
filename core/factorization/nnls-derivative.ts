import { BugError } from '../errors.ts';
import type { CodedBank } from '../linalg/coded-bank.ts';
import { choleskySolve } from '../linalg/cholesky.ts';
import { patternsOf, solveOn, type Pattern } from './support-patterns.ts';

/** A row-major real matrix in either precision; a {@link Matrix} is one. */
export interface RealMatrix {
  readonly rows: number;
  readonly cols: number;
  readonly data: Float32Array | Float64Array;
}

/**
 * Size of noise, as a share of ‖a‖, that a row must stand: flagged is where white noise of that size moves a, by one
 * standard deviation, to where a concept comes or goes, and the derivative with it.
 */
const NOISE = 5e-3;

/**
 * Derivative of the non-negative least-squares coefficients U by the activations A and the concept bank W. Results
 * are float64, row-major; n rows, r concepts, p channels.
 */
export interface NnlsDerivative {
  /** 1 for rows close to a change of support, or with nearly collinear concepts on it [n]. */
  readonly nearDegenerate: Uint8Array;
  readonly nearDegenerateCount: number;
  /** Cotangents of U, K after another [K · n · r] -> cotangents of A [K · n · p]. */
  vjp(cotangents: ArrayLike<number>): Float64Array;
  /** Cotangent of U [n · r] -> cotangent of W [r · p]. */
  vjpBank(cotangent: ArrayLike<number>): Float64Array;
  /** Tangents of A [n · p] and W [r · p], moved together (absent: held still) -> tangent of U [n · r]. */
  jvp(tangents: {
    readonly activations?: ArrayLike<number>;
    readonly conceptBank?: ArrayLike<number>;
  }): Float64Array;
}

/**
 * Differentiates u = argmin ½‖a - u·W‖² over u >= 0, row by row, at a known solution.
 *
 * On the support S the solution is the least-squares one, u_S = (W_S W_Sᵀ)⁻¹ W_S a, and off it remains zero, so that
 * ∂u_S/∂a = (W_S W_Sᵀ)⁻¹ W_S in closed form; rows of one support share the factor. Where u and its multiplier are
 * both zero there are only one-sided derivatives: the given support decides, and the row is flagged.
 *
 * Shapes   activations [n, p], conceptBank [r, p], `support` [n · r] as `nnls` gives it.
 * Throws   BugError for shapes that do not fit, or a concept of zeros on a support.
 * Source   implicit function theorem on the reduced KKT system; Golub & Pereyra 1973 for the part by W.
 * Limits   works on W·Wᵀ, which squares the bank's condition number. Of a row that has as many concepts as the bank
 *          allows, the choice is taken as given: that another one would be as good is not flagged.
 */
export function nnlsDerivative(
  activations: RealMatrix,
  conceptBank: RealMatrix & Pick<CodedBank, 'active'>,
  support: Uint8Array,
): NnlsDerivative {
  const { rows: n, cols: p } = activations;
  const r = conceptBank.rows;
  const w = conceptBank.data;
  if (conceptBank.cols !== p || support.length !== n * r) {
    throw new BugError(
      `nnlsDerivative: activations [${n}, ${p}], bank [${r}, ${conceptBank.cols}], support ${support.length}`,
    );
  }
  const gram = gramOf(conceptBank);
  const patterns = patternsOf(gram, r, support);
  const solution = solveRows(activations, conceptBank, gram, patterns);
  const expectLength = (name: string, values: ArrayLike<number>, length: number): void => {
    if (values.length % length !== 0 || values.length === 0)
      throw new BugError(`nnlsDerivative: ${name} of ${values.length} values, expected ${length}`);
  };

  return {
    nearDegenerate: solution.nearDegenerate,
    nearDegenerateCount: solution.nearDegenerate.reduce((sum, flag) => sum + flag, 0),
    vjp(cotangents) {
      expectLength('cotangents', cotangents, n * r);
      const rows = cotangents.length / r;
      const out = new Float64Array(rows * p);
      for (let at = 0; at < rows; at++) {
        const pattern = patterns[at % n];
        const q = solveOn(pattern, (k) => cotangents[at * r + k]);
        if (q !== undefined) addCombination(out, at * p, q, pattern.indices, w, p);
      }
      return out;
    },
    vjpBank(cotangent) {
      expectLength('cotangent', cotangent, n * r);
      const out = new Float64Array(r * p);
      const moved = new Float64Array(p);
      for (let row = 0; row < n; row++) {
        const { indices } = patterns[row];
        const q = solveOn(patterns[row], (k) => cotangent[row * r + k]);
        if (q === undefined) continue;
        addCombination(moved.fill(0), 0, q, indices, w, p);
        for (const [i, k] of indices.entries()) {
          const amount = solution.coefficients[row * r + k];
          for (let j = 0; j < p; j++)
            out[k * p + j] += q[i] * solution.residuals[row * p + j] - amount * moved[j];
        }
      }
      return out;
    },
    jvp({ activations: da, conceptBank: dw }) {
      if (da) expectLength('tangent of the activations', da, n * p);
      if (dw) expectLength('tangent of the bank', dw, r * p);
      const out = new Float64Array(n * r);
      const change = new Float64Array(p);
      for (let row = 0; row < n; row++) {
        const { indices } = patterns[row];
        // δ(W_S a) - δ(W_S W_Sᵀ) u = W_S (δa - δWᵀ u) + δW_S (a - Wᵀ u).
        for (let j = 0; j < p; j++) change[j] = da ? da[row * p + j] : 0;
        if (dw) {
          const minus = Float64Array.from(indices, (k) => -solution.coefficients[row * r + k]);
          addCombination(change, 0, minus, indices, dw, p);
        }
        const du = solveOn(patterns[row], (k) => {
          let sum = 0;
          for (let j = 0; j < p; j++) sum += w[k * p + j] * change[j];
          if (dw) for (let j = 0; j < p; j++) sum += dw[k * p + j] * solution.residuals[row * p + j];
          return sum;
        });
        for (const [i, k] of indices.entries()) out[row * r + k] = du ? du[i] : 0;
      }
      return out;
    },
  };
}

function gramOf({ rows: r, cols: p, data }: RealMatrix): Float64Array {
  const gram = new Float64Array(r * r);
  for (let i = 0; i < r; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = 0; k < p; k++) sum += data[i * p + k] * data[j * p + k];
      gram[i * r + j] = sum;
      gram[j * r + i] = sum;
    }
  }
  return gram;
}

/** out[at …] += Σ_i weights_i · bank[indices_i]. */
function addCombination(
  out: Float64Array,
  at: number,
  weights: Float64Array,
  indices: readonly number[],
  bank: ArrayLike<number>,
  p: number,
): void {
  for (const [i, k] of indices.entries()) {
    const weight = weights[i];
    if (weight === 0) continue;
    for (let j = 0; j < p; j++) out[at + j] += weight * bank[k * p + j];
  }
}

interface Solution {
  /** U in float64 [n · r]. */
  readonly coefficients: Float64Array;
  /** A - U·W [n · p]. */
  readonly residuals: Float64Array;
  readonly nearDegenerate: Uint8Array;
}

function solveRows(
  { rows: n, cols: p, data: a }: RealMatrix,
  { rows: r, data: w, active = Infinity }: RealMatrix & Pick<CodedBank, 'active'>,
  gram: Float64Array,
  patterns: readonly Pattern[],
): Solution {
  const coefficients = new Float64Array(n * r);
  const residuals = Float64Array.from(a);
  const nearDegenerate = new Uint8Array(n);
  for (let row = 0; row < n; row++) {
    const { indices } = patterns[row];
    const u = solveOn(patterns[row], (k) => dot(a, row * p, w, k * p, p)) ?? new Float64Array(indices.length);
    for (const [i, k] of indices.entries()) coefficients[row * r + k] = u[i];
    addCombination(
      residuals,
      row * p,
      u.map((value) => -value),
      indices,
      w,
      p,
    );
    const norm = Math.sqrt(dot(a, row * p, a, row * p, p));
    const isFull = indices.length >= active && active < r;
    const multiplierAt = (k: number) => (isFull ? Infinity : -dot(residuals, row * p, w, k * p, p));
    const margin = marginOf(patterns[row], u, multiplierAt, gram, r);
    // White noise of length NOISE · ‖a‖ is a √p-th of that along any one direction. A row of zeros has no scale.
    const isClose = norm > 0 && margin * Math.sqrt(p) < NOISE * norm;
    nearDegenerate[row] = patterns[row].isIllConditioned || isClose ? 1 : 0;
  }
  return { coefficients, residuals, nearDegenerate };
}

/**
 * Length of the shortest change of a that empties a concept of the support or brings another into it: u_k over the
 * length of its gradient, and each multiplier over the part of its concept that the support cannot make up.
 */
function marginOf(
  { indices, inverse, factor }: Pattern,
  u: Float64Array,
  multiplierAt: (concept: number) => number,
  gram: Float64Array,
  r: number,
): number {
  const s = indices.length;
  let margin = Infinity;
  for (let i = 0; i < s; i++) margin = Math.min(margin, u[i] / Math.sqrt(inverse[i * s + i]));
  const inside = new Set(indices);
  for (let k = 0; k < r; k++) {
    if (inside.has(k) || gram[k * r + k] === 0) continue;
    const along = Float64Array.from(indices, (j) => gram[k * r + j]);
    const solved = along.slice();
    choleskySolve(factor, s, solved);
    const outside = gram[k * r + k] - dot(along, 0, solved, 0, s);
    if (outside > 0) margin = Math.min(margin, multiplierAt(k) / Math.sqrt(outside));
  }
  return margin;
}

function dot(x: ArrayLike<number>, xAt: number, y: ArrayLike<number>, yAt: number, length: number): number {
  let sum = 0;
  for (let j = 0; j < length; j++) sum += x[xAt + j] * y[yAt + j];
  return sum;
}
