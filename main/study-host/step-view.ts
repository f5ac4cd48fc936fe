import { asksConfidence, itemOf } from '../../core/study/taking-part.ts';
import type { AskStep, ParticipantPlan, Step } from '../../core/study/participant-plan.ts';
import type { Study } from '../../core/study/study.ts';
import type {
  ShownPanel,
  ShownPicture,
  ShownQuestion,
  ShownStep,
  StepPlace,
  StudyTask,
} from '../api/contract.ts';
import { ShownParts, type AddressOf } from './shown-parts.ts';

/** What one participant is shown at a step of their way; of a question nothing that says what would be right. */
export function shownStep(study: Study, plan: ParticipantPlan, at: number, addressOf: AddressOf): ShownStep {
  const step = plan.steps[at];
  switch (step.kind) {
    case 'consent':
      return { kind: 'consent', text: study.consent };
    case 'instructions':
      return { kind: 'instructions', task: taskOf(study, plan) };
    case 'learn': {
      const shown = new ShownParts(study, plan.condition, addressOf);
      return { kind: 'learn', ...placeOf(plan, at), learnt: shown.learnt(step.item), legend: shown.legend() };
    }
    case 'ask':
      return shownQuestion(study, plan, at, step, addressOf);
    case 'pause':
      return { kind: 'pause', session: step.session, sessions: sessionsOf(plan) };
    case 'thanks':
      return { kind: 'thanks' };
  }
}

/** Every picture of a step once. */
export function picturesIn(step: ShownStep): ShownPicture[] {
  const all = step.kind === 'learn' ? learntPictures(step) : step.kind === 'ask' ? asked(step.question) : [];
  return [...new Map(all.map((picture) => [picture.address, picture])).values()];
}

function asked(question: ShownQuestion): readonly ShownPicture[] {
  if (question.kind === 'intruder') return question.crops;
  if (question.kind === 'choice') return question.galleries.flat();
  const learnt = question.learnt.flatMap((one) => learntPictures({ learnt: one, legend: [] }));
  return [question.picture, ...learnt, ...question.legend.flatMap(panelPictures)];
}

function learntPictures({
  learnt,
  legend,
}: Pick<Extract<ShownStep, { kind: 'learn' }>, 'learnt' | 'legend'>) {
  return [learnt.picture, ...[...learnt.panels, ...legend].flatMap(panelPictures)];
}

function panelPictures(panel: ShownPanel): readonly ShownPicture[] {
  if (panel.kind === 'map') return [panel.picture];
  return panel.kind === 'gallery' ? panel.crops : [];
}

function shownQuestion(
  study: Study,
  plan: ParticipantPlan,
  at: number,
  step: AskStep,
  addressOf: AddressOf,
): ShownStep {
  const tries = study.rules.quizTries;
  return {
    kind: 'ask',
    ...placeOf(plan, at),
    // A catch question must not be told from any other.
    part: step.as === 'catch' ? 'test' : step.as,
    attempt: step.attempt === undefined ? null : { number: step.attempt, of: tries },
    asksConfidence: asksConfidence(study, step),
    question: questionOf(study, plan, at, step, addressOf),
  };
}

function questionOf(
  study: Study,
  plan: ParticipantPlan,
  at: number,
  step: AskStep,
  addressOf: AddressOf,
): ShownQuestion {
  const shown = new ShownParts(study, plan.condition, addressOf);
  const item = itemOf(study, step.item);
  const inOrder = <T>(all: readonly T[]): T[] => (step.order ?? []).map((index) => all[index]);
  if ('crops' in item) return { kind: 'intruder', crops: inOrder(item.crops).map(shown.picture) };
  if ('galleries' in item) {
    const galleries = inOrder(item.galleries).map((crops) => crops.map(shown.picture));
    return { kind: 'choice', galleries };
  }
  return {
    kind: 'utility',
    picture: shown.picture(item.picture),
    answers: shown.answers,
    learnt: learntBefore(plan, at, step.session).map((id) => shown.learnt(id)),
    legend: shown.legend(),
  };
}

/** What was learnt in the session of a question, up to it. */
function learntBefore({ steps }: ParticipantPlan, at: number, session: number): string[] {
  return steps
    .slice(0, at)
    .flatMap((step) => (step.kind === 'learn' && step.session === session ? [step.item] : []));
}

/** Among the steps of its kind and round; all tries at the quiz are counted by themselves. */
function placeOf(plan: ParticipantPlan, at: number): StepPlace {
  const here = groupOf(plan.steps[at]);
  const alike = plan.steps.flatMap((step, index) => (groupOf(step) === here ? [index] : []));
  return {
    session: (plan.steps[at] as AskStep).session,
    sessions: sessionsOf(plan),
    place: alike.indexOf(at) + 1,
    count: alike.length,
  };
}

function groupOf(step: Step): string {
  if (step.kind === 'learn') return `learn ${step.session}`;
  if (step.kind !== 'ask') return step.kind;
  const part = step.as === 'catch' ? 'test' : step.as;
  return `${part} ${step.session} ${step.attempt ?? ''}`;
}

function sessionsOf({ steps }: ParticipantPlan): number {
  return Math.max(...steps.map((step) => (step.kind === 'ask' ? step.session : 0)));
}

function taskOf(study: Study, plan: ParticipantPlan): StudyTask {
  const { material } = study;
  const questions = plan.steps.filter((step) => step.kind === 'ask' && step.session > 0).length;
  const base = { kind: material.kind, sessions: sessionsOf(plan), questions } as const;
  if (material.kind !== 'utility') return { ...base, answers: [], shows: [], hasPractice: false };
  const panels = [
    ...material.items.flatMap(({ shown }) => shown[plan.condition] ?? []),
    ...(material.legend[plan.condition] ?? []),
  ];
  return {
    ...base,
    answers: material.answers,
    shows: [...new Set(panels.map(({ kind }) => kind))],
    hasPractice: plan.steps.some((step) => step.kind === 'ask' && step.session === 0),
  };
}
