import { TesseraError } from '../errors.ts';
import type { CodedBank } from '../linalg/coded-bank.ts';
import { gramOfRows } from '../linalg/gram.ts';
import { matrix, type Matrix } from '../linalg/matrix.ts';
import { symmetricEigen } from '../linalg/symmetric-eigen.ts';

/*
 * Non-negative codes by a fixed number of products: u = argmin ‖a - u·W‖² over u >= 0, for a row of activations a [p] and a
 * bank W [r, p], without the branches of an active-set method, so that a graph of plain operators can compute them.
 *
 * With G = W·Wᵀ and b = W·a, the conditions u >= 0, G·u - b >= 0, uᵀ(G·u - b) = 0 are one equation without inequalities if
 * u = |z| + z over 2 and G·u - b = ω(|z| - z) over 2:
 *
 *   z = |z|·(ωI + G)⁻¹(ωI - G) + 2b·(ωI + G)⁻¹,     u = max(z, 0)
 *
 * Iterated, it contracts for every a by max |ω - λ| / (ω + λ) over the eigenvalues λ of G; ω = √(λmin·λmax) is best, and
 * gives (√κ - 1)/(√κ + 1). Source: Bai 2010, modulus-based matrix splitting iterations (the modulus method of van Bokhoven
 * 1981). It starts at the least-squares solution without the sign, which costs no more than a step and saves about four.
 */

/** Eigenvalues below this share of the largest count as it: float32 cannot tell them from zero. */
const LEAST_EIGENVALUE = 1e-7;
/** Ridge of the start, as a share of the largest eigenvalue: a bank of nearly dependent directions has no useful start. */
const START_RIDGE = 1e-5;

/** The iteration of one bank, for rows of activations a [p] on the left: c = a·input, z₀ = c·start, z ← |z|·step + c, u = max(z, 0)·scale. */
export interface CodeIteration {
  /** [p, r]. */
  readonly input: Matrix;
  /** [r, r], both symmetric. */
  readonly start: Matrix;
  readonly step: Matrix;
  /** [r, r]: A·Wᵀ = c·correlation. */
  readonly correlation: Matrix;
  /** [r], above 0; 0 for a direction of zeros. */
  readonly scale: Float32Array;
  /** A step leaves at most this share of the error of z, whatever the activations; 0…1. */
  readonly contraction: number;
}

/**
 * The iteration for a bank W [r, p] of any sign, whose directions are brought to unit length first.
 *
 * Throws TesseraError 'bad-usage' for a sparse bank (at most so many concepts in a place, fewer than it has): its codes are
 * found by a search that such an iteration cannot do.
 */
export function codeIteration(bank: CodedBank): CodeIteration {
  requireAnyNumber(bank);
  const { rows: r } = bank;
  const gram = gramOfRows(bank);
  const scale = Float64Array.from({ length: r }, (_, k) =>
    gram[k * r + k] > 0 ? 1 / Math.sqrt(gram[k * r + k]) : 0,
  );
  const unit = gram.map((value, at) => value * scale[Math.floor(at / r)] * scale[at % r]);
  for (let k = 0; k < r; k++) if (scale[k] === 0) unit[k * r + k] = 1;
  const eigen = symmetricEigen(unit, r);
  const largest = eigen.values[0];
  const values = eigen.values.map((value) => Math.max(value, LEAST_EIGENVALUE * largest));
  const omega = Math.sqrt(values[r - 1] * largest);
  const functionOf = (f: (value: number) => number): Float64Array => spectral(eigen.vectors, values, r, f);
  const inverse = functionOf((value) => 2 / (omega + value));
  return {
    input: inputOf(bank, scale, inverse),
    start: square(
      r,
      functionOf((value) => (omega + value) / (2 * (value + START_RIDGE * largest))),
    ),
    step: square(
      r,
      functionOf((value) => (omega - value) / (omega + value)),
    ),
    correlation: square(
      r,
      functionOf((value) => (omega + value) / 2).map((value, at) =>
        scale[at % r] > 0 ? value / scale[at % r] : 0,
      ),
    ),
    scale: Float32Array.from(scale),
    contraction: (largest - omega) / (largest + omega),
  };
}

/** Throws TesseraError 'bad-usage' for a sparse bank, which has `rows` concepts and at most `active` in a place. */
export function requireAnyNumber({ rows, active = Infinity }: Pick<CodedBank, 'rows' | 'active'>): void {
  if (active >= rows) return;
  throw new TesseraError(
    'bad-usage',
    `These concepts are sparse: at most ${active} of ${rows} are in one place, and which ones is found by a search that a model file cannot hold.`,
    { hint: 'Explain the class again.', options: ['bank=usual'] },
  );
}

/** Σ f(λ) v·vᵀ over the eigenvectors, the rows of `vectors`. */
function spectral(
  vectors: Float64Array,
  values: Float64Array,
  r: number,
  f: (value: number) => number,
): Float64Array {
  const out = new Float64Array(r * r);
  values.forEach((value, e) => {
    const factor = f(value);
    for (let i = 0; i < r; i++)
      for (let j = 0; j < r; j++) out[i * r + j] += factor * vectors[e * r + i] * vectors[e * r + j];
  });
  return out;
}

function square(r: number, values: Float64Array): Matrix {
  return matrix(r, r, Float32Array.from(values));
}

/** Wᵀ·D·`inverse`, [p, r]. */
function inputOf({ rows: r, cols: p, data }: Matrix, scale: Float64Array, inverse: Float64Array): Matrix {
  const out = matrix(p, r);
  for (let channel = 0; channel < p; channel++) {
    for (let k = 0; k < r; k++) {
      let sum = 0;
      for (let j = 0; j < r; j++) sum += data[j * p + channel] * scale[j] * inverse[j * r + k];
      out.data[channel * r + k] = sum;
    }
  }
  return out;
}
