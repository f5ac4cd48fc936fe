import { BugError, invariant } from '../errors.ts';
import type { ParticipantEvent, ParticipantLog } from './participant-log.ts';
import type { AskStep, ParticipantPlan } from './participant-plan.ts';
import { isPassedOver, isQuizPassed } from './quiz.ts';
import type { ChoiceItem, IntruderItem, Study, UtilityItem } from './study.ts';
import type { Trial } from './trial.ts';

/** What a participant said to a question: the place of the answer on the screen, from 0. */
export interface GivenAnswer {
  readonly place: number;
  readonly confidence: Trial['confidence'];
  /** From when the question could be seen whole until the answer; pauses are not in it. */
  readonly milliseconds: number;
}

/** An item of any kind of study. */
export type StudyItem = UtilityItem | IntruderItem | ChoiceItem;

/** Index of the step that a participant comes to next. */
export function nextStep(plan: ParticipantPlan, log: Pick<ParticipantLog, 'lastStep' | 'trials'>): number {
  const { steps } = plan;
  let step = log.lastStep + 1;
  while (step < steps.length - 1 && isPassedOver(plan, steps[step], log.trials)) step++;
  return step;
}

/**
 * What happens when a participant is done with the step that they are at: the answer, where it asks; how the quiz went, where that
 * settled it; and the end, where nothing but the thanks is left.
 */
export function eventsOfStep(
  study: Pick<Study, 'material'>,
  plan: ParticipantPlan,
  log: Pick<ParticipantLog, 'lastStep' | 'trials' | 'participant'>,
  given: GivenAnswer | undefined,
): ParticipantEvent[] {
  const at = nextStep(plan, log);
  const step = plan.steps[at];
  invariant((step.kind === 'ask') === (given !== undefined), `eventsOfStep: an answer to "${step.kind}"`);
  const trial = step.kind === 'ask' && given !== undefined ? trialOf(study, plan, step, given) : undefined;
  const trials = trial === undefined ? log.trials : [...log.trials, trial];
  const isPassed = isQuizPassed(plan, trials);
  const isEnd = plan.steps[nextStep(plan, { lastStep: at, trials })].kind === 'thanks';
  return [
    trial === undefined
      ? { event: 'passed' as const, step: at }
      : { event: 'answered' as const, step: at, trial },
    ...(isPassed !== null && log.participant.isQuizPassed === null
      ? [{ event: 'quiz' as const, isPassed }]
      : []),
    ...(isEnd ? [{ event: 'finished' as const }] : []),
  ];
}

/** How many answers a question offers. */
export function answersOffered({ material }: Pick<Study, 'material'>, step: AskStep): number {
  return step.order?.length ?? (material.kind === 'utility' ? material.answers.length : 0);
}

/** Are participants asked how sure they are? Not in the quiz, and not where no answer is right. */
export function asksConfidence({ material }: Pick<Study, 'material'>, { as }: Pick<AskStep, 'as'>): boolean {
  return as !== 'quiz' && material.kind !== 'choice';
}

/** An item of a study by its id; BugError where there is none, which freezing a study does not let be. */
export function itemOf({ material }: Pick<Study, 'material'>, id: string): StudyItem {
  const item = (material.items as readonly StudyItem[]).find((one) => one.id === id);
  if (item === undefined) throw new BugError(`study: no item "${id}"`);
  return item;
}

function trialOf(
  study: Pick<Study, 'material'>,
  { participant, condition }: ParticipantPlan,
  step: AskStep,
  { place, confidence, milliseconds }: GivenAnswer,
): Trial {
  const { session, trial, as, item, order } = step;
  const response = order === null ? place : order[place];
  const meant = meantBy(itemOf(study, item));
  return {
    ...{ participant, condition, session, trial },
    kind: as,
    item,
    ...meant,
    response,
    isCorrect: meant.answer === null ? null : response === meant.answer,
    confidence,
    milliseconds,
  };
}

/** What a question is about, and what would be right. */
function meantBy(item: StudyItem): Pick<Trial, 'picture' | 'concept' | 'answer'> {
  if ('crops' in item) {
    const odd = item.crops.length - 1;
    return { picture: item.crops[odd].sha256, concept: item.concept, answer: odd };
  }
  if ('galleries' in item) return { picture: '', concept: item.concept, answer: null };
  return { picture: item.picture.sha256, concept: null, answer: item.answer };
}
