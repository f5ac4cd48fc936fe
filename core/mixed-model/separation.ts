import { linearProgramme } from '../linalg/linear-programme.ts';
import type { MixedDesign } from './design.ts';

/**
 * Terms along which the likelihood rises without end, because they part right from wrong (where everyone is right in one
 * cell of a design, say); empty where estimates are finite. Random effects do not change which these are.
 *
 * Method  a direction δ with x_i · δ >= 0 for every right and <= 0 for every wrong answer, not 0 for all, found or ruled out
 *         by a linear programme over the rows that differ.
 * Source  Albert and Anderson 1984, "On the existence of maximum likelihood estimates in logistic regression models"; Konis
 *         2007 for the programme.
 * Limits  of several such directions the one with the smallest coefficients is told.
 */
export function separatingTerms({ terms, x, right }: MixedDesign): string[] {
  const p = terms.length;
  const rows = new Map<string, number[]>();
  for (let i = 0; i < right.length; i++) {
    const row = Array.from(x.subarray(i * p, (i + 1) * p), (value) => (right[i] ? value : -value));
    rows.set(row.join(), row);
  }
  // δ in two parts that are not negative, δ = up - down.
  const inParts = (row: readonly number[]): number[] => [...row, ...row.map((value) => -value)];
  const constraints = [...rows.values()].map((row) => ({ row: inParts(row), atLeast: 0 }));
  const total = terms.map((_, k) => [...rows.values()].reduce((sum, row) => sum + row[k], 0) / rows.size);
  const { status, x: parts } = linearProgramme({
    costs: new Float64Array(2 * p).fill(1),
    constraints: [...constraints, { row: inParts(total), atLeast: 1 }],
  });
  if (status !== 'optimal') return [];
  return terms.filter((_, k) => Math.abs(parts[k] - parts[p + k]) > 1e-7);
}
