import { capitalised } from './capitalised.ts';
import { countOf, countText, listText } from './count-text.ts';
import { decimalText, numberText, percentText } from './number-text.ts';

/** How an amount differs, as its words need it. */
interface DriftFigures {
  readonly before: number;
  readonly now: number;
  readonly distance: number;
  readonly usual: number;
  /** Adjusted p-value. */
  readonly q: number;
  readonly isDrift: boolean;
}

/** Means that differ by less than this share of the larger say nothing of more or less. */
const LEAST_CHANGE = 0.02;

/** In which way an amount drifts; `spread`: as much on average, but otherwise distributed. */
export function driftWay({ before, now, isDrift }: DriftFigures): 'more' | 'less' | 'spread' | 'none' {
  if (!isDrift) return 'none';
  if (Math.abs(now - before) <= LEAST_CHANGE * Math.max(Math.abs(now), Math.abs(before))) return 'spread';
  return now > before ? 'more' : 'less';
}

/** "More of “wall” than in the run's images"; of one that does not drift "As much of “wall” as …". */
export function driftText(name: string, drift: DriftFigures): string {
  const quoted = `“${name}”`;
  switch (driftWay(drift)) {
    case 'more':
      return `More of ${quoted} than in the run’s images`;
    case 'less':
      return `Less of ${quoted} than in the run’s images`;
    case 'spread':
      return `As much of ${quoted} on average as in the run’s images, but more of it in some and less in others`;
    case 'none':
      return `No more or less of ${quoted} than chance would make it`;
  }
}

/** "mean 0.31 → 0.62; distance 0.43, by chance up to 0.21; adjusted p 0.001" */
export function driftFigures({ before, now, distance, usual, q }: DriftFigures): string {
  const p = q < 0.001 ? '< 0.001' : numberText(Number(q.toPrecision(2)));
  return `mean ${decimalText(before)} → ${decimalText(now)}; distance ${decimalText(distance)}, by chance up to ${decimalText(usual)}; adjusted p ${p}`;
}

/** What the figures mean, and what is promised. */
export function driftMeaning(falseDiscoveryRate: number): string {
  return `The distance is the largest difference between the two shares of images that have at most so much of a concept (Kolmogorov–Smirnov, 0 to 1). Chance: 2,000 random exchanges of images between both sides. Of the concepts that are named at most ${percentText(falseDiscoveryRate)} are due to chance (Benjamini–Hochberg).`;
}

/** Why drift was not looked for. */
export function fewForDrift(
  { before, now }: { readonly before: number; readonly now: number },
  { fewest, className }: { readonly fewest: number; readonly className: string | null },
): string {
  const which = className === null ? 'images' : `images that are called ${className}`;
  return `Drift was not looked for: it takes ${fewest} ${which} on both sides; the run has ${before}, these are ${now}.`;
}

/** What the new images have in short: "More of “wall”; less of “roof” and “door”." */
export function driftSummary(drifted: readonly (DriftFigures & { readonly name: string })[]): string {
  if (drifted.length === 0) return 'No concept drifts.';
  const named = (way: 'more' | 'less' | 'spread', words: string): string[] => {
    const own = drifted.filter((drift) => driftWay(drift) === way).map(({ name }) => `“${name}”`);
    const shown = own.slice(0, 3);
    const more = own.length - shown.length;
    return own.length === 0
      ? []
      : [`${words} ${listText(more > 0 ? [...shown, countOf(more, 'other')] : shown)}`];
  };
  const parts = [
    ...named('more', 'more of'),
    ...named('less', 'less of'),
    ...named('spread', 'another spread of'),
  ];
  return `${capitalised(parts.join('; '))} than in the run’s images.`;
}

/** How many images of the same kind as the run's would have more rest than all of those by chance alone: one of n + 1. */
export function unknownByChance(images: number, restImages: number): string {
  const expected = images / (restImages + 1);
  const about = expected < 1 ? 'fewer than 1' : `about ${countText(Math.round(expected))}`;
  return `Of ${countOf(images, 'image')} of the same kind as the run’s ${about} would be among them by chance.`;
}

/** Between which images amounts are compared. */
interface Compared {
  readonly before: number;
  readonly now: number;
  readonly isOfAll: boolean;
  /** New images with the answer that the run explains; null where the run explains all images. */
  readonly called: number | null;
}

/** Between which images amounts are compared, and why. */
export function comparedText(
  { before, now, isOfAll, called }: Compared,
  images: number,
  className: string,
): string {
  const run = `${countOf(before, 'image')} of the run`;
  if (called === null) return `Amounts in ${countOf(now, 'new image')} are compared with those in ${run}.`;
  const of = `${countText(called)} of ${countOf(images, 'new image')} ${className}`;
  return isOfAll
    ? `The model calls ${of}, too few to compare, so all of them are compared with the ${run}, whatever they are called: what drifts may be no more than that they are of other kinds.`
    : `The model calls ${of}; their amounts are compared with those in ${run}.`;
}
