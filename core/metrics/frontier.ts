import { LITTLE_REST } from './claims.ts';
import type { MeanShare } from './held-out.ts';
import { TRUST_THRESHOLDS } from './trust.ts';

/** What so many concepts at a cut would give, on images that had no part in making them. */
export interface FrontierPoint {
  /** Tensor of the cut. */
  readonly layer: string;
  readonly r: number;
  /** Any number of concepts at a place, or a few of many. */
  readonly bank: 'usual' | 'sparse';
  /** Share of the score's movement that involves what no concept explains. */
  readonly rest: MeanShare;
  /** Mean number of concepts in an image that each make at least a hundredth of what the concepts do to its score. */
  readonly active: number;
  /** Mean cosine of concepts matched between two halves of the images, 0…1. */
  readonly stability: number;
}

/** A cut, a number of concepts and their kind. */
type FrontierChoice = Pick<FrontierPoint, 'layer' | 'r' | 'bank'>;

/** Is it the same choice? */
export function isSameChoice(one: FrontierChoice, other: FrontierChoice | undefined): boolean {
  return one.layer === other?.layer && one.r === other.r && one.bank === other.bank;
}

/** What cuts, numbers and kinds of concepts were compared, and the one that the comparison argues for. */
export interface Frontier {
  readonly points: readonly FrontierPoint[];
  readonly suggested: FrontierChoice;
}

/**
 * The point that the comparison argues for: of those that leave a rest of at most a tenth and are found again in the other
 * half (0.75 and more) the one with the fewest concepts active in an image; without such a one the smallest rest, of those
 * that are found again if any is. Undefined for no point.
 */
export function chooseFromFrontier(points: readonly FrontierPoint[]): FrontierPoint | undefined {
  const isFoundAgain = ({ stability }: FrontierPoint) => stability >= TRUST_THRESHOLDS.stability.fair;
  const stable = points.filter(isFoundAgain);
  const fit = stable.filter(({ rest }) => rest.mean <= LITTLE_REST);
  if (fit.length > 0) return fit.reduce((best, one) => (one.active < best.active ? one : best));
  const some = stable.length > 0 ? stable : points;
  return some.reduce<FrontierPoint | undefined>(
    (best, one) => (best === undefined || one.rest.mean < best.rest.mean ? one : best),
    undefined,
  );
}
