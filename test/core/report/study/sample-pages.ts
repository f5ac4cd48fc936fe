import { analyseStudy } from '../../../../core/study/analysis/analyse-study.ts';
import { drawAnswers } from '../../../../core/study/analysis/drawn-answers.ts';
import type { StudyPage } from '../../../../core/report/study/study-page.ts';
import { createRandom } from '../../../../core/random.ts';
import type { Trial } from '../../../../core/study/trial.ts';
import {
  answer,
  choiceItem,
  dataOf,
  frozen,
  intruderItem,
  utilityMaterial,
} from '../../study/analysis/sample-study.ts';

const CONDITIONS = ['control', 'grad-cam', 'concept-maps'];

/** A utility study of three conditions; maps of concepts help by `effect`. Two of the control are left out. */
export function utilityPage(effect: number): StudyPage {
  const random = createRandom(3);
  const accuracies = [0.6, 0.62, 0.6 + effect].map((base) => [base, base + 0.03]);
  const model = { participants: 12, pictures: 8, accuracies, participantSpread: 0.5, pictureSpread: 0.6 };
  const trials = drawAnswers(model, random).map(({ participant, condition, session, picture, isRight }, at) =>
    answer(participant + 1, CONDITIONS[condition], {
      ...{ session: session + 1, trial: at + 1, item: `i${picture}`, picture: `p${picture}` },
      ...{ answer: picture % 2, response: isRight ? picture % 2 : 1 - (picture % 2), isCorrect: isRight },
      confidence: isRight ? 4 : 2,
    }),
  );
  const study = frozen(utilityMaterial(2), {
    title: 'Does it help to see <concepts>?',
    conditions: CONDITIONS,
    contrast: { condition: 'concept-maps', against: 'grad-cam' },
    participants: 12,
  });
  const left = [answer(90, 'control', { milliseconds: 300 }), answer(91, 'control')];
  return {
    frozen: study,
    analysis: analyseStudy(study, dataOf([...trials, ...left], { 91: { isQuizPassed: false } })),
  };
}

/** An intruder study of two concepts by so many people: of the first all intruders are found, of the second every fifth. */
export function intruderPage(people: number, voidBecause: readonly string[] = []): StudyPage {
  const items = ['Stamp', 'Sky & sea'].flatMap((concept) =>
    Array.from({ length: 10 }, (_, k) => ({ ...intruderItem(`${concept}${k}`, concept), name: concept })),
  );
  const study = frozen({ kind: 'intruder', items }, { title: 'Do concepts hold together?', participants: 2 });
  const trials = Array.from({ length: people }, (_, person) =>
    items.map(({ id, concept }, at): Trial => {
      const isCorrect = concept === 'Stamp' || (at + person) % 5 === 0;
      return answer(person + 1, 'all', { item: id, picture: `x${at}`, concept, trial: at + 1, isCorrect });
    }),
  );
  return { frozen: study, analysis: analyseStudy(study, dataOf(trials.flat()), voidBecause) };
}

/** A study of choices: so many of nine people prefer the parts. */
export function choicePage(forParts: number): StudyPage {
  const items = [choiceItem('q1', 'tower', 'stripes'), choiceItem('q2', 'tower', 'windows')];
  const study = frozen({ kind: 'choice', items }, { title: 'Parts or wholes?' });
  const trials = Array.from({ length: 9 }, (_, person) =>
    items.map(({ id }, at) =>
      answer(person + 1, 'all', {
        ...{ item: id, picture: '', answer: null, isCorrect: null, trial: at + 1 },
        response: person < forParts ? 1 : 0,
      }),
    ),
  );
  return { frozen: study, analysis: analyseStudy(study, dataOf(trials.flat())) };
}
