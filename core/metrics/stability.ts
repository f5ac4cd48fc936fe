import { matchRows } from '../factorization/match-rows.ts';
import { invariant } from '../errors.ts';
import { innerProduct, squaredRowNorms } from '../linalg/norms.ts';
import { rowView, type Matrix } from '../linalg/matrix.ts';

/** How well one concept is found again. */
export interface ConceptStability {
  /** Mean and least cosine with its partner in the other banks; 0 for a dead concept, whose direction is zero. */
  readonly mean: number;
  readonly min: number;
}

/** How well the concepts of a bank are found again in others. */
export interface Stability {
  /** Mean over concepts and other banks of the cosine of matched concepts: 1 is the same bank again. */
  readonly mean: number;
  /** The least of those cosines. */
  readonly min: number;
  /** By concept of the reference, in order of the bank: how far that concept can be relied on. */
  readonly concepts: readonly ConceptStability[];
  /**
   * Mean cosine of a concept with those concepts of the other banks that are not its partner: what `mean` must be
   * seen against, since directions without negative entries are never far apart. Undefined for one concept.
   */
  readonly unmatched: number | undefined;
}

/**
 * Stability of a concept bank: is it found again with another seed or from a bootstrap sample of the rows?
 *
 * Shapes  reference [r, p] (the bank that is explained), others [r, p] each, at least one. Order and length of the
 * rows do not matter; opposite directions are different concepts. Each bank is matched with the reference one to one
 * so that the sum of the cosines is largest (Hungarian method).
 * Throws  BugError for no other bank, and for shapes that differ.
 */
export function stability(reference: Matrix, others: readonly Matrix[]): Stability {
  const { rows: r, cols: p } = reference;
  invariant(others.length > 0, 'stability: needs at least one bank to compare with');
  for (const { rows, cols } of others) {
    invariant(
      rows === r && cols === p,
      `stability: a bank of shape [${rows}, ${cols}], the reference has [${r}, ${p}]`,
    );
  }
  const matchings = others.map((other) => matchRows(reference, other).similarities);
  const concepts = Array.from({ length: r }, (_, c) => {
    const cosines = matchings.map((similarities) => similarities[c]);
    return { mean: meanOf(cosines), min: Math.min(...cosines) };
  });
  const crossing = others.map((other, i) => meanUnmatched(reference, other, matchings[i]));
  return {
    mean: meanOf(concepts.map(({ mean }) => mean)),
    min: Math.min(...concepts.map(({ min }) => min)),
    concepts,
    unmatched: r > 1 ? meanOf(crossing) : undefined,
  };
}

/** All cosines sum to the inner product of the two sums of unit rows. */
function meanUnmatched(first: Matrix, second: Matrix, matched: Float64Array): number {
  const all = innerProduct(sumOfUnitRows(first), sumOfUnitRows(second));
  return (all - matched.reduce((sum, cosine) => sum + cosine, 0)) / (first.rows * (first.rows - 1));
}

function sumOfUnitRows(bank: Matrix): Float64Array {
  const norms = squaredRowNorms(bank).map(Math.sqrt);
  const sum = new Float64Array(bank.cols);
  norms.forEach((norm, row) => {
    if (norm > 0) rowView(bank, row).forEach((value, j) => (sum[j] += value / norm));
  });
  return sum;
}

const meanOf = (x: readonly number[]): number => x.reduce((sum, value) => sum + value, 0) / x.length;
