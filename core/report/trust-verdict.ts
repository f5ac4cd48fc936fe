import type { Explanation } from '../concepts/explanation.ts';
import { trustEvidence, type Evaluation } from '../metrics/evaluation.ts';
import { fidelity } from '../metrics/fidelity.ts';
import {
  TRUST_WEIGHTS,
  trustLevel,
  trustLights,
  type TrustEvidence,
  type TrustLevel,
} from '../metrics/trust.ts';
import { countOf } from '../wording/count-text.ts';
import { percentText } from '../wording/number-text.ts';
import { fewRightText, isDoubtful, originText } from '../wording/preprocessing-words.ts';
import { isNumber } from '../wording/said-words.ts';
import { GRADE_WORDS, verdictRule } from '../wording/trust-words.ts';
import { lightInWords, type LightInWords } from './light-in-words.ts';
import { scoreFactsOf } from './run-score.ts';

type TrustGrade = Exclude<TrustLevel, 'unknown'>;

/** A plain-words answer to "how far can this be trusted?". */
export interface TrustVerdict {
  readonly grade: TrustGrade;
  /** A few words. */
  readonly headline: string;
  /** What follows from it for the reader. */
  readonly advice: string;
  /** What the figures that made the grade say, the gravest first. */
  readonly reasons: readonly string[];
  /** Reasons for more caution than the grade says. */
  readonly cautions: readonly string[];
  /** Every figure, whether known or not; right answers only where there are answers. */
  readonly lights: readonly LightInWords[];
  /** How the grade comes about. */
  readonly rule: string;
}

const FEW_IMAGES = 10;
const NOT_EVALUATED = 'Not evaluated.';

/** The verdict by the rule of {@link trustLevel}; without an evaluation, by what the run itself knows. */
export function trustVerdict(explanation: Explanation, evaluation?: Evaluation): TrustVerdict {
  const evidence = evaluation === undefined ? evidenceOfRun(explanation) : trustEvidence(evaluation);
  const isChecked = evaluation !== undefined;
  const isOfNumber = isNumber(scoreFactsOf(explanation));
  const lights = trustLights(evidence, explanation.concepts.length)
    .filter(({ figure, value }) => !isOfNumber || figure !== 'hitRate' || value !== undefined)
    .map((light) => lightInWords(light, isOfNumber))
    .map((light) => (isChecked || light.level !== 'unknown' ? light : withoutCheck(light, explanation)));
  // R² and agreement are known of every run.
  const grade = trustLevel(lights) as TrustGrade;
  return {
    grade,
    ...GRADE_WORDS[grade],
    reasons: reasonsOf(lights, grade),
    cautions: [
      ...(evaluation === undefined
        ? ['The explanation was not evaluated: whether its order and its concepts hold is not known.']
        : []),
      ...cautionsOf(explanation),
    ],
    lights,
    rule: verdictRule(isOfNumber),
  };
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

function reasonsOf(lights: readonly LightInWords[], grade: TrustGrade): string[] {
  const deciding = (level: TrustLevel): LightInWords[] =>
    lights.filter(({ figure, level: own }) => TRUST_WEIGHTS[figure] === 'decides' && own === level);
  const limiting = lights.filter(
    ({ figure, level }) => TRUST_WEIGHTS[figure] === 'limits' && level === 'weak',
  );
  const chosen = { good: deciding('good'), fair: [...deciding('fair'), ...limiting], weak: deciding('weak') };
  return chosen[grade].map(({ name, text, says }) => `${says} (${name}: ${text})`);
}

function cautionsOf(explanation: Explanation): string[] {
  const { images, concepts, factorization, skipped, given } = explanation;
  const cautions = preprocessingCautions(explanation);
  if (images.length < FEW_IMAGES)
    cautions.push(
      `Only ${countOf(images.length, 'image')} ${images.length === 1 ? 'was' : 'were'} explained; other images may tell another story.`,
    );
  if (factorization.status !== 'converged')
    cautions.push(
      `The factorisation stopped early (${factorization.status}); more iterations may change the concepts.`,
    );
  if (concepts.length > 1 && concepts.every(({ tier }) => tier === 0))
    cautions.push(
      'No concept can be told apart from another by importance; the order shown is not evidence.',
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
