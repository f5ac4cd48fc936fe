import type {
  ChoiceItem,
  FrozenStudy,
  IntruderItem,
  Study,
  StudyMaterial,
} from '../../../../core/study/study.ts';
import type { Participant, StudyData, Trial } from '../../../../core/study/trial.ts';

/*
 * Studies and answers for the analysis, which looks at no picture: shapes alone.
 */

/** SHA-256 of the sample studies. */
const SAMPLE_HASH = 'a1b2c3d4e5f6'.repeat(6).slice(0, 64);

const PICTURE = { sha256: 'f0', extension: 'png', width: 8, height: 8, alt: 'a crop' } as const;

/** Material of a utility study: so many sessions, of which only the number counts here, and items, of which only the names do. */
export function utilityMaterial(sessions: number, items: readonly string[] = []): StudyMaterial {
  const session = { train: ['t1'], test: ['p1'] };
  return {
    kind: 'utility',
    answers: ['house', 'ship'],
    scenario: 'all',
    items: items.map((id) => ({
      id,
      picture: PICTURE,
      source: { file: `${id}.png`, sha256: id },
      ...{ answer: 0, margin: 1, stratum: 0, isMistake: null, shown: {} },
    })),
    sessions: Array.from({ length: sessions }, () => session),
    practice: session,
    legend: {},
  };
}

/** An item of an intruder study. */
export function intruderItem(id: string, concept: string, isPart = false): IntruderItem {
  return {
    id,
    concept,
    name: `about ${concept}`,
    isPart,
    crops: Array.from({ length: 5 }, () => PICTURE),
    intruderConcept: 'other',
  };
}

/** An item of a study of choices. */
export function choiceItem(id: string, concept: string, part: string): ChoiceItem {
  return {
    id,
    concept,
    name: `about ${concept}`,
    part,
    partName: `part ${part}`,
    galleries: [[PICTURE], [PICTURE]],
  };
}

/** A frozen study of this material. */
export function frozen(material: StudyMaterial, changes: Partial<Study> = {}): FrozenStudy {
  const isUtility = material.kind === 'utility';
  const study: Study = {
    schemaVersion: 1,
    id: 'what-helps',
    title: 'What helps?',
    frozen: '2026-11-30T10:00:00.000Z',
    versions: { tessera: '0.2.0' },
    runs: [{ id: 'ship-1', sha256: '0'.repeat(64), className: 'ship' }],
    material,
    conditions: isUtility ? ['control', 'concept-maps'] : ['all'],
    contrast: isUtility ? { condition: 'concept-maps', against: 'control' } : null,
    participants: 4,
    seed: 7,
    rules: { quizTries: 2, leastCatchShare: 0.5, leastMedianMs: 1000 },
    consent: 'You may stop at any time.',
    ...changes,
  };
  return { study, sha256: SAMPLE_HASH };
}

/** An answer, with what is not said filled in: right, of session 1, to the first item. */
export function answer(participant: number, condition: string, changes: Partial<Trial> = {}): Trial {
  return {
    participant,
    condition,
    session: 1,
    trial: 1,
    kind: 'test',
    item: 'p1',
    picture: 'p1',
    concept: null,
    answer: 0,
    response: changes.isCorrect === false ? 1 : 0,
    isCorrect: true,
    confidence: null,
    milliseconds: 3000,
    ...changes,
  };
}

/** Participants who finished, of the answers given. */
export function dataOf(
  trials: readonly Trial[],
  changes: Readonly<Record<number, Partial<Participant>>> = {},
): StudyData {
  const conditions = new Map(trials.map(({ participant, condition }) => [participant, condition]));
  const participants = [...conditions].map(([participant, condition]): Participant => ({
    participant,
    condition,
    status: 'finished',
    isQuizPassed: true,
    ...changes[participant],
  }));
  return { study: SAMPLE_HASH, participants, trials };
}

/** One answer for each digit, 1 for right: "1101" are four pictures; "11 01" two of each of two sessions. */
export function answersFrom(participant: number, condition: string, text: string): Trial[] {
  let trial = 0;
  return text.split(' ').flatMap((digits, k) =>
    [...digits].map((digit, at) => {
      const item = `s${k + 1}p${at + 1}`;
      const right = at % 2;
      const isCorrect = digit === '1';
      return answer(participant, condition, {
        ...{ session: k + 1, trial: ++trial, item, picture: item, answer: right, isCorrect },
        response: isCorrect ? right : 1 - right,
      });
    }),
  );
}
