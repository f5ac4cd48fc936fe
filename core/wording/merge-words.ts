import { listText } from './count-text.ts';

/** What the figures of merged concepts mean. */
export const MERGED_MEANING =
  'Importance: how much the score depends on turning them up and down as one, every other concept by itself. Amount: the length of what they contribute together; the crops are the positions where that is largest.';

/** Of the check of a run, where concepts are shown as one. */
export const CHECKED_APART =
  'Checked as the run found them: every concept by itself, before any were merged.';

/** In the place of how far a merged concept is found again. */
export const FOUND_AGAIN_UNKNOWN = 'not known of merged concepts';

/** Which concepts a merged one was made of. */
export function mergedFromText(names: readonly string[]): string {
  return `Merged from ${listText(names)}, and computed together.`;
}

/** Of groups of which nothing is computed. */
export function uncomputedText(names: readonly string[]): string {
  return `${listText(names)} were merged, but never computed together: they are shown one by one.`;
}
