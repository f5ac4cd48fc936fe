import { picturesOf } from '../../core/study/study-pictures.ts';
import type { FrozenStudy } from '../../core/study/study.ts';
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
type NotedFacts = ReturnType<typeof studyFacts> & { readonly notes: readonly string[] };

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
    `Pictures: ${facts.pictures}, seed ${facts.seed}, SHA-256 ${facts.sha256}`,
    ...facts.notes,
  ];
  return lines.join('\n');
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
