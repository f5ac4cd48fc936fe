import type { ParticipantLog } from '../../core/study/participant-log.ts';
import type { AskStep, ParticipantPlan } from '../../core/study/participant-plan.ts';
import { isQuizPassed } from '../../core/study/quiz.ts';
import type { PracticeFeedback } from '../api/contract.ts';

/** What is told of an answer: of practice and quiz what the model says, of what counts nothing. Null where nothing is. */
export function feedbackOn(
  plan: ParticipantPlan,
  { trials }: Pick<ParticipantLog, 'trials'>,
  at: number,
  answers: readonly string[],
): PracticeFeedback | null {
  const step = plan.steps[at];
  if (step.kind !== 'ask' || (step.as !== 'practice' && step.as !== 'quiz')) return null;
  const trial = trials.find((one) => one.trial === step.trial);
  if (trial === undefined || trial.answer === null) return null;
  return {
    isCorrect: trial.isCorrect === true,
    answer: answers[trial.answer],
    quiz: isLastOfTry(plan, step) ? quizAfter(plan, trials) : null,
  };
}

function quizAfter(
  plan: ParticipantPlan,
  trials: ParticipantLog['trials'],
): NonNullable<PracticeFeedback['quiz']> {
  const isPassed = isQuizPassed(plan, trials);
  if (isPassed === null) return 'again';
  return isPassed ? 'passed' : 'failed';
}

function isLastOfTry({ steps }: ParticipantPlan, { attempt, trial }: AskStep): boolean {
  if (attempt === undefined) return false;
  return !steps.some((step) => step.kind === 'ask' && step.attempt === attempt && step.trial > trial);
}
