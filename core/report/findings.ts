import type { Concept, ConceptRemoval, Explanation } from '../concepts/explanation.ts';
import { countOf, countText } from '../wording/count-text.ts';
import { percentText } from '../wording/number-text.ts';
import { decidedOtherwise, isNumber } from '../wording/said-words.ts';
import { effectText } from '../wording/score-words.ts';
import { scoreFactsOf } from './run-score.ts';
import { claimsGraded, isOneCause } from './claims-in-words.ts';
import type { TrustVerdict } from './trust-verdict.ts';

/** What a reader who reads no further should take along. */
export interface Findings {
  /** Three sentences at most, each true by itself. */
  readonly sentences: readonly string[];
  /** What to do next; one sentence. */
  readonly action: string;
}

/** Findings of a run and the action that follows, in the words of the report. */
export function findingsOf(
  explanation: Explanation,
  verdict: Pick<TrustVerdict, 'grade' | 'claims' | 'shortcuts'>,
): Findings {
  // Where nothing moves the score no concept has anything to say.
  const ofConcepts = nothingMoves(explanation) ? [] : [wayFinding(explanation), removalFinding(explanation)];
  const sentences = [...ofConcepts, answersFinding(explanation)];
  return { sentences: sentences.filter((text) => text !== ''), action: actionOf(explanation, verdict) };
}

/** Does no concept move the score of any image? */
export function nothingMoves({ importance, images }: Explanation): boolean {
  return images.length > 0 && importance.still === images.length;
}

const quoted = ({ name }: Pick<Concept, 'name'>): string => `\u201c${name}\u201d`;

/** Which way the leading concept moves the score, and in how many images it is there. */
function wayFinding(explanation: Explanation): string {
  const leader = explanation.concepts.at(0);
  if (leader === undefined) return '';
  const there =
    explanation.images.length === 1
      ? 'is found in the image'
      : `is found in ${percentText(leader.prevalence)} of the images`;
  return leader.effect === undefined
    ? `${quoted(leader)} ${there}.`
    : `${quoted(leader)} ${there} and ${effectText(scoreFactsOf(explanation), leader.effect)}.`;
}

/** The concept without which most is decided otherwise. */
function removalFinding(explanation: Explanation): string {
  const { removals, images, concepts } = explanation;
  if (removals === undefined || images.length === 0) return '';
  const score = scoreFactsOf(explanation);
  const most = removals.reduce<ConceptRemoval | undefined>(
    (best, one) => (one.flips.length > (best?.flips.length ?? 0) ? one : best),
    undefined,
  );
  const named = concepts.find(({ id }) => id === most?.concept);
  if (most === undefined || named === undefined)
    return images.length === 1
      ? 'Without any one of the concepts the image is decided as it is with them.'
      : `Without any one of the concepts none of the ${countOf(images.length, 'image')} ${decidedOtherwise(score, true)}.`;
  const count = most.flips.length;
  const which = images.length === 1 ? 'the image' : `${count} of the ${countOf(images.length, 'image')}`;
  return `Without ${quoted(named)} ${which} ${decidedOtherwise(score, count === 1)}${changeText(most, explanation)}.`;
}

/** What most of the images become, and what they were: ", “kite” rather than “ring”". */
function changeText({ flips }: ConceptRemoval, explanation: Explanation): string {
  const score = scoreFactsOf(explanation);
  if (isNumber(score)) return '';
  const changes = new Map<string, number>();
  for (const { image, to } of flips) {
    const from = explanation.images[image].predicted.name;
    const change = `\u201c${to.name}\u201d rather than \u201c${from}\u201d`;
    changes.set(change, (changes.get(change) ?? 0) + 1);
  }
  const [[change, count]] = [...changes].sort(([, one], [, other]) => other - one);
  return changes.size === 1 ? `, ${change}` : `, ${count} of them ${change}`;
}

function answersFinding({ answers }: Explanation): string {
  if (answers === undefined || answers.known === 0) return '';
  const { hits, known } = answers;
  if (known === 1)
    return `The model is ${hits === 1 ? 'right' : 'wrong'} about the one image whose folder names an answer.`;
  return `The model is right about ${hits === known ? 'all' : countText(hits)} of the ${countOf(known, 'image')} whose folder names an answer.`;
}

/**
 * The next step of what makes the verdict weak; then a shortcut; then the next step of what keeps the verdict from being
 * good, the gravest first; else what only a person can judge.
 */
function actionOf(
  explanation: Explanation,
  { claims, grade: verdict, shortcuts }: Pick<TrustVerdict, 'claims' | 'grade' | 'shortcuts'>,
): string {
  const shortcut = shortcuts.at(0);
  if (shortcut !== undefined && verdict !== 'weak')
    return `Settle whether the model may go by this: it ${shortcut.leans}. Show it images of ${shortcut.class} where that is different, and other images that have it.`;
  const first = claims.find(isOneCause);
  if (first !== undefined) return first.next;
  const lacking = claimsGraded(claims, ['weak', 'fair', 'unknown']).filter(({ next }) => next !== '');
  if (lacking.length > 0) return lacking[0].next;
  const leader = explanation.concepts.at(0);
  return leader === undefined
    ? ''
    : `Look at the crops of ${quoted(leader)} and ask whether the model ought to go by that.`;
}
