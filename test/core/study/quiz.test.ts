import { describe, expect, it } from 'vitest';
import type { AskStep } from '../../../core/study/participant-plan.ts';
import { planParticipant } from '../../../core/study/plan-participant.ts';
import { isPassedOver, isQuizPassed } from '../../../core/study/quiz.ts';
import { asStudy, exampleIntruder, exampleUtility } from './example-study.ts';

const plan = planParticipant(asStudy(await exampleUtility()), 1);
const quiz = plan.steps.filter((step): step is AskStep => step.kind === 'ask' && step.as === 'quiz');
const answers = (steps: readonly AskStep[], isCorrect: (at: number) => boolean) =>
  steps.map(({ trial }, at) => ({ trial, isCorrect: isCorrect(at) }));
const [first, second] = [1, 2].map((attempt) => quiz.filter((step) => step.attempt === attempt));

describe('isQuizPassed()', () => {
  it('is not known before a try has ended', () => {
    expect(isQuizPassed(plan, [])).toBeNull();
    expect(
      isQuizPassed(
        plan,
        answers(first.slice(1), () => true),
      ),
    ).toBeNull();
    expect(
      isQuizPassed(
        plan,
        answers(first, (at) => at > 0),
      ),
    ).toBeNull();
  });

  it('takes one try in which everything is right', () => {
    expect(
      isQuizPassed(
        plan,
        answers(first, () => true),
      ),
    ).toBe(true);
    const late = [...answers(first, () => false), ...answers(second, () => true)];
    expect(isQuizPassed(plan, late)).toBe(true);
    expect(
      isQuizPassed(
        plan,
        answers([...first, ...second], (at) => at !== 0 && at !== 5),
      ),
    ).toBe(false);
  });

  it('is not known of a study without a quiz', async () => {
    expect(isQuizPassed(planParticipant(asStudy(await exampleIntruder()), 1), [])).toBeNull();
  });
});

describe('isPassedOver()', () => {
  it('leaves out the second try after the first was passed, and nothing else', () => {
    const passed = answers(first, () => true);
    expect(plan.steps.filter((step) => isPassedOver(plan, step, passed))).toEqual(second);
    expect(
      plan.steps.some((step) =>
        isPassedOver(
          plan,
          step,
          answers(first, (at) => at < 3),
        ),
      ),
    ).toBe(false);
  });
});
