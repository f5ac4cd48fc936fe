import { UNEXPLAINED } from '../../core/wording/claim-words.ts';
import type { Waterfall } from '../../main/api/contract.ts';

/** One bar of a waterfall: from where it starts to where it ends, in logits. */
export interface WaterfallBar {
  readonly kind: 'total' | 'step' | 'rest';
  /** The concept of a step. */
  readonly concept: string | null;
  readonly label: string;
  readonly from: number;
  readonly to: number;
}

/**
 * The bars from the baseline to the logit. Steps beyond `most` are drawn as one, those of the smallest change;
 * what no concept explains stands last, before the `total`.
 */
export function waterfallBars(
  { baseline, steps, unexplained, logit }: Waterfall,
  nameOf: (concept: string) => string,
  most = 12,
  total = 'Logit',
): readonly WaterfallBar[] {
  const kept = new Set(
    [...steps]
      .sort((a, b) => Math.abs(b.change) - Math.abs(a.change))
      .slice(0, most)
      .map(({ concept }) => concept),
  );
  const others = steps.filter(({ concept }) => !kept.has(concept));
  const bars: WaterfallBar[] = [
    { kind: 'total', concept: null, label: 'Without concepts', from: 0, to: baseline },
  ];
  let level = baseline;
  const add = (kind: 'step' | 'rest', concept: string | null, label: string, change: number): void => {
    bars.push({ kind, concept, label, from: level, to: level + change });
    level += change;
  };
  for (const { concept, change } of steps)
    if (kept.has(concept)) add('step', concept, nameOf(concept), change);
  if (others.length > 0)
    add(
      'rest',
      null,
      `${others.length} more`,
      others.reduce((sum, { change }) => sum + change, 0),
    );
  add('rest', null, UNEXPLAINED, unexplained);
  return [...bars, { kind: 'total', concept: null, label: total, from: 0, to: logit }];
}

/** Lowest and highest level that the bars reach, zero among them. */
export function waterfallExtent(bars: readonly WaterfallBar[]): readonly [number, number] {
  const levels = bars.flatMap(({ from, to }) => [from, to]);
  return [Math.min(0, ...levels), Math.max(0, ...levels)];
}
