import { describe, expect, it } from 'vitest';
import { analyseStudy } from '../../../../core/study/analysis/analyse-study.ts';
import type { ChoiceAnalysis } from '../../../../core/study/analysis/analyse-choice.ts';
import type { IntruderAnalysis } from '../../../../core/study/analysis/analyse-intruder.ts';
import type { Trial } from '../../../../core/study/trial.ts';
import { answer, choiceItem, dataOf, frozen, intruderItem } from './sample-study.ts';

const SETS = ['c1', 'c2'].flatMap((concept) =>
  Array.from({ length: 8 }, (_, k) => intruderItem(`${concept}-${k}`, concept, concept === 'c2')),
);

/** The first `right` sets of each concept are found. */
function found(participant: number, right: Readonly<Record<string, number>>): Trial[] {
  return SETS.map(({ id, concept }, at) =>
    answer(participant, 'all', {
      ...{ item: id, picture: `x${at}`, concept, answer: 4 },
      isCorrect: at % 8 < (right[concept] ?? 0),
    }),
  );
}

function intruders(trials: readonly Trial[]): IntruderAnalysis {
  const study = frozen({ kind: 'intruder', items: SETS });
  const { figures, chance } = analyseStudy(study, dataOf(trials));
  expect(chance).toBe(1 / 5);
  if (figures.kind !== 'intruder') throw new Error(figures.kind);
  return figures;
}

describe('an intruder study', () => {
  it('gives a single analyst the coherence of each concept, with an interval over sets', () => {
    const [first, second] = intruders(found(1, { c1: 8, c2: 2 })).concepts;
    expect(first).toMatchObject({ concept: 'c1', name: 'about c1', isPart: false });
    expect(second.isPart).toBe(true);
    expect(first.accuracy).toMatchObject({ hits: 8, answers: 8, value: 1 });
    expect(first.coherence.value).toBe(1);
    expect(first.coherence.interval!.low).toBeGreaterThan(0);
    expect(first.coherence.reason).toBe(
      'of one participant: the interval is over sets of crops, and says nothing of other people',
    );
    expect(first.p).toBeCloseTo(0.2 ** 8, 12);
    expect(first.adjusted).toBeCloseTo(2 * 0.2 ** 8, 12);
    expect(second.coherence.value).toBeCloseTo((0.25 - 0.2) / 0.8, 12);
    expect(second.coherence.interval!.low).toBeLessThan(0);
    expect(second.adjusted).toBe(second.p);
  });

  it('crosses people and sets where there are several', () => {
    const figures = intruders([1, 2, 3].flatMap((at) => found(at, { c1: 4 + at, c2: at })));
    expect(figures.accuracy).toMatchObject({ hits: 24, answers: 48, participants: 3, reason: null });
    const [{ accuracy }] = figures.concepts;
    expect(accuracy.value).toBe(18 / 24);
    expect(accuracy.interval!.low).toBeLessThan(0.55);
    expect(figures.calibration.brier.reason).toBe('nobody was asked how sure they are');
  });

  it('says nothing of a concept that nobody was asked about', () => {
    const [, second] = intruders(found(1, { c1: 3 }).filter(({ concept }) => concept === 'c1')).concepts;
    expect(second).toMatchObject({ p: null, adjusted: null, coherence: { value: null, interval: null } });
  });
});

describe('a study of choices', () => {
  const items = [choiceItem('i1', 'c1', 'a'), choiceItem('i2', 'c1', 'b')];
  const choose = (participant: number, first: 0 | 1, second: 0 | 1): Trial[] =>
    [first, second].map((response, at) =>
      answer(participant, 'all', {
        ...{ item: items[at].id, picture: '', answer: null, response, isCorrect: null, trial: at + 1 },
      }),
    );
  const of = (trials: readonly Trial[]): ChoiceAnalysis => {
    const { figures, chance } = analyseStudy(frozen({ kind: 'choice', items }), dataOf(trials));
    expect(chance).toBeNull();
    if (figures.kind !== 'choice') throw new Error(figures.kind);
    return figures;
  };

  it('counts answers for the part, part by part, with sign tests', () => {
    const figures = of([1, 2, 3, 4, 5, 6].flatMap((at) => choose(at, 1, at > 3 ? 1 : 0)));
    expect(figures).toMatchObject({ morePart: 3, moreConcept: 0, share: { hits: 9, answers: 12 } });
    expect(figures.p).toBeCloseTo(0.25, 12);
    const [a, b] = figures.parts;
    expect(a).toMatchObject({ part: 'a', partName: 'part a', answers: 6, forPart: 6, share: { value: 1 } });
    expect(a.p).toBeCloseTo(2 / 64, 12);
    expect(a.adjusted).toBeCloseTo(4 / 64, 12);
    expect(b).toMatchObject({ forPart: 3, p: 1, adjusted: 1, share: { value: 0.5 } });
  });

  it('has no test where nobody leans, and no share where nobody answered', () => {
    expect(of(choose(1, 1, 0)).p).toBeNull();
    expect(of([]).parts[0]).toMatchObject({ answers: 0, p: null, share: { value: null } });
  });
});

describe('analyseStudy()', () => {
  it('keeps why a study is void, and refuses answers to another study', () => {
    const study = frozen({ kind: 'intruder', items: SETS });
    const data = dataOf(found(1, { c1: 8 }));
    expect(analyseStudy(study, data, ['picture x1 is gone'])).toMatchObject({
      voidBecause: ['picture x1 is gone'],
      answers: 16,
    });
    expect(() => analyseStudy(study, { ...data, study: 'zz' })).toThrow(
      'internal: analyseStudy: answers to study zz',
    );
  });
});
