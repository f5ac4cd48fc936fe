import { countOf, countText } from './count-text.ts';
import { decimalEstimateText } from './number-text.ts';

/** A coherence as wording needs it, see core/study/coherence-check.ts. */
interface CoherenceFacts {
  readonly found: number;
  readonly asked: number;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** "You found the odd crop in 5 of 6 sets". */
export function oddFoundText({ found, asked }: Pick<CoherenceFacts, 'found' | 'asked'>): string {
  return `You found the odd crop in ${countText(found)} of ${countOf(asked, 'set')}`;
}

/** "0.79 (0.30–0.96)". */
export function coherenceText({ value, low, high }: CoherenceFacts): string {
  return decimalEstimateText(value, [low, high]);
}

/** What the interval says of a concept, in words. */
export function coherenceVerdict({ low, high, asked }: CoherenceFacts): string {
  if (low > 0) return 'Holds together in your eyes';
  if (high < 0.5) return 'Does not hold together in your eyes';
  return asked < 6 ? 'Not known yet: check again for more sets' : 'Not surely better than guessing';
}

/** What is asked, and what the figure means. */
export const COHERENCE_MEANING =
  'Four crops are of one concept, the fifth is of another. Coherence is the share found with chance taken off: 0 is guessing, 1 is always right. It says what you see; other people may see otherwise.';
