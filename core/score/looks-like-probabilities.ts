import type { ModelScores } from './model-scores.ts';

/** Pictures from which on it is no accident that single numbers all lie between 0 and 1. */
const ENOUGH = 10;

/**
 * Do the raw scores [K] of pictures look like probabilities, or like per cents, though no activation was found to take
 * off? Of several classes: none is negative and each row adds up to 1 or 100; of a yes or no or of labels: all of at least
 * ten pictures lie between 0 and 1, or 0 and 100 with some beyond 20, where hardly a logit is.
 */
export function looksLikeProbabilities(
  { task, activation }: ModelScores,
  rows: Iterable<ArrayLike<number>>,
): 'probabilities' | 'per cents' | undefined {
  if (activation !== 'none' || task === 'regression' || task === 'embedding') return undefined;
  let [count, most, least] = [0, -Infinity, Infinity];
  const sums = { least: Infinity, most: -Infinity };
  for (const row of rows) {
    count++;
    let sum = 0;
    for (let at = 0; at < row.length; at++) {
      sum += row[at];
      least = Math.min(least, row[at]);
      most = Math.max(most, row[at]);
    }
    sums.least = Math.min(sums.least, sum);
    sums.most = Math.max(sums.most, sum);
  }
  if (count === 0 || !(least >= 0)) return undefined;
  const addUpTo = (whole: number): boolean =>
    sums.least > whole * (1 - 1e-3) && sums.most < whole * (1 + 1e-3);
  if (task === 'multiclass') return addUpTo(1) ? 'probabilities' : addUpTo(100) ? 'per cents' : undefined;
  if (count < ENOUGH || most > 100) return undefined;
  return most <= 1 ? 'probabilities' : most > 20 ? 'per cents' : undefined;
}
