import { invariant } from '../errors.ts';
import { rowView, type Matrix } from '../linalg/matrix.ts';
import { innerProduct, squaredRowNorms } from '../linalg/norms.ts';

/** Two concepts that point the same way. */
interface CollinearPair {
  /** Indices into the bank, first < second. */
  readonly first: number;
  readonly second: number;
  readonly cosine: number;
}

/** Concepts that are not there, and pairs that are the same thing twice. */
export interface Collinearity {
  /** Concepts that contribute next to nothing to the reconstruction, in order of the bank. */
  readonly dead: readonly number[];
  /** Pairs of live concepts with a cosine of at least `minCosine`, closest first. */
  readonly pairs: readonly CollinearPair[];
}

/**
 * Finds dead and collinear concepts.
 *
 * Shapes  coefficients U [n, r] in parts, one below another, concept bank W [r, p]; throws BugError when they do not fit.
 * Dead: ‖u_c‖ ‖w_c‖, the norm of what the concept adds to UW, is at most `deadShare` of the largest such norm.
 * Collinear: the two directions' cosine. Opposite directions of a signed bank are different concepts, not collinear.
 * A concept that is a mixture of several others is not found by pairs.
 */
export function collinearity(
  coefficients: readonly Matrix[],
  conceptBank: Matrix,
  { minCosine = 0.95, deadShare = 1e-6 }: { readonly minCosine?: number; readonly deadShare?: number } = {},
): Collinearity {
  const r = conceptBank.rows;
  invariant(
    coefficients[0].cols === r,
    `collinearity: ${coefficients[0].cols} columns of coefficients for ${r} concepts`,
  );
  const norms = squaredRowNorms(conceptBank).map(Math.sqrt);
  const sizes = squaredColumnNorms(coefficients).map((square, c) => Math.sqrt(square) * norms[c]);
  const largest = sizes.reduce((most, size) => Math.max(most, size), 0);
  const concepts = Array.from({ length: r }, (_, c) => c);
  const live = concepts.filter((c) => sizes[c] > deadShare * largest);
  const pairs = live
    .flatMap((first, place) =>
      live
        .slice(place + 1)
        .map((second) => ({ first, second, cosine: cosine(conceptBank, norms, first, second) })),
    )
    .filter((pair) => pair.cosine >= minCosine)
    .sort((x, y) => y.cosine - x.cosine);
  return { dead: concepts.filter((c) => !live.includes(c)), pairs };
}

function cosine(bank: Matrix, norms: Float64Array, i: number, j: number): number {
  return innerProduct(rowView(bank, i), rowView(bank, j)) / (norms[i] * norms[j]);
}

function squaredColumnNorms(parts: readonly Matrix[]): Float64Array {
  const norms = new Float64Array(parts[0].cols);
  for (const { rows, cols, data } of parts)
    for (let row = 0, k = 0; row < rows; row++) for (let c = 0; c < cols; c++) norms[c] += data[k++] ** 2;
  return norms;
}
