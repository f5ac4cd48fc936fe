import type { Explanation } from '../concepts/explanation.ts';
import {
  bestOfFew,
  claimsOf,
  imagesApart,
  isDecisive,
  verdictOf,
  type Claim,
  type ClaimEvidence,
} from '../metrics/claims.ts';
import { trustEvidence, type Evaluation } from '../metrics/evaluation.ts';
import { fidelity } from '../metrics/fidelity.ts';
import { FEWEST_PICTURES } from '../metrics/shortcuts.ts';
import { trustLights, type TrustEvidence, type TrustLevel, type TrustLight } from '../metrics/trust.ts';
import { countOf } from '../wording/count-text.ts';
import { percentText } from '../wording/number-text.ts';
import { fewRightText, isDoubtful, originText } from '../wording/preprocessing-words.ts';
import { isNumber } from '../wording/said-words.ts';
import { noShortcutText, SHORTCUT_MEANING } from '../wording/shortcut-words.ts';
import { GRADE_WORDS, OF_FEW_IMAGES, VERDICT_RULE } from '../wording/trust-words.ts';
import { asShown } from './as-shown.ts';
import { claimsInWords, isOneCause, reasonsOf, type ClaimInWords } from './claims-in-words.ts';
import { lightInWords, type LightInWords } from './light-in-words.ts';
import { looksLikeProbability, scoreFactsOf } from './run-score.ts';
import { shortcutsInWords, type ShortcutInWords } from './shortcuts-in-words.ts';

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
export function trustVerdict(found: Explanation, evaluation?: Evaluation): TrustVerdict {
  const explanation = asShown(found, evaluation);
  const isChecked = evaluation !== undefined;
  const { isOfNumber, isSplitByMean, figures, evidence } = weighed(explanation, evaluation);
  const claims = claimsInWords(claimsOf(evidence), { explanation, evaluation, isOfNumber });
  const grade = verdictOf(claims, isChecked);
  const lights = figures
    .filter(({ figure, value }) => !isOfNumber || figure !== 'hitRate' || value !== undefined)
    .map((light) => lightInWords(light, isOfNumber))
    .map((light) => (isChecked || light.level !== 'unknown' ? light : withoutCheck(light, explanation)))
    .map((light) => ofFew(light, imagesApart(evidence.scores)))
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
    cautions: [...(shortcuts.length > 0 ? [SHORTCUT_MEANING] : []), ...cautionsOf(explanation, claims)],
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
    layer,
  } = explanation;
  const valueOf = (wanted: TrustLight['figure']) => figures.find(({ figure }) => figure === wanted)?.value;
  const [deletion, insertion] = [valueOf('deletion'), valueOf('insertion')];
  const order = deletion === undefined || insertion === undefined ? undefined : Math.min(deletion, insertion);
  const [stability, sanity] = [valueOf('stability'), valueOf('sanity')];
  const scores = images.map(({ logit }) => logit);
  return {
    isEvaluated: evaluation !== undefined,
    ...(answers && { answers }),
    ...(rest && { rest }),
    ...(!isSplitByMean && { agreement: reconstruction.agreement }),
    ...(evaluation?.heldOut && { heldOut: evaluation.heldOut }),
    scores,
    ...(importance.still !== undefined && { still: importance.still }),
    isProbability: looksLikeProbability(explanation),
    isAtScores: layer.kind === 'vector' && layer.computeShare >= 1,
    concepts: concepts.length,
    tiers: new Set(concepts.map(({ tier }) => tier)).size,
    ...(order !== undefined && { order }),
    ...(stability !== undefined && { stability }),
    ...(sanity !== undefined && { sanity }),
  };
}

/** Does a claim rest on the figure? Those of the order count only where an order is claimed. */
function isWeighed(figure: TrustLight['figure'], claims: readonly Claim[], isSplitByMean: boolean): boolean {
  const isOfOrder = figure === 'deletion' || figure === 'insertion';
  const isClaimed = claims.some(({ id, cause }) => id === 'order' && cause !== 'all-tie');
  return isDecisive(figure, isSplitByMean) && (isClaimed || !isOfOrder);
}

function evidenceOfRun({ reconstruction, images, answers }: Explanation): TrustEvidence {
  const { agreement } = reconstruction;
  return {
    reconstruction,
    fidelity: { agreement, logitR2: fidelity(images).logitR2 },
    ...(answers && { hitRate: answers }),
  };
}

/** Figures that say what other images would give. */
const OF_OTHERS: ReadonlySet<TrustLight['figure']> = new Set(['deletion', 'insertion', 'stability']);

/** A figure of so few images is worth no more than the claim that rests on it. */
function ofFew(light: LightInWords, apart: number): LightInWords {
  const best = bestOfFew(apart);
  if (best === undefined || light.level === 'unknown' || !OF_OTHERS.has(light.figure)) return light;
  if (best === 'fair' && light.level !== 'good') return light;
  return { ...light, level: best, says: OF_FEW_IMAGES };
}

/** A figure that is not known of a run that was not evaluated: most were never looked at. */
function withoutCheck(light: LightInWords, { answers }: Explanation): LightInWords {
  const isKnownOfRun = light.figure === 'logitR2' || (light.figure === 'hitRate' && answers !== undefined);
  return isKnownOfRun ? light : { ...light, says: NOT_EVALUATED };
}

function cautionsOf(explanation: Explanation, claims: readonly Claim[]): string[] {
  const { images, factorization, skipped, given } = explanation;
  // Where every image is scored alike, few right answers are no sign of labels in another order.
  const cautions = claims.some(isOneCause) ? [] : preprocessingCautions(explanation);
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
