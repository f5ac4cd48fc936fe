import { picturesOf } from '../../core/study/study-pictures.ts';
import type { FrozenStudy } from '../../core/study/study.ts';
import type { StudyPower } from '../../core/study/analysis/study-power.ts';
import { fixed, intervalText, percentText } from '../../core/wording/number-text.ts';
import { countOf, listText } from '../../core/wording/count-text.ts';

/** What is told of a frozen study, as `--json` prints it. */
export function studyFacts({ study, sha256 }: FrozenStudy) {
  const { material } = study;
  return {
    id: study.id,
    sha256,
    title: study.title,
    kind: material.kind,
    frozen: study.frozen,
    runs: study.runs.map(({ id, className }) => ({ id, class: className })),
    conditions: study.conditions,
    contrast: study.contrast,
    participants: study.participants * study.conditions.length,
    seed: study.seed,
    rules: study.rules,
    pictures: picturesOf(study).length,
    utility:
      material.kind === 'utility'
        ? {
            answers: material.answers,
            scenario: material.scenario,
            sessions: material.sessions.map(({ train, test }) => ({
              train: train.length,
              test: test.length,
            })),
            practice: { train: material.practice.train.length, test: material.practice.test.length },
            mistakes: material.items.filter(({ isMistake }) => isMistake === true).length,
          }
        : null,
    crops:
      material.kind === 'utility'
        ? null
        : {
            questions: material.items.length,
            concepts: new Set(material.items.map(({ concept }) => concept)).size,
          },
  };
}

/** {@link studyFacts} with what should be known of how it was drawn. */
type NotedFacts = ReturnType<typeof studyFacts> & {
  readonly power: readonly StudyPower[] | null;
  readonly notes: readonly string[];
};

/** The same for people. */
export function studyText(facts: NotedFacts): string {
  const lines = [
    `${facts.id}: ${facts.title} (${facts.kind}), frozen ${facts.frozen}`,
    `Runs: ${facts.runs.map((run) => `${run.id} (${run.class})`).join(', ')}`,
    asked(facts),
    `Participants: ${facts.participants}${facts.conditions.length > 1 ? ` (${facts.participants / facts.conditions.length} in each of ${listText(facts.conditions)})` : ''}`,
    ...(facts.contrast
      ? [`Primary test: ${facts.contrast.condition} against ${facts.contrast.against}`]
      : []),
    ...(facts.utility === null ? [] : [leftOut(facts)]),
    ...(facts.power === null ? [] : powerLines(facts.power)),
    `Pictures: ${facts.pictures}, seed ${facts.seed}, SHA-256 ${facts.sha256}`,
    ...facts.notes,
  ];
  return lines.join('\n');
}

function powerLines(powers: readonly StudyPower[]): string[] {
  const [{ question, simulations }] = powers;
  const chances = powers.map(
    ({ question: { effect }, power }) =>
      `${fixed(100 * effect, 0)} points ${percentText(power.value)} (${intervalText(power)})`,
  );
  return [
    `Power of the primary test, by ${simulations} simulated studies: ${chances.join(', ')}`,
    `  if accuracy is ${percentText(question.accuracy)} without, and people and pictures differ by ${fixed(question.participantSpread, 1)} and ${fixed(question.pictureSpread, 1)} in log-odds: a guess, to be put right by a pilot`,
  ];
}

function leftOut({ rules }: ReturnType<typeof studyFacts>): string {
  return `Left out: who fails the quiz ${countOf(rules.quizTries, 'time')}, answers fewer than ${100 * rules.leastCatchShare} % of the catch questions rightly, or has a median time under ${rules.leastMedianMs} ms`;
}

function asked({ utility, crops }: ReturnType<typeof studyFacts>): string {
  if (utility === null)
    return `Questions: ${crops?.questions} about ${countOf(crops?.concepts ?? 0, 'concept')}`;
  const { answers, sessions, mistakes } = utility;
  const [{ train, test }] = sessions;
  const wrong = mistakes > 0 ? `, ${mistakes} of all pictures mistakes of the model` : '';
  return `Answers: ${answers[0]} or ${answers[1]}; ${countOf(sessions.length, 'session')} of ${train} learnt and ${test} predicted${wrong}`;
}
