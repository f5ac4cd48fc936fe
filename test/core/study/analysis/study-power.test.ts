import { describe, expect, it } from 'vitest';
import { drawAnswers } from '../../../../core/study/analysis/drawn-answers.ts';
import { studyPower } from '../../../../core/study/analysis/study-power.ts';
import { createRandom } from '../../../../core/random.ts';

const QUESTION = {
  participants: 12,
  sessions: 2,
  pictures: 8,
  accuracy: 0.6,
  effect: 0.15,
  simulations: 120,
};

describe('studyPower()', () => {
  it('rises with participants and with the effect, and is the test’s level without one', () => {
    const power = (changes: Partial<typeof QUESTION>): number =>
      studyPower({ ...QUESTION, ...changes, seed: 3 }).power.value;
    const base = power({});
    expect(base).toBeGreaterThan(0.4);
    expect(power({ participants: 30 })).toBeGreaterThan(base + 0.1);
    expect(power({ effect: 0.3 })).toBeGreaterThan(base + 0.1);
    // 0.05 and four standard errors of 120 studies.
    expect(power({ effect: 0 })).toBeLessThan(0.13);
  });

  it('says what it supposed, with an interval for the number of studies; the same for a seed', () => {
    const found = studyPower(QUESTION);
    expect(studyPower(QUESTION)).toEqual(found);
    expect(found.question).toEqual({ ...QUESTION, participantSpread: 0.5, pictureSpread: 0.7, seed: 0 });
    expect(found.power.low).toBeLessThan(found.power.value);
    expect(found.power.high).toBeGreaterThan(found.power.value);
  });

  it('is nothing where no outcome could be significant', () => {
    expect(studyPower({ ...QUESTION, participants: 2, effect: 0.39 }).power.value).toBe(0);
  });
});

describe('drawAnswers()', () => {
  it('draws the accuracies asked for, whatever the spreads', () => {
    const accuracies = [
      [0.6, 0.9],
      [0.5, 0.75],
    ];
    const model = { participants: 400, pictures: 200, accuracies, participantSpread: 1, pictureSpread: 0.8 };
    const answers = drawAnswers(model, createRandom(4));
    expect(answers).toHaveLength(2 * 400 * 2 * 200);
    accuracies.forEach((sessions, condition) =>
      sessions.forEach((accuracy, session) => {
        const own = answers.filter((one) => one.condition === condition && one.session === session);
        const share = own.filter(({ isRight }) => isRight).length / own.length;
        // Four standard errors over 400 people and 200 pictures.
        expect(Math.abs(share - accuracy)).toBeLessThan(0.07);
      }),
    );
  });
});
