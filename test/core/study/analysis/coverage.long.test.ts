import { beforeAll, describe, expect, it } from 'vitest';
import { analyseUtility } from '../../../../core/study/analysis/analyse-utility.ts';
import { drawAnswers, type AbilityModel } from '../../../../core/study/analysis/drawn-answers.ts';
import type { StudyFigure } from '../../../../core/study/analysis/study-figure.ts';
import { createRandom } from '../../../../core/random.ts';
import { answer, frozen, utilityMaterial } from './sample-study.ts';

/*
 * Studies of people of known ability, drawn from the mixed model: do intervals hold the truth as often as they say, and does
 * nothing get found where there is nothing? Of 200 studies, 95 % is 190 ± 3; bounds are three and a half standard errors away.
 */
const STUDIES = 200;
const ERROR = Math.sqrt((0.95 * 0.05) / STUDIES);
const LEAST_COVERED = 0.95 - 3.5 * ERROR;
const MOST_FOUND = 0.05 + 3.5 * ERROR;

const CONDITIONS = ['control', 'concept-maps'];

/** How often each interval held the truth, and each test found something, as shares of the studies where there is one. */
interface Tally {
  readonly covered: Readonly<Record<'accuracy' | 'session' | 'difference' | 'ratio' | 'utility', number>>;
  readonly permutation: number;
  readonly wald: number;
}

function tally(model: AbilityModel, seed: number): Tally {
  const { accuracies } = model;
  const sessions = accuracies[0].length;
  const material = utilityMaterial(sessions);
  if (material.kind !== 'utility') throw new Error(material.kind);
  const random = createRandom(seed);
  const meanOf = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const ratios = accuracies[1].map((accuracy, k) => accuracy / accuracies[0][k]);
  const held = { accuracy: 0, session: 0, difference: 0, ratio: 0, utility: 0 };
  let [permutation, wald] = [0, 0];
  for (let at = 0; at < STUDIES; at++) {
    const trials = drawAnswers(model, random).map(({ participant, condition, session, picture, isRight }) =>
      answer(participant + 1, CONDITIONS[condition], {
        ...{ session: session + 1, item: `i${picture}`, picture: `p${picture}`, isCorrect: isRight },
      }),
    );
    const { study } = frozen(material, { seed: at });
    const { conditions, contrasts, utilities, mixed } = analyseUtility(study, material, trials, 1 / 2);
    const truths: readonly (readonly [keyof typeof held, StudyFigure, number])[] = [
      ['accuracy', conditions[0].accuracy, meanOf(accuracies[0])],
      ['session', conditions[1].sessions[sessions - 1], accuracies[1][sessions - 1]],
      ['difference', contrasts[0].difference, meanOf(accuracies[1]) - meanOf(accuracies[0])],
      ['ratio', utilities[0].sessions[0], ratios[0]],
      ['utility', utilities[0].utility, meanOf(ratios)],
    ];
    for (const [name, { interval }, truth] of truths)
      if (interval !== null && interval.low <= truth && truth <= interval.high) held[name]++;
    if (contrasts[0].test.value!.p <= 0.05) permutation++;
    if ((mixed.value?.contrasts[0].p ?? 1) <= 0.05) wald++;
  }
  const share = (count: number): number => count / STUDIES;
  return {
    covered: {
      accuracy: share(held.accuracy),
      session: share(held.session),
      difference: share(held.difference),
      ratio: share(held.ratio),
      utility: share(held.utility),
    },
    permutation: share(permutation),
    wald: share(wald),
  };
}

const SAME = [
  [0.65, 0.65],
  [0.65, 0.65],
];

describe.each([
  {
    name: '16 people a condition, pictures that differ',
    participants: 16,
    pictureSpread: 0.7,
    accuracies: SAME,
  },
  {
    name: '16 people a condition, pictures that are alike',
    participants: 16,
    pictureSpread: 0,
    accuracies: SAME,
  },
  {
    name: '16 people a condition, of whom half learn',
    participants: 16,
    pictureSpread: 0.7,
    accuracies: [
      [0.6, 0.65],
      [0.7, 0.85],
    ],
  },
])('200 studies of $name', ({ participants, pictureSpread, accuracies }) => {
  let found: Tally;
  const isSame = accuracies === SAME;

  beforeAll(() => {
    found = tally({ participants, pictures: 8, accuracies, participantSpread: 0.6, pictureSpread }, 16);
  }, 600_000);

  it('have intervals that hold the truth about as often as they say, and seldom less', () => {
    for (const share of Object.values(found.covered)) {
      expect(share).toBeGreaterThan(LEAST_COVERED);
      // Nor so wide that they say nothing.
      expect(share).toBeLessThan(1);
    }
  });

  if (isSame) {
    it('find a difference where there is none in one of twenty at most', () => {
      expect(found.permutation).toBeLessThan(MOST_FOUND);
      expect(found.wald).toBeLessThan(MOST_FOUND + 0.03);
    });
  } else {
    it('mostly find the difference where there is one, by either test', () => {
      expect(found.permutation).toBeGreaterThan(0.6);
      expect(found.wald).toBeGreaterThan(0.6);
    });
  }
});
