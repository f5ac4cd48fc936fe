import { BugError } from '../errors.ts';
import { choleskyFactor, choleskySolve } from '../linalg/cholesky.ts';

/** A Gram matrix of larger condition (1-norm) flags its rows: a float32 bank then fixes hardly a digit of the derivative. */
const WORST_CONDITION = 1e6;

/** Relative ridge where the support's concepts are linearly dependent, as in the solver; such rows are flagged. */
const RIDGE = 1e-9;

/** What rows of one support share. */
export interface Pattern {
  readonly indices: readonly number[];
  /** Cholesky factor of W_S·W_Sᵀ. */
  readonly factor: Float64Array;
  /** (W_S·W_Sᵀ)⁻¹, [s, s]. */
  readonly inverse: Float64Array;
  readonly isIllConditioned: boolean;
}

/** The pattern of every row; equal supports share one. */
export function patternsOf(gram: Float64Array, r: number, support: Uint8Array): Pattern[] {
  const known = new Map<string, Pattern>();
  return Array.from({ length: support.length / r }, (_, row) => {
    const key = String.fromCharCode(...support.subarray(row * r, (row + 1) * r));
    const found = known.get(key) ?? patternOf(gram, r, support.subarray(row * r, (row + 1) * r));
    known.set(key, found);
    return found;
  });
}

function patternOf(gram: Float64Array, r: number, support: Uint8Array): Pattern {
  const indices = [...support.keys()].filter((k) => support[k] === 1);
  const s = indices.length;
  const block = Float64Array.from(
    { length: s * s },
    (_, at) => gram[indices[Math.floor(at / s)] * r + indices[at % s]],
  );
  let factor = block.slice();
  if (!choleskyFactor(factor, s, 0)) {
    factor = block.map((value, at) => (at % (s + 1) === 0 ? value * (1 + RIDGE) : value));
    if (!choleskyFactor(factor, s, 0)) throw new BugError('supportPatterns: a zero concept on the support');
  }
  const inverse = new Float64Array(s * s);
  for (let i = 0; i < s; i++) {
    const row = inverse.subarray(i * s, (i + 1) * s);
    row[i] = 1;
    choleskySolve(factor, s, row);
  }
  const isIllConditioned = largestRowSum(block, s) * largestRowSum(inverse, s) > WORST_CONDITION;
  return { indices, factor, inverse, isIllConditioned };
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
  const x = Float64Array.from(indices, valueAt);
  if (!x.some((value) => value !== 0)) return undefined;
  choleskySolve(factor, x.length, x);
  return x;
}
