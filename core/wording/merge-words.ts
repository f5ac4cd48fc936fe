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

/** Of groups of which nothing is computed for a run. */
export function uncomputedText(names: readonly string[]): string {
  return `${listText(names)} are merged, but not yet computed together for this run: they are shown one by one.`;
}

/** Of groups of which nothing is computed for some classes of an overview. */
export function apartText(names: readonly string[], classes: readonly string[]): string {
  return `${listText(names)} are merged, but not yet computed together for ${listText(classes)}: they are shown one by one.`;
}
