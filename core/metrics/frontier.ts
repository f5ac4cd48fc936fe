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

/** The rest that is little, and the likeness from which on concepts count as found again. */
export const FRONTIER_BOUNDS = { rest: LITTLE_REST, stability: TRUST_THRESHOLDS.stability.fair } as const;

/** Why a comparison argues for a point: it fits with the fewest concepts active, or none fits and it leaves the least. */
export type FrontierArgument = 'fewest-active' | 'least-rest' | 'none-found-again';

/** Are the point's concepts found again in the other half of the images? */
export function isFoundAgain({ stability }: FrontierPoint): boolean {
  return stability >= FRONTIER_BOUNDS.stability;
}

const isFit = (point: FrontierPoint): boolean => isFoundAgain(point) && point.rest.mean <= LITTLE_REST;

/** By which rule {@link chooseFromFrontier} takes one of the points. */
export function frontierArgument(points: readonly FrontierPoint[]): FrontierArgument {
  if (points.some(isFit)) return 'fewest-active';
  return points.some(isFoundAgain) ? 'least-rest' : 'none-found-again';
}

/**
 * The point that the comparison argues for: of those that leave a rest of at most a tenth and are found again in the other
 * half (0.75 and more) the one with the fewest concepts active in an image; without such a one the smallest rest, of those
 * that are found again if any is. Undefined for no point.
 */
export function chooseFromFrontier(points: readonly FrontierPoint[]): FrontierPoint | undefined {
  const argument = frontierArgument(points);
  const isCandidate = {
    'fewest-active': isFit,
    'least-rest': isFoundAgain,
    'none-found-again': () => true,
  }[argument];
  const cost = ({ active, rest }: FrontierPoint): number =>
    argument === 'fewest-active' ? active : rest.mean;
  return points
    .filter(isCandidate)
    .reduce<FrontierPoint | undefined>(
      (best, one) => (best === undefined || cost(one) < cost(best) ? one : best),
      undefined,
    );
}

/** What a point may leave more than the least, by its first images, to be looked at further. */
const HOPELESS = 0.15;

/** The least rest of points that are found again; Infinity where none is. */
export function leastRestOf(points: readonly FrontierPoint[]): number {
  return Math.min(...points.filter(isFoundAgain).map(({ rest }) => rest.mean), Infinity);
}

/**
 * May the comparison argue for a point, as far as its first images tell? `least` is the least rest of points found again.
 * Where there are such, no other is taken; and one that leaves 0.15 more than the least is far from little rest too.
 */
export function isContender(point: FrontierPoint, least: number): boolean {
  return least === Infinity || (isFoundAgain(point) && point.rest.mean <= least + HOPELESS);
}
