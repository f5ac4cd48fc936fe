import type { Random } from '../random.ts';
import { balancedPlaces, conditionOf, poolOrder } from './assignment.ts';
import type { AskStep, ParticipantPlan, Step } from './participant-plan.ts';
import { shuffled, streamOf } from './stream.ts';
import type { Study, StudyMaterial, UtilitySession } from './study.ts';

/** Questions of the quiz: practice pictures that were just learnt. */
const QUIZ_QUESTIONS = 4;

/** Questions about crops or galleries between two pauses. */
const QUESTIONS_TO_PAUSE = 20;

type Utility = Extract<StudyMaterial, { kind: 'utility' }>;
type Question = Omit<AskStep, 'kind' | 'trial'>;

/**
 * The way of one participant (1, 2, …) through a study: the same at every call, for nothing enters but the study and the
 * number. Utility: practice with the quiz in as many tries as the rules give, then every session with its pictures learnt,
 * its test, and one catch question among it, a picture that was learnt in the session. Intruders and choices: all questions
 * in a random order, concepts and parts mixed.
 */
export function planParticipant(study: Study, participant: number): ParticipantPlan {
  const random = streamOf(study.seed, 'participant', participant);
  const { material } = study;
  const middle =
    material.kind === 'utility'
      ? utilitySteps(study, material, participant, random)
      : cropSteps(study, material, participant, random);
  const steps: Step[] = [
    { kind: 'consent' },
    { kind: 'instructions' },
    ...numbered(middle),
    { kind: 'thanks' },
  ];
  return { participant, condition: conditionOf(study, participant), steps };
}

type Unnumbered = Exclude<Step, AskStep> | ({ readonly kind: 'ask' } & Question);

function utilitySteps(study: Study, material: Utility, participant: number, random: Random): Unnumbered[] {
  const order = poolOrder(study, participant, material.sessions.length);
  const sessions = order.flatMap((pool, place): Unnumbered[] => [
    ...sessionSteps(material.sessions[pool], place + 1, random),
    ...(place + 1 < order.length ? [{ kind: 'pause' as const, session: place + 1 }] : []),
  ]);
  return [...practiceSteps(material.practice, study.rules.quizTries, random), ...sessions];
}

function practiceSteps(practice: UtilitySession, tries: number, random: Random): Unnumbered[] {
  const quiz = Array.from({ length: tries }, (_, at) =>
    shuffled(practice.train, random)
      .slice(0, QUIZ_QUESTIONS)
      .map((item) => ask(0, 'quiz', item, { attempt: at + 1 })),
  );
  return [
    ...shuffled(practice.train, random).map((item) => ({ kind: 'learn' as const, session: 0, item })),
    ...shuffled(practice.test, random).map((item) => ask(0, 'practice', item)),
    ...quiz.flat(),
  ];
}

function sessionSteps({ train, test }: UtilitySession, session: number, random: Random): Unnumbered[] {
  const asked = shuffled(test, random).map((item) => ask(session, 'test', item));
  const known = ask(session, 'catch', train[random.integer(train.length)]);
  return [
    ...shuffled(train, random).map((item) => ({ kind: 'learn' as const, session, item })),
    ...asked.toSpliced(random.integer(asked.length + 1), 0, known),
  ];
}

function cropSteps(
  study: Study,
  material: Exclude<StudyMaterial, Utility>,
  participant: number,
  random: Random,
): Unnumbered[] {
  const { items } = material;
  // What is meant stands last in an item's own order of crops, and first in that of galleries.
  const [count, meant] = material.kind === 'intruder' ? [5, 4] : [2, 0];
  const places = balancedPlaces(study, participant, items.length, count);
  const questions = items.map(({ id }, at) => {
    const others = shuffled(
      Array.from({ length: count }, (_, index) => index).filter((index) => index !== meant),
      random,
    );
    return ask(1, 'test', id, { order: others.toSpliced(places[at], 0, meant) });
  });
  return shuffled(questions, random).flatMap((question, at): Unnumbered[] =>
    at > 0 && at % QUESTIONS_TO_PAUSE === 0 ? [{ kind: 'pause', session: 1 }, question] : [question],
  );
}

function ask(
  session: number,
  as: AskStep['as'],
  item: string,
  more: Partial<Pick<Question, 'attempt' | 'order'>> = {},
): { readonly kind: 'ask' } & Question {
  return { kind: 'ask', session, as, item, order: null, ...more };
}

/** Questions numbered in the order in which they are asked. */
function numbered(steps: readonly Unnumbered[]): Step[] {
  let trial = 0;
  return steps.map((step) => (step.kind === 'ask' ? { ...step, trial: ++trial } : step));
}
