import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  columnsOf,
  decide,
  decisionScores,
  isExplained,
  probabilities,
  runAnswer,
  valueOf,
} from '../../../core/score/decision.ts';
import type { Explained } from '../../../core/score/explained.ts';
import { answerOf, classShares, labelsOf, type ModelScores } from '../../../core/score/model-scores.ts';
import { answerNames, scoreOfRecord, scoreRecord } from '../../../core/score/score-record.ts';
import { scoreOf, type Score } from '../../../core/score/score.ts';
import { argMax } from '../../../core/score/softmax.ts';

const scores = (changes: Partial<ModelScores>): ModelScores => ({
  output: 'y',
  task: 'multiclass',
  activation: 'none',
  classes: ['cat', 'dog', 'cow'],
  width: 3,
  ...changes,
});
const one = scores({ task: 'binary', classes: ['healthy', 'pneumonia'], width: 1 });
const two = scores({ task: 'binary', classes: ['healthy', 'pneumonia'], width: 2 });
const labels = scores({ task: 'multilabel', classes: ['red', 'large', 'dark'] });
const age = scores({ task: 'regression', classes: [], width: 1, quantity: 'age', unit: 'years' });
const vector = scores({ task: 'embedding', classes: [], width: 2 });

/** Columns of a score as the model of a run gives them. */
function rowOf({ columns, keepsRaw = false }: Score, raw: readonly number[]): Float32Array {
  if (columns === undefined) return Float32Array.from(raw);
  const sums = columns.map((weights) => weights.reduce((sum, w, i) => sum + w * raw[i], 0));
  return Float32Array.from(keepsRaw ? [...raw, ...sums] : sums);
}

describe('what raw scores say', () => {
  it('a single logit is yes from its threshold on, with the probability of the side', () => {
    expect(answerOf(one, [0])).toMatchObject({ index: 1, probability: 0.5 });
    expect(answerOf(one, [-2])).toMatchObject({ index: 0, probability: expect.closeTo(0.8808, 4) as number });
    expect(answerOf({ ...one, threshold: 0.9 }, [2])).toMatchObject({ index: 0 });
    expect(answerOf({ ...one, threshold: 0.9 }, [2.3])).toMatchObject({ index: 1 });
    expect(classShares(one, [Math.log(3)])).toEqual([expect.closeTo(0.25), expect.closeTo(0.75)]);
  });

  it('any number of labels may hold, or none', () => {
    expect(labelsOf(labels, [1, -1, 0])).toEqual([0, 2]);
    expect(labelsOf(labels, [-1, -1, -0.1])).toEqual([]);
    expect(labelsOf({ ...labels, threshold: 0.1 }, [-1, -3, -0.1])).toEqual([0, 2]);
  });

  it('a number has a value and no probability, a vector neither', () => {
    expect(answerOf(age, [34.5])).toEqual({ index: 0, value: 34.5, scores: [34.5] });
    expect(answerOf(vector, [3, 4])).toEqual({ index: 0, scores: [3, 4] });
  });
});

describe('the score of a run', () => {
  it('of a class is the logits as they are', () => {
    const score = scoreOf(scores({}), { kind: 'class', index: 1 });
    expect(score).toMatchObject({ column: 1, names: ['cat', 'dog', 'cow'] });
    expect(score.columns).toBeUndefined();
  });

  it('of a lead is one logit over the other, beside the logits that decide', () => {
    const score = scoreOf(scores({}), { kind: 'margin', index: 0, against: 2 });
    const row = rowOf(score, [5, 9, 2]);
    expect(row[score.column]).toBe(3);
    expect(decide(score, row)).toBe(1);
    expect(probabilities(score, row)).toHaveLength(3);
    expect([0, 1, 2].map((index) => isExplained(score, index))).toEqual([true, false, false]);
    expect(score.names[score.column]).toBe('cat rather than dog'.replace('dog', 'cow'));
  });

  it('of "not X" is everything but X', () => {
    const score = scoreOf(scores({}), { kind: 'not', index: 1 });
    expect(rowOf(score, [1, 4, 2])[score.column]).toBe(-4);
    expect([0, 1, 2].map((index) => isExplained(score, index))).toEqual([true, false, true]);
  });

  it('of a likeness is the cosine with the reference', () => {
    const reference = { name: 'cats', vector: [0.6, 0.8] };
    const score = scoreOf(vector, { kind: 'similarity', side: 1, reference }, 0.5);
    expect(runAnswer(score, answerOf(vector, [30, 40]))).toMatchObject({
      index: 1,
      value: expect.closeTo(1, 6) as number,
    });
    expect(runAnswer(score, answerOf(vector, [-3, 4]))).toMatchObject({
      index: 0,
      value: expect.closeTo(0.28, 6) as number,
    });
  });

  const sides: readonly (readonly [string, ModelScores, Explained, number])[] = [
    ['one logit', one, { kind: 'side', side: 1 }, 0],
    ['one logit with a threshold', { ...one, threshold: 0.8 }, { kind: 'side', side: 0 }, 0],
    ['two logits with a threshold', { ...two, threshold: 0.3 }, { kind: 'side', side: 1 }, 0],
    ['a label', labels, { kind: 'side', side: 1, label: 2 }, 0],
    ['a number', age, { kind: 'side', side: 1 }, 30],
  ];

  it.each(sides)(
    'of %s decides as the model does, and as the largest of its decision scores',
    (_, model, explained, at) => {
      const score = scoreOf(model, explained, at);
      fc.assert(
        fc.property(
          fc.array(fc.float({ min: -50, max: 50, noNaN: true }), { minLength: 3, maxLength: 3 }),
          (all) => {
            const raw = all.slice(0, model.width);
            const row = rowOf(score, raw);
            const decided = decide(score, row);
            expect(argMax(decisionScores(score, row))).toBe(decided);
            const label = 'label' in explained ? explained.label : undefined;
            if (label !== undefined) expect(decided === 1).toBe(labelsOf(model, raw).includes(label));
            else if (model.task === 'regression') expect(decided).toBe(Number(raw[0] >= 30));
            else expect(decided).toBe(answerOf(model, raw).index);
            expect(runAnswer(score, answerOf(model, raw)).index).toBe(decided);
          },
        ),
      );
    },
  );

  it.each(sides)('of %s comes back from what a run keeps', (_, model, explained, at) => {
    const score = scoreOf(model, explained, at);
    const record = JSON.parse(JSON.stringify(scoreRecord(score))) as ReturnType<typeof scoreRecord>;
    expect(scoreOfRecord(record)).toEqual(score);
    expect(answerNames(record)).toEqual(score.names);
  });

  it('a run without a record answers by the names of the project', () => {
    expect(answerNames(undefined, ['cat', 'dog'])).toEqual(['cat', 'dog']);
  });
});

describe('valueOf() and columnsOf()', () => {
  it('read off the raw scores what the model of a run gives, of everything that can be explained', () => {
    const asked: readonly [ModelScores, Explained][] = [
      [scores({}), { kind: 'class', index: 1 }],
      [scores({}), { kind: 'not', index: 1 }],
      [scores({}), { kind: 'margin', index: 2, against: 0 }],
      [one, { kind: 'side', side: 0 }],
      [two, { kind: 'side', side: 1 }],
      [labels, { kind: 'side', side: 0, label: 2 }],
      [age, { kind: 'side', side: 1 }],
    ];
    for (const [model, explained] of asked) {
      const score = scoreOf(model, explained);
      const raw = [1.5, -2, 0.25].slice(0, model.width);
      const row = rowOf(score, raw);
      expect([...columnsOf(score, raw)]).toEqual([...row]);
      expect(valueOf(score, raw)).toBe(row[score.column]);
    }
  });

  it('bring a vector to length 1 before it is compared', () => {
    const reference = { name: 'cats', vector: [0.6, 0.8] };
    const score = scoreOf(vector, { kind: 'similarity', side: 1, reference });
    expect(valueOf(score, [30, 40])).toBeCloseTo(1, 12);
    expect([...columnsOf(score, [30, 40])]).toEqual([-1, 1]);
  });
});
