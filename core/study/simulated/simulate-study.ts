import { invariant } from '../../errors.ts';
import type { Random } from '../../random.ts';
import type { AskStep } from '../participant-plan.ts';
import { planParticipant } from '../plan-participant.ts';
import { isPassedOver, isQuizPassed } from '../quiz.ts';
import { streamOf } from '../stream.ts';
import type { FrozenStudy, Study } from '../study.ts';
import type { Participant, StudyData, Trial } from '../trial.ts';
import { questionOf } from './question.ts';

/** What somebody says to a question. */
export interface Reply {
  /** Index as {@link Trial.response} has it. */
  readonly response: number;
  /** How sure, 0 (a guess) … 1. */
  readonly sureness: number;
  readonly milliseconds: number;
}

/** A participant that is not a person. It is told what a person is shown, and no more. */
export interface SimulatedMind {
  learn(item: string, session: number): void;
  answer(step: AskStep): Reply;
}

/** Makes the mind of a participant, who has a condition and chances of their own. */
export type MindMaker = (participant: number, condition: string, random: Random) => SimulatedMind;

/**
 * The answers of simulated participants 1 … count, each going the way of the plan of their number, quiz and all: data as
 * people's are. The same seed gives the same answers.
 */
export function simulateStudy(
  { study, sha256 }: FrozenStudy,
  count: number,
  seed: number,
  mindOf: MindMaker,
): StudyData {
  const people = Array.from({ length: count }, (_, at) => simulateParticipant(study, at + 1, seed, mindOf));
  return {
    study: sha256,
    participants: people.map(({ participant }) => participant),
    trials: people.flatMap(({ trials }) => trials),
  };
}

function simulateParticipant(
  study: Study,
  number: number,
  seed: number,
  mindOf: MindMaker,
): { readonly participant: Participant; readonly trials: readonly Trial[] } {
  const plan = planParticipant(study, number);
  const { condition } = plan;
  const mind = mindOf(number, condition, streamOf(seed, 'mind', number));
  const trials: Trial[] = [];
  for (const step of plan.steps) {
    if (step.kind === 'learn') mind.learn(step.item, step.session);
    if (step.kind !== 'ask' || isPassedOver(plan, step, trials)) continue;
    trials.push(trialOf(study, number, condition, step, mind.answer(step)));
  }
  const isPassed = isQuizPassed(plan, trials);
  return {
    participant: { participant: number, condition, status: 'finished', isQuizPassed: isPassed },
    trials,
  };
}

function trialOf(
  { material }: Study,
  participant: number,
  condition: string,
  { session, trial, as, item }: AskStep,
  { response, sureness, milliseconds }: Reply,
): Trial {
  const { picture, concept, answer } = questionOf(material, item);
  const level = Math.min(5, Math.max(1, 1 + Math.round(4 * sureness)));
  invariant(milliseconds > 0, `simulateStudy: an answer in ${milliseconds} ms`);
  return {
    ...{ participant, condition, session, trial, kind: as, item, picture, concept, answer, response },
    isCorrect: answer === null ? null : response === answer,
    confidence: material.kind === 'choice' ? null : (level as 1 | 2 | 3 | 4 | 5),
    milliseconds: Math.round(milliseconds),
  };
}
