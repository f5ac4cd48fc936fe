import type { HeldOut } from './held-out.ts';
import { levelOf, TRUST_THRESHOLDS, type TrustFigure, type TrustLevel } from './trust.ts';
import { wilson } from './wilson.ts';

/** What a verdict is made of, in the order in which it is told. */
export const CLAIM_IDS = ['model', 'decision', 'order', 'repeatable', 'learned', 'enough'] as const;
/** A name of {@link CLAIM_IDS}. */
export type ClaimId = (typeof CLAIM_IDS)[number];

/**
 * Why a claim has its grade: which sentence is said of it.
 *
 * - model: the folders' names tell right answers from guesses, or do not (`no-truth`).
 * - decision: the share of the score's movement that the concepts carry, and whether they lead to the same answers.
 * - order: whether the score moves by the leading concepts before others.
 * - repeatable, learned: whether other samples give the same concepts, and random weights other maps.
 * - enough: how many images the model tells apart.
 */
export type ClaimCause =
  | 'holds'
  | 'holds-in-part'
  | 'fails'
  | 'not-evaluated'
  | 'not-known'
  | 'few-judged'
  | 'nothing-learned'
  | 'other-answers'
  | 'nothing-moves'
  | 'saturated'
  | 'at-the-scores'
  | 'rest-not-weighed'
  | 'one-concept'
  | 'all-tie'
  | 'all-alike'
  | 'one-image'
  | 'few-images';

/** One thing that must hold for an explanation to be trusted; the interval is of 95 %, absent where there is none. */
export interface Claim {
  readonly id: ClaimId;
  readonly grade: TrustLevel;
  readonly cause: ClaimCause;
  readonly value?: number;
  readonly low?: number;
  readonly high?: number;
  /** Images that had no part in making the concepts, where the figures are of those. */
  readonly heldOut?: number;
}

/** What is known of a run; what is not is left out. */
export interface ClaimEvidence {
  readonly isEvaluated: boolean;
  readonly answers?: { readonly known: number; readonly hits: number; readonly aboveChance?: number };
  /** Share of the score's movement that no concept carries. */
  readonly rest?: { readonly mean: number; readonly low: number; readonly high: number };
  /** Share of the images that keep their answer; absent where nothing but the images' mean splits them. */
  readonly agreement?: number;
  /** The same two in images that had no part in making the concepts, which count before those above. */
  readonly heldOut?: Pick<HeldOut, 'images' | 'agreement' | 'rest'>;
  /** Score of every explained image. */
  readonly scores: readonly number[];
  /** Images whose score no concept moves. */
  readonly still?: number;
  /** Is the score a probability, its softmax or sigmoid still on? */
  readonly isProbability: boolean;
  /** Are the activations the scores themselves? */
  readonly isAtScores: boolean;
  readonly concepts: number;
  /** Groups of concepts that importance tells apart. */
  readonly tiers: number;
  /** Share of random orders along which the score moves less, see OrderResult. */
  readonly order?: number;
  readonly stability?: number;
  readonly sanity?: number;
}

/** Share of the movement up to which what no concept explains is little. */
export const LITTLE_REST = 0.1;

/** Share of the movement that the concepts have to carry. */
const CARRIED = { good: 1 - LITTLE_REST, fair: 0.75, direction: 'higher' } as const;
/** Images from which on there is enough to see; below `fewest` nothing can be said of others. */
const ENOUGH_IMAGES = { good: 20, fair: 10, fewest: 5 } as const;

/** Images that the model tells apart: those that it scores alike to the last bit, as copies of a picture, count as one. */
export function imagesApart(scores: readonly number[]): number {
  return new Set(scores).size;
}

/** The best that can be said from so few images of what others would give; undefined where there are enough. */
export function bestOfFew(apart: number): 'unknown' | 'fair' | undefined {
  if (apart >= ENOUGH_IMAGES.fair) return undefined;
  return apart < ENOUGH_IMAGES.fewest ? 'unknown' : 'fair';
}

/** Values at which the grade of a claim changes; none where it is not graded by a figure. */
export function boundsOf(id: ClaimId): readonly number[] {
  const by = {
    model: TRUST_THRESHOLDS.hitRate,
    decision: CARRIED,
    order: TRUST_THRESHOLDS.deletion,
    repeatable: TRUST_THRESHOLDS.stability,
    learned: TRUST_THRESHOLDS.sanity,
    enough: undefined,
  }[id];
  return by === undefined ? [] : [by.good, by.fair];
}

/** Every claim of {@link CLAIM_IDS}, in that order. An unknown is never good. */
export function claimsOf(evidence: ClaimEvidence): Claim[] {
  const { isEvaluated, stability, sanity } = evidence;
  const checked = (id: ClaimId, figure: 'stability' | 'sanity', value: number | undefined): Claim =>
    value === undefined
      ? { id, grade: 'unknown', cause: isEvaluated ? 'not-known' : 'not-evaluated' }
      : graded(id, levelOf(value, TRUST_THRESHOLDS[figure]), { value });
  const model = modelClaim(evidence);
  // Where nothing was learned maps cannot show it, however unlike those of random weights they are.
  const knowsNothing = model.grade === 'weak';
  return [
    model,
    decisionClaim(evidence),
    ofFew(orderClaim(evidence), evidence),
    ofFew(
      checked('repeatable', 'stability', imagesApart(evidence.scores) < 2 ? undefined : stability),
      evidence,
    ),
    knowsNothing
      ? { id: 'learned', grade: 'unknown', cause: 'nothing-learned' }
      : checked('learned', 'sanity', sanity),
    enoughClaim(evidence),
  ];
}

/**
 * The grade of the whole: weak with any claim that is, but for that of being found again, which lowers it to fair;
 * unknown where nothing was evaluated; good where all are, that of being found again at least fair.
 */
export function verdictOf(claims: readonly Claim[], isEvaluated: boolean): TrustLevel {
  const isWeak = claims.some(({ id, grade }) => grade === 'weak' && id !== 'repeatable');
  if (isWeak) return 'weak';
  if (!isEvaluated) return 'unknown';
  const isGood = claims.every(
    ({ id, grade }) => grade === 'good' || (id === 'repeatable' && grade === 'fair'),
  );
  return isGood ? 'good' : 'fair';
}

/** Figures that a claim rests on; the others say more about the same. */
const DECISIVE: ReadonlySet<TrustFigure> = new Set([
  'hitRate',
  'agreement',
  'deletion',
  'insertion',
  'stability',
  'sanity',
]);

/** Does a figure count for a claim? `isUndecided`: nothing but the images' mean splits a number, see ClaimEvidence. */
export function isDecisive(figure: TrustFigure, isUndecided: boolean): boolean {
  return DECISIVE.has(figure) && !(isUndecided && figure === 'agreement');
}

const CAUSE_OF: Readonly<Record<TrustLevel, ClaimCause>> = {
  good: 'holds',
  fair: 'holds-in-part',
  weak: 'fails',
  unknown: 'not-known',
};

function graded(id: ClaimId, grade: TrustLevel, figures: Omit<Claim, 'id' | 'grade' | 'cause'>): Claim {
  return { id, grade, cause: CAUSE_OF[grade], ...figures };
}

/** A claim about other images, as far as so few can make it. */
function ofFew(claim: Claim, { scores }: ClaimEvidence): Claim {
  const best = bestOfFew(imagesApart(scores));
  if (best === undefined || claim.grade === 'unknown') return claim;
  if (best === 'unknown') return { id: claim.id, grade: 'unknown', cause: 'few-images' };
  return claim.grade === 'good' ? { ...claim, grade: 'fair', cause: 'few-images' } : claim;
}

/** Right answers above chance; one whose interval reaches chance may be guessing. */
function modelClaim({ answers }: ClaimEvidence): Claim {
  if (answers?.aboveChance === undefined) return { id: 'model', grade: 'unknown', cause: 'not-known' };
  const { known, hits, aboveChance: value } = answers;
  const right = hits / known;
  const chance = value < 1 ? (right - value) / (1 - value) : 0.5;
  const [low, high] = wilson(hits, known).map((share) => (share - chance) / (1 - chance));
  // Less than guessing is no part of what is asked.
  const figures = { value, low: Math.min(Math.max(0, low), value), high: Math.min(1, Math.max(high, value)) };
  const grade = levelOf(value, TRUST_THRESHOLDS.hitRate);
  if (grade !== 'weak' && low <= 0) return { id: 'model', grade: 'fair', cause: 'few-judged', ...figures };
  return graded('model', grade, figures);
}

/** Do the concepts carry the movement of the score, and lead to the model's own answers? */
function decisionClaim(evidence: ClaimEvidence): Claim {
  const { scores, still, isProbability, isAtScores } = evidence;
  const { rest, agreement, heldOut } = unseen(evidence);
  const id = 'decision';
  if (scores.length > 0 && still === scores.length) return { id, grade: 'weak', cause: 'nothing-moves' };
  const figures = rest === undefined ? {} : carriedFigures(rest, heldOut, imagesApart(scores));
  const same = agreement === undefined ? 'good' : levelOf(agreement, TRUST_THRESHOLDS.agreement);
  const carried = rest === undefined ? 'unknown' : levelOf(1 - rest.mean, CARRIED);
  // Where the score hardly moves, no share of its movement says much.
  if (isProbability && isSaturated(scores))
    return { id, grade: [same, carried].includes('weak') ? 'weak' : 'fair', cause: 'saturated', ...figures };
  if (same === 'weak') return { id, grade: 'weak', cause: 'other-answers', ...figures };
  if (rest === undefined) return { id, grade: 'unknown', cause: 'rest-not-weighed' };
  if (carried === 'weak') return graded(id, carried, figures);
  if (isAtScores) return { id, grade: 'fair', cause: 'at-the-scores', ...figures };
  if (same === 'fair') return { id, grade: 'fair', cause: 'other-answers', ...figures };
  return graded(id, carried, figures);
}

/** The share that the concepts carry; without an interval over images that are all alike. */
function carriedFigures(
  rest: NonNullable<ClaimEvidence['rest']>,
  heldOut: number | undefined,
  apart: number,
) {
  return {
    value: 1 - rest.mean,
    ...(apart > 1 && { low: 1 - rest.high, high: 1 - rest.low }),
    ...(heldOut !== undefined && { heldOut }),
  };
}

/** The rest and the agreement where the concepts could not be fitted to them, if that was looked at. */
function unseen({ rest, agreement, heldOut }: ClaimEvidence) {
  if (heldOut?.rest === undefined) return { rest, agreement };
  return {
    rest: heldOut.rest,
    agreement: agreement === undefined ? undefined : heldOut.agreement,
    heldOut: heldOut.images,
  };
}

/** Most of the probabilities so close to 0 or 1 that they hardly move. */
function isSaturated(scores: readonly number[]): boolean {
  const stuck = scores.filter((score) => score > 0.999 || score < 0.001).length;
  return stuck >= scores.length / 2;
}

function orderClaim({ isEvaluated, concepts, tiers, order, still, scores }: ClaimEvidence): Claim {
  const unknown = (cause: ClaimCause): Claim => ({ id: 'order', grade: 'unknown', cause });
  if (concepts < 2) return unknown('one-concept');
  if (scores.length > 0 && still === scores.length) return unknown('nothing-moves');
  if (tiers < 2) return unknown('all-tie');
  if (order === undefined) return unknown(isEvaluated ? 'not-known' : 'not-evaluated');
  return graded('order', levelOf(order, TRUST_THRESHOLDS.deletion), { value: order });
}

function enoughClaim({ scores }: ClaimEvidence): Claim {
  const value = imagesApart(scores);
  const { good, fair, fewest } = ENOUGH_IMAGES;
  const own = (grade: TrustLevel, cause: ClaimCause): Claim => ({ id: 'enough', grade, cause, value });
  if (scores.length < 2) return own('weak', 'one-image');
  if (value < 2) return own('weak', 'all-alike');
  if (value < fewest) return own('weak', 'few-images');
  if (value < good) return own('fair', value < fair ? 'few-images' : 'holds-in-part');
  return own('good', 'holds');
}
