import type { ModelScores } from './model-scores.ts';
import { wholeOfShares } from './softmax.ts';

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
  const all = [...rows];
  if (task === 'multiclass') {
    const wholes = new Set(all.map(wholeOfShares));
    if (wholes.size !== 1) return undefined;
    return wholes.has(1) ? 'probabilities' : wholes.has(100) ? 'per cents' : undefined;
  }
  let [least, most] = [Infinity, -Infinity];
  for (const row of all)
    for (let at = 0; at < row.length; at++)
      [least, most] = [Math.min(least, row[at]), Math.max(most, row[at])];
  if (all.length < ENOUGH || !(least >= 0) || most > 100) return undefined;
  return most <= 1 ? 'probabilities' : most > 20 ? 'per cents' : undefined;
}
