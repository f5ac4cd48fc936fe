import type { Explanation } from '../concepts/explanation.ts';
import { boundsOf, imagesApart, type Claim, type ClaimId } from '../metrics/claims.ts';
import type { Evaluation } from '../metrics/evaluation.ts';
import { isSameChoice, type Frontier, type FrontierPoint } from '../metrics/frontier.ts';
import type { TrustLevel } from '../metrics/trust.ts';
import { claimWords, type ClaimWords } from '../wording/claim-words.ts';
import { ORDER_NAMES } from '../wording/evaluation-words.ts';

/** A run that does better, as options of a run. */
interface FrontierSetup extends Pick<FrontierPoint, 'layer' | 'bank'> {
  readonly concepts: number;
}

/** A claim with the words for it. */
export interface ClaimInWords extends Claim, ClaimWords {
  /** What a run that follows the next step would change, where something is known to help. */
  readonly setup?: FrontierSetup;
}

/** The claims of a run with their sentences and next steps, which do not contradict each other. */
export function claimsInWords(
  claims: readonly Claim[],
  {
    explanation,
    evaluation,
    isOfNumber,
  }: {
    readonly explanation: Explanation;
    readonly evaluation: Evaluation | undefined;
    readonly isOfNumber: boolean;
  },
): ClaimInWords[] {
  const { images, concepts } = explanation;
  const elsewhere = bestElsewhere(explanation, evaluation?.frontier, claims);
  const context = {
    images: images.length,
    concepts: concepts.length,
    isOfNumber,
    elsewhere,
    apart: imagesApart(images.map(({ logit }) => logit)),
    isSameOfAll: isSameOfAll(explanation),
    fasterOrders: evaluation === undefined ? [] : fasterOrders(evaluation),
  };
  const hasOneCause = claims.some(isOneCause);
  return claims.map((claim) => ({
    ...claim,
    ...claimWords(claim, { ...context, bounds: boundsOf(claim.id) }),
    ...(hasOneCause && !isOneCause(claim) && { next: '' }),
    ...(elsewhere?.isBetter === true &&
      isOfCut(claim) && { setup: { layer: elsewhere.layer, concepts: elsewhere.r, bank: elsewhere.bank } }),
  }));
}

/** Does what the claim says empty all the others, so that its next step is the only one? */
export function isOneCause({ cause, id }: Pick<Claim, 'cause' | 'id'>): boolean {
  return id === 'decision' && (cause === 'nothing-moves' || cause === 'saturated');
}

/** Was every image that was given explained, among them such whose folders name other answers? */
function isSameOfAll({ answers, images, given }: Explanation): boolean {
  return answers !== undefined && answers.hits < answers.known && images.length === given;
}

/** Orders whose curves fall and rise clearly faster than those by importance: beyond the 95 % interval of their areas. */
function fasterOrders({ deletion, insertion }: Evaluation): string[] {
  return ORDER_NAMES.flatMap(([name, words]) => {
    const [fall, rise] = [deletion.orders[name]?.auc, insertion.orders[name]?.auc];
    const [own, back] = [deletion.orders.sobol.interval, insertion.orders.sobol.interval];
    const isFaster =
      fall !== undefined && rise !== undefined && own && back && fall < own[0] && rise > back[1];
    return isFaster ? [words] : [];
  });
}

/** Is it the cut, or the number of concepts, that keeps the decision from being carried? */
function isOfCut({ id, cause }: Claim): boolean {
  return id === 'decision' && ['holds-in-part', 'fails', 'other-answers'].includes(cause);
}

/** By so much a rest has to be smaller to be worth another run. */
const WORTH_A_RUN = 0.02;

/** What the comparison of cuts argues for, and whether it leaves less than this run does. */
function bestElsewhere(
  { layer, concepts, factorization }: Explanation,
  frontier: Frontier | undefined,
  claims: readonly Claim[],
) {
  const { points = [], suggested } = frontier ?? {};
  const point = points.find((one) => isSameChoice(one, suggested));
  if (point === undefined) return undefined;
  const carried = claims.find(({ id }) => id === 'decision')?.value;
  const { kind: bank = 'usual' } = factorization;
  const isHere = isSameChoice(point, { layer: layer.tensor, r: concepts.length, bank });
  const isBetter = !isHere && carried !== undefined && point.rest.mean < 1 - carried - WORTH_A_RUN;
  return { layer: point.layer, r: point.r, bank: point.bank, rest: point.rest.mean, isBetter };
}

/** What a good verdict rests on; else what keeps it from being better. */
const TOLD_OF_GOOD: readonly ClaimId[] = ['decision', 'order'];

/** Claims of some grades, in the order of those; with too little to see nothing else means much, so that this comes first. */
export function claimsGraded(
  claims: readonly ClaimInWords[],
  grades: readonly TrustLevel[],
): readonly ClaimInWords[] {
  const isFirst = ({ id, grade }: ClaimInWords): number => Number(id === 'enough' && grade === 'weak');
  return grades
    .flatMap((wanted) => claims.filter(({ grade }) => grade === wanted))
    .sort((a, b) => isFirst(b) - isFirst(a));
}

/** What the claims that made the grade say, the gravest first; what empties all other figures comes before them. */
export function reasonsOf(claims: readonly ClaimInWords[], grade: TrustLevel): string[] {
  const by = (...grades: readonly TrustLevel[]) => claimsGraded(claims, grades);
  const chosen = {
    good: claims.filter(({ id }) => TOLD_OF_GOOD.includes(id)),
    fair: by('weak', 'fair', 'unknown'),
    weak: by('weak'),
    unknown: by('fair', 'unknown'),
  }[grade];
  const first = grade === 'good' ? [] : claims.filter(isOneCause);
  return [...new Set([...first, ...chosen].map(({ reason }) => reason))];
}
