import type { Factorization } from '../factorization/factorization.ts';
import { matrix, rowView, takeRows, type Matrix } from '../linalg/matrix.ts';
import { innerProduct } from '../linalg/norms.ts';

/** Directions whose cosine is at least this, 0.8 degrees apart, are one concept. */
const SAME = 0.9999;

/**
 * Joins concepts of one direction and leaves out those that no row has: what a factorisation into more concepts than
 * the data can tell apart gives. U W does not change (but for 0.8 degrees of a joined concept's direction).
 *
 * Shapes  coefficients [n, r], conceptBank [r, p] with unit rows -> [n, s], [s, p] with 1 <= s <= r, in the same order.
 */
export function mergeDuplicates<F extends Pick<Factorization, 'coefficients' | 'conceptBank'>>(
  factorization: F,
): F {
  const { coefficients, conceptBank } = factorization;
  const masses = columnSums(coefficients);
  const kept: number[] = [];
  const target = new Map<number, number>();
  const heaviestFirst = [...masses.keys()].sort((a, b) => masses[b] - masses[a]);
  for (const concept of heaviestFirst) {
    if (masses[concept] === 0 && kept.length > 0) continue;
    const row = rowView(conceptBank, concept);
    const twin = kept.find((other) => innerProduct(row, rowView(conceptBank, other)) >= SAME);
    target.set(concept, twin ?? concept);
    if (twin === undefined) kept.push(concept);
  }
  if (kept.length === conceptBank.rows) return factorization;
  kept.sort((a, b) => a - b);
  const columns = new Map([...target].map(([concept, twin]) => [concept, kept.indexOf(twin)]));
  return {
    ...factorization,
    coefficients: summed(coefficients, columns, kept.length),
    conceptBank: takeRows(conceptBank, kept),
  };
}

function columnSums({ data, cols }: Matrix): Float64Array {
  const sums = new Float64Array(cols);
  for (let i = 0; i < data.length; i++) sums[i % cols] += data[i];
  return sums;
}

/** Adds every column of U to the one that it now belongs to. */
function summed({ rows, cols, data }: Matrix, columns: ReadonlyMap<number, number>, count: number): Matrix {
  const out = matrix(rows, count);
  for (const [from, to] of columns) {
    for (let row = 0; row < rows; row++) out.data[row * count + to] += data[row * cols + from];
  }
  return out;
}
