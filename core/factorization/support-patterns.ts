import { BugError } from '../errors.ts';
import { choleskyFactor, choleskySolve } from '../linalg/cholesky.ts';

/** A Gram matrix of larger condition (1-norm) flags its rows: a float32 bank then fixes hardly a digit of the derivative. */
const WORST_CONDITION = 1e6;

/** Relative ridge where the support's concepts are linearly dependent, as in the solver; such rows are flagged. */
const RIDGE = 1e-9;

/** What rows of one support share. */
export class Pattern {
  readonly indices: readonly number[];
  /** Cholesky factor of W_S·W_Sᵀ. */
  readonly factor: Float64Array;
  readonly #block: Float64Array;
  #inverse: Float64Array | undefined;
  #isIllConditioned: boolean | undefined;

  constructor(gram: Float64Array, r: number, support: Uint8Array) {
    const indices: number[] = [];
    for (let k = 0; k < r; k++) if (support[k] === 1) indices.push(k);
    this.indices = indices;
    const s = indices.length;
    const block = new Float64Array(s * s);
    for (let i = 0; i < s; i++) {
      for (let j = 0; j < s; j++) block[i * s + j] = gram[indices[i] * r + indices[j]];
    }
    this.#block = block;
    let factor = block.slice();
    if (!choleskyFactor(factor, s, 0)) {
      factor = block.map((value, at) => (at % (s + 1) === 0 ? value * (1 + RIDGE) : value));
      if (!choleskyFactor(factor, s, 0)) throw new BugError('supportPatterns: a zero concept on the support');
    }
    this.factor = factor;
  }

  /** (W_S·W_Sᵀ)⁻¹, [s, s]; made when first asked for. */
  get inverse(): Float64Array {
    this.#inverse ??= inverseOf(this.factor, this.indices.length);
    return this.#inverse;
  }

  get isIllConditioned(): boolean {
    const s = this.indices.length;
    this.#isIllConditioned ??=
      largestRowSum(this.#block, s) * largestRowSum(this.inverse, s) > WORST_CONDITION;
    return this.#isIllConditioned;
  }
}

/** Names a support; sixteen flags a character. */
export function supportKey(support: Uint8Array): string {
  let key = '';
  for (let from = 0; from < support.length; from += 16) {
    let bits = 0;
    for (let k = Math.min(from + 16, support.length) - 1; k >= from; k--) bits = 2 * bits + support[k];
    key += String.fromCharCode(bits);
  }
  return key;
}

/** The pattern of every row; equal supports share one. */
export function patternsOf(gram: Float64Array, r: number, support: Uint8Array): Pattern[] {
  const known = new Map<string, Pattern>();
  return Array.from({ length: support.length / r }, (_, row) => {
    const own = support.subarray(row * r, (row + 1) * r);
    const key = supportKey(own);
    const found = known.get(key) ?? new Pattern(gram, r, own);
    known.set(key, found);
    return found;
  });
}

function inverseOf(factor: Float64Array, s: number): Float64Array {
  const inverse = new Float64Array(s * s);
  for (let i = 0; i < s; i++) {
    const row = inverse.subarray(i * s, (i + 1) * s);
    row[i] = 1;
    choleskySolve(factor, s, row);
  }
  return inverse;
}

/** 1-norm of a symmetric matrix. */
function largestRowSum(symmetric: Float64Array, n: number): number {
  let largest = 0;
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += Math.abs(symmetric[i * n + j]);
    largest = Math.max(largest, sum);
  }
  return largest;
}

/** (W_S W_Sᵀ)⁻¹ b_S; undefined when b is zero on the whole support. */
export function solveOn(
  { indices, factor }: Pattern,
  valueAt: (concept: number) => number,
): Float64Array | undefined {
  const x = new Float64Array(indices.length);
  let isZero = true;
  for (let i = 0; i < x.length; i++) {
    x[i] = valueAt(indices[i]);
    if (x[i] !== 0) isZero = false;
  }
  if (isZero) return undefined;
  choleskySolve(factor, x.length, x);
  return x;
}
