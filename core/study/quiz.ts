import type { AskStep, ParticipantPlan, Step } from './participant-plan.ts';
import type { Trial } from './trial.ts';

type Answered = Pick<Trial, 'trial' | 'isCorrect'>;

/**
 * Did the participant understand the task? A try is passed once all of its questions are answered right. Null where the plan
 * has no quiz, and as long as a try is left or under way.
 */
export function isQuizPassed({ steps }: ParticipantPlan, trials: readonly Answered[]): boolean | null {
  const tries = triesOf(steps);
  if (tries.length === 0) return null;
  if (tries.some((questions) => isPassed(questions, trials))) return true;
  return tries.every((questions) => questions.every(({ trial }) => answerTo(trial, trials) !== undefined))
    ? false
    : null;
}

/** Is a step left out for this participant? Those of a further try at the quiz are, once an earlier one was passed. */
export function isPassedOver({ steps }: ParticipantPlan, step: Step, trials: readonly Answered[]): boolean {
  if (step.kind !== 'ask' || step.attempt === undefined) return false;
  return triesOf(steps)
    .slice(0, step.attempt - 1)
    .some((questions) => isPassed(questions, trials));
}

/** The questions of each try. */
function triesOf(steps: readonly Step[]): AskStep[][] {
  const tries: AskStep[][] = [];
  for (const step of steps) {
    if (step.kind !== 'ask' || step.attempt === undefined) continue;
    (tries[step.attempt - 1] ??= []).push(step);
  }
  return tries;
}

function isPassed(questions: readonly AskStep[], trials: readonly Answered[]): boolean {
  return questions.every(({ trial }) => answerTo(trial, trials)?.isCorrect === true);
}

function answerTo(wanted: number, trials: readonly Answered[]): Answered | undefined {
  return trials.find(({ trial }) => trial === wanted);
}
