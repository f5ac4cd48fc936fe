import type { Explanation } from '../concepts/explanation.ts';
import { isSameChoice, type Frontier, type FrontierPoint } from '../metrics/frontier.ts';
import {
  claimsOf,
  isDecisive,
  verdictOf,
  type Claim,
  type ClaimEvidence,
  type ClaimId,
} from '../metrics/claims.ts';
import { trustEvidence, type Evaluation } from '../metrics/evaluation.ts';
import { fidelity } from '../metrics/fidelity.ts';
import { FEWEST_PICTURES } from '../metrics/shortcuts.ts';
import { trustLights, type TrustEvidence, type TrustLevel, type TrustLight } from '../metrics/trust.ts';
import { claimWords, type ClaimWords } from '../wording/claim-words.ts';
import { countOf } from '../wording/count-text.ts';
import { percentText } from '../wording/number-text.ts';
import { fewRightText, isDoubtful, originText } from '../wording/preprocessing-words.ts';
import { isNumber } from '../wording/said-words.ts';
import { noShortcutText, SHORTCUT_MEANING } from '../wording/shortcut-words.ts';
import { GRADE_WORDS, VERDICT_RULE } from '../wording/trust-words.ts';
import { lightInWords, type LightInWords } from './light-in-words.ts';
import { scoreFactsOf } from './run-score.ts';
import { shortcutsInWords, type ShortcutInWords } from './shortcuts-in-words.ts';

/** A run that does better, as options of a run. */
interface FrontierSetup extends Pick<FrontierPoint, 'layer' | 'bank'> {
  readonly concepts: number;
}

/** A claim with the words for it. */
export interface ClaimInWords extends Claim, ClaimWords {
  /** What a run that follows the next step would change, where something is known to help. */
  readonly setup?: FrontierSetup;
}

/** A figure in words; `decides`: a claim rests on it. */
export interface VerdictLight extends LightInWords {
  readonly weight: 'decides' | 'shown';
}

/** A plain-words answer to "how far can this be trusted?". */
export interface TrustVerdict {
  /** `unknown` where nothing is weak and it was not evaluated. */
  readonly grade: TrustLevel;
  /** A few words; also what the model leans on where that is no part of the object, whatever the grade. */
  readonly headline: string;
  /** What follows from it for the reader. */
  readonly advice: string;
  /** What must hold, each with its own grade. */
  readonly claims: readonly ClaimInWords[];
  /** What the claims that made the grade say, the gravest first. */
  readonly reasons: readonly string[];
  /** Reasons for more caution than the grade says. */
  readonly cautions: readonly string[];
  /** Shortcuts of the model, which do not lower the grade of an explanation that tells of them. */
  readonly shortcuts: readonly ShortcutInWords[];
  /** What was looked for in vain, or why nothing was; empty where something was found, or it is not known. */
  readonly searched: string;
  /** Every figure, whether known or not; right answers only where there are answers. */
  readonly lights: readonly VerdictLight[];
  /** How the grade comes about. */
  readonly rule: string;
}

const NOT_EVALUATED = 'Not evaluated.';

/** The verdict by its claims, see {@link claimsOf}; without an evaluation, by what the run itself knows. */
export function trustVerdict(explanation: Explanation, evaluation?: Evaluation): TrustVerdict {
  const isChecked = evaluation !== undefined;
  const { isOfNumber, isSplitByMean, figures, evidence } = weighed(explanation, evaluation);
  const found = claimsOf(evidence);
  const elsewhere = bestElsewhere(explanation, evaluation?.frontier, found);
  const claims = found.map((claim) => ({
    ...claim,
    ...claimWords(claim, {
      images: explanation.images.length,
      concepts: explanation.concepts.length,
      isOfNumber,
      elsewhere,
    }),
    ...(elsewhere?.isBetter === true &&
      isOfCut(claim) && { setup: { layer: elsewhere.layer, concepts: elsewhere.r, bank: elsewhere.bank } }),
  }));
  const grade = verdictOf(claims, isChecked);
  const lights = figures
    .filter(({ figure, value }) => !isOfNumber || figure !== 'hitRate' || value !== undefined)
    .map((light) => lightInWords(light, isOfNumber))
    .map((light) => (isChecked || light.level !== 'unknown' ? light : withoutCheck(light, explanation)))
    .map((light) => ({
      ...light,
      weight: isWeighed(light.figure, claims, isSplitByMean) ? ('decides' as const) : ('shown' as const),
    }));
  const shortcuts = shortcutsInWords(explanation);
  const { headline, advice } = GRADE_WORDS[grade];
  return {
    grade,
    headline: [headline, ...shortcuts.map(({ leans }) => `the model ${leans}`)].join('; '),
    advice,
    claims,
    reasons: reasonsOf(claims, grade),
    cautions: [...(shortcuts.length > 0 ? [SHORTCUT_MEANING] : []), ...cautionsOf(explanation)],
    shortcuts,
    searched:
      explanation.shortcuts?.found.length === 0
        ? noShortcutText(explanation.shortcuts, { fewest: FEWEST_PICTURES, isUndecided: isSplitByMean })
        : '',
    lights,
    rule: VERDICT_RULE,
  };
}

/**
 * What the claims of a run are graded by.
 *
 * @internal Kept by the calibration bench, which grades it again.
 */
export function verdictEvidence(explanation: Explanation, evaluation: Evaluation): ClaimEvidence {
  return weighed(explanation, evaluation).evidence;
}

/** Every figure of a run and what follows from them for its claims. */
function weighed(explanation: Explanation, evaluation: Evaluation | undefined) {
  const facts = scoreFactsOf(explanation);
  const isOfNumber = isNumber(facts);
  const isSplitByMean = isOfNumber && facts.model.threshold === undefined;
  const known = evaluation === undefined ? evidenceOfRun(explanation) : trustEvidence(evaluation);
  const figures = trustLights(known, explanation.concepts.length);
  const evidence = claimEvidence(explanation, figures, { evaluation, isSplitByMean });
  return { isOfNumber, isSplitByMean, figures, evidence };
}

function claimEvidence(
  explanation: Explanation,
  figures: readonly TrustLight[],
  {
    evaluation,
    isSplitByMean,
  }: { readonly evaluation: Evaluation | undefined; readonly isSplitByMean: boolean },
): ClaimEvidence {
  const {
    answers = evaluation?.hitRate,
    rest,
    reconstruction,
    images,
    importance,
    concepts,
    score,
    layer,
  } = explanation;
  const valueOf = (wanted: TrustLight['figure']) => figures.find(({ figure }) => figure === wanted)?.value;
  const [deletion, insertion] = [valueOf('deletion'), valueOf('insertion')];
  const order = deletion === undefined || insertion === undefined ? undefined : Math.min(deletion, insertion);
  const [stability, sanity] = [valueOf('stability'), valueOf('sanity')];
  const scores = images.map(({ logit }) => logit);
  const activation = score?.model.activation ?? 'kept';
  const isShare = scores.every((value) => value >= 0 && value <= 1);
  return {
    isEvaluated: evaluation !== undefined,
    ...(answers && { answers }),
    ...(rest && { rest }),
    ...(!isSplitByMean && { agreement: reconstruction.agreement }),
    ...(evaluation?.heldOut && { heldOut: evaluation.heldOut }),
    scores,
    ...(importance.still !== undefined && { still: importance.still }),
    isProbability: isShare && (activation === 'none' || activation === 'kept'),
    isAtScores: layer.kind === 'vector' && layer.computeShare >= 1,
    concepts: concepts.length,
    tiers: new Set(concepts.map(({ tier }) => tier)).size,
    ...(order !== undefined && { order }),
    ...(stability !== undefined && { stability }),
    ...(sanity !== undefined && { sanity }),
  };
}

/** Is it the cut, or the number of concepts, that keeps the decision from being carried? */
function isOfCut({ id, cause }: Claim): boolean {
  return id === 'decision' && ['holds-in-part', 'fails', 'other-answers'].includes(cause);
}

/** Does a claim rest on the figure? Those of the order count only where an order is claimed. */
function isWeighed(figure: TrustLight['figure'], claims: readonly Claim[], isSplitByMean: boolean): boolean {
  const isOfOrder = figure === 'deletion' || figure === 'insertion';
  const isClaimed = claims.some(({ id, cause }) => id === 'order' && cause !== 'all-tie');
  return isDecisive(figure, isSplitByMean) && (isClaimed || !isOfOrder);
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

function evidenceOfRun({ reconstruction, images, answers }: Explanation): TrustEvidence {
  const { agreement } = reconstruction;
  return {
    reconstruction,
    fidelity: { agreement, logitR2: fidelity(images).logitR2 },
    ...(answers && { hitRate: answers }),
  };
}

/** A figure that is not known of a run that was not evaluated: most were never looked at. */
function withoutCheck(light: LightInWords, { answers }: Explanation): LightInWords {
  const isKnownOfRun = light.figure === 'logitR2' || (light.figure === 'hitRate' && answers !== undefined);
  return isKnownOfRun ? light : { ...light, says: NOT_EVALUATED };
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

function reasonsOf(claims: readonly ClaimInWords[], grade: TrustLevel): string[] {
  const by = (...grades: readonly TrustLevel[]) => claimsGraded(claims, grades);
  const chosen = {
    good: claims.filter(({ id }) => TOLD_OF_GOOD.includes(id)),
    fair: by('weak', 'fair', 'unknown'),
    weak: by('weak'),
    unknown: by('fair', 'unknown'),
  }[grade];
  return [...new Set(chosen.map(({ reason }) => reason))];
}

function cautionsOf(explanation: Explanation): string[] {
  const { images, factorization, skipped, given } = explanation;
  const cautions = preprocessingCautions(explanation);
  if (factorization.status !== 'converged')
    cautions.push(
      `The factorisation stopped early (${factorization.status}); more iterations may change the concepts.`,
    );
  const all = given === undefined ? undefined : given + skipped.length;
  if (skipped.length > (all ?? images.length) / 10)
    cautions.push(
      all === undefined
        ? `${countOf(skipped.length, 'file')} could not be read.`
        : `${percentText(skipped.length / all)} of the files could not be read.`,
    );
  return cautions;
}

/** A guess is never silent, and few right answers put any preprocessing in doubt. */
function preprocessingCautions({ preprocessing, answers }: Explanation): string[] {
  if (answers !== undefined && isDoubtful(answers)) return [fewRightText(preprocessing)];
  return preprocessing?.source === 'default' ? [originText(preprocessing)] : [];
}
