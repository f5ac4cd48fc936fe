import { choleskyFactor, choleskySolve } from '../linalg/cholesky.ts';
import type { Grouping } from './design.ts';

/** Where the random effects of a grouping stand in their common vector [q], and which one each observation has. */
export interface Block {
  readonly offset: number;
  readonly levels: number;
  readonly of: ArrayLike<number>;
}

/** Blocks in the order of `groupings`; the grouping with the most levels stands first in the vector. */
export function blocksOf(groupings: readonly Grouping[]): Block[] {
  const order = [...groupings.keys()].sort((a, b) => groupings[b].levels - groupings[a].levels);
  const offsets = new Map<number, number>();
  let offset = 0;
  for (const at of order) {
    offsets.set(at, offset);
    offset += groupings[at].levels;
  }
  return groupings.map(({ levels, of }, at) => ({ offset: offsets.get(at) ?? 0, levels, of }));
}

/** M = I + Σ w_i a_i a_iᵀ, factorised. a_i has θ of each grouping at the effect that observation i has. */
export interface RandomSystem {
  readonly logDeterminant: number;
  /** M⁻¹ b in place, [q]. */
  solve(b: Float64Array): void;
  /** Entries of M⁻¹, for two effects of different groupings or one and the same. */
  inverse(): (a: number, b: number) => number;
}

/**
 * Factorises M for weights [n] and standard deviations θ, one a block.
 *
 * Method  no observation has two effects of the first grouping (that of most levels, f), so that its part of M is diagonal and is
 *         eliminated; a dense Cholesky factor of the Schur complement of the others (r effects) remains: O(f r² + r³),
 *         for 60 participants and 60 pictures a thousandth of a second.
 * Source  Bates, Mächler, Bolker and Walker 2015, "Fitting linear mixed-effects models using lme4" (the system).
 */
export function factoriseRandom(
  blocks: readonly Block[],
  weights: Float64Array,
  theta: ArrayLike<number>,
): RandomSystem {
  const first = blocks.find(({ offset }) => offset === 0)?.levels ?? 0;
  const rest = blocks.reduce((sum, { levels }) => sum + levels, 0) - first;
  const { diagonal, cross, schur } = assemble(blocks, weights, theta, first, rest);
  const scaled = cross.map((value, at) => value / diagonal[Math.floor(at / rest)]);
  subtractCross(schur, cross, scaled, first, rest);
  choleskyFactor(schur, rest);
  let logDeterminant = 0;
  for (let j = 0; j < first; j++) logDeterminant += Math.log(diagonal[j]);
  for (let k = 0; k < rest; k++) logDeterminant += 2 * Math.log(schur[k * rest + k]);
  return {
    logDeterminant,
    solve: (b) => {
      const below = b.subarray(first);
      for (let j = 0; j < first; j++) for (let k = 0; k < rest; k++) below[k] -= scaled[j * rest + k] * b[j];
      choleskySolve(schur, rest, below);
      for (let j = 0; j < first; j++) {
        b[j] /= diagonal[j];
        for (let k = 0; k < rest; k++) b[j] -= scaled[j * rest + k] * below[k];
      }
    },
    inverse: () => inverseEntries(diagonal, scaled, schur, first, rest),
  };
}

interface Parts {
  /** [first]. */
  readonly diagonal: Float64Array;
  /** [first, rest]. */
  readonly cross: Float64Array;
  /** [rest, rest], the lower triangle. */
  readonly schur: Float64Array;
}

function assemble(
  blocks: readonly Block[],
  weights: Float64Array,
  theta: ArrayLike<number>,
  first: number,
  rest: number,
): Parts {
  const diagonal = new Float64Array(first).fill(1);
  const cross = new Float64Array(first * rest);
  const schur = new Float64Array(rest * rest);
  for (let k = 0; k < rest; k++) schur[k * rest + k] = 1;
  blocks.forEach((a, f) => {
    blocks.forEach((b, h) => {
      const scale = theta[f] * theta[h];
      for (let i = 0; i < weights.length; i++) {
        const row = a.offset + a.of[i];
        const column = b.offset + b.of[i];
        if (row < first) {
          if (column < first) diagonal[row] += scale * weights[i];
          else cross[row * rest + column - first] += scale * weights[i];
        } else if (column >= first && column <= row) {
          schur[(row - first) * rest + column - first] += scale * weights[i];
        }
      }
    });
  });
  return { diagonal, cross, schur };
}

function subtractCross(
  schur: Float64Array,
  cross: Float64Array,
  scaled: Float64Array,
  first: number,
  rest: number,
): void {
  for (let j = 0; j < first; j++) {
    for (let k = 0; k < rest; k++) {
      const factor = scaled[j * rest + k];
      if (factor === 0) continue;
      for (let l = 0; l <= k; l++) schur[k * rest + l] -= factor * cross[j * rest + l];
    }
  }
}

function inverseEntries(
  diagonal: Float64Array,
  scaled: Float64Array,
  schur: Float64Array,
  first: number,
  rest: number,
): (a: number, b: number) => number {
  const corner = new Float64Array(rest * rest);
  for (let k = 0; k < rest; k++) {
    const column = corner.subarray(k * rest, (k + 1) * rest);
    column[k] = 1;
    choleskySolve(schur, rest, column);
  }
  const side = new Float64Array(first * rest);
  const top = diagonal.map((value) => 1 / value);
  for (let j = 0; j < first; j++) {
    const row = side.subarray(j * rest, (j + 1) * rest);
    for (let l = 0; l < rest; l++) {
      const factor = scaled[j * rest + l];
      if (factor === 0) continue;
      for (let k = 0; k < rest; k++) row[k] -= factor * corner[l * rest + k];
    }
    for (let k = 0; k < rest; k++) top[j] -= scaled[j * rest + k] * row[k];
  }
  return (a, b) => {
    if (a < first) return b < first ? top[a] : side[a * rest + b - first];
    return b < first ? side[b * rest + a - first] : corner[(a - first) * rest + b - first];
  };
}
