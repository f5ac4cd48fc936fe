import { describe, expect, it } from 'vitest';
import {
  besideText,
  borderText,
  classNoun,
  decidedOtherwise,
  restsOnText,
  saidInFull,
  saidText,
  sayingFor,
  sideText,
  whyNotText,
} from '../../../core/wording/said-words.ts';
import { selectionWords } from '../../../core/wording/selection-words.ts';
import type { ScoreFacts } from '../../../core/wording/score-words.ts';

const own = { activation: 'none', classes: [] } as const;
const age: ScoreFacts = {
  model: { ...own, task: 'regression', quantity: 'age', unit: 'years' },
  explained: { kind: 'side', side: 1 },
  at: 30.9,
};
const lung: ScoreFacts = {
  model: { ...own, task: 'binary', classes: ['healthy', 'pneumonia'] },
  explained: { kind: 'side', side: 1 },
};
const cat: ScoreFacts = {
  model: { ...own, task: 'multiclass', classes: ['cat', 'dog'] },
  explained: { kind: 'class', index: 0 },
};
const likeness: ScoreFacts = {
  model: { ...own, task: 'embedding' },
  explained: { kind: 'similarity', side: 1, reference: { name: 'cats' } },
  at: 0.832,
};
const old = { index: 1, name: 'higher age', value: 34.8 };
const ill = { index: 1, name: 'pneumonia', probability: 0.6 };

describe('what a model says of an image', () => {
  it.each([
    ['a yes or no', lung, ill, 'pneumonia', '60.0\u00a0%', 'pneumonia'],
    ['a number', age, old, '34.8\u00a0years', 'higher than 30.9\u00a0years', 'higher than 30.9\u00a0years'],
    [
      'a likeness',
      likeness,
      { index: 0, name: 'unlike cats', value: 0.7 },
      'similarity 0.7',
      'less like cats than 0.832',
      'less like cats than 0.832',
    ],
  ] as const)('is told of %s in its own words', (_, score, answer, said, beside, side) => {
    expect(saidText(score, answer)).toBe(said);
    expect(besideText(score, answer)).toBe(beside);
    expect(sideText(score, answer)).toBe(side);
  });

  it('is told in one line', () => {
    expect(saidInFull(lung, ill)).toBe('pneumonia 60.0\u00a0%');
    expect(saidInFull(age, old)).toBe('34.8\u00a0years, higher than 30.9\u00a0years');
  });

  it.each([
    [cat, ''],
    [lung, 'border 50\u00a0%'],
    [{ ...lung, model: { ...lung.model, threshold: 0.3 } }, 'border 30\u00a0% for pneumonia'],
    [age, 'border 30.9\u00a0years (mean)'],
    [{ ...age, model: { ...age.model, threshold: 40 } }, 'border 40\u00a0years'],
    [likeness, 'border 0.832 (mean)'],
  ])('turns at a border that is named (%#)', (score, text) => {
    expect(borderText(score)).toBe(text);
  });

  it('changes by an answer, or by a side where there is none', () => {
    expect(decidedOtherwise(lung, false)).toBe('are decided otherwise');
    expect(decidedOtherwise(age, true)).toBe('is on the other side of the border');
  });

  it('is asked about in plain English', () => {
    expect(restsOnText(cat)).toBe('what “cat” rests on');
    expect(restsOnText({ ...cat, explained: { kind: 'not', index: 0 } })).toBe('what speaks against cat');
    expect(restsOnText({ ...cat, explained: { kind: 'margin', index: 0, against: 1 } })).toBe(
      'what speaks for cat rather than dog',
    );
    expect(restsOnText(age)).toBe('what makes age higher');
    expect(whyNotText('cat', 'dog')).toEqual({ before: 'Why not', name: 'dog' });
    expect(whyNotText('large', 'not large')).toEqual({ before: 'What speaks against', name: 'large' });
    expect([sayingFor('cat', 'dog'), sayingFor('not large', 'large')]).toEqual(['For cat', 'Against large']);
    expect([classNoun(cat), classNoun({ ...lung, model: { ...lung.model, task: 'multilabel' } })]).toEqual([
      'class',
      'label',
    ]);
  });
});

describe('which images are explained', () => {
  const asked = { isNot: false, hasThreshold: false, select: 'predicted' };

  it('is said in the words of what is explained', () => {
    const of = (facts: Partial<Parameters<typeof selectionWords>[0]>) =>
      selectionWords({ ...asked, task: 'multiclass', ...facts }).labels;
    expect(of({}).predicted).toBe('Images the model calls the class');
    expect(of({ task: 'binary', name: 'pneumonia' }).predicted).toBe('Images the model calls “pneumonia”');
    expect(of({ name: 'cat rather than dog' }).folder).toBe('Images in folders named “cat”');
    expect(of({ name: 'not cat', isNot: true }).folder).toBe('Images in folders of other classes');
    expect(of({ name: 'not cat', isNot: true }).predicted).toBe('Images the model does not call “cat”');
  });

  it('offers of a number what its threshold parts, and no folders', () => {
    const number = { ...asked, task: 'regression', name: 'higher age' } as const;
    expect(selectionWords(number).labels).toEqual({ predicted: 'All images' });
    expect(selectionWords({ ...number, hasThreshold: true }).labels).toEqual({
      predicted: 'Images on this side of the threshold (higher age)',
      all: 'All images',
    });
  });

  it('shows what is chosen, whatever it means', () => {
    for (const task of ['multiclass', 'binary', 'multilabel', 'regression', 'embedding'] as const)
      for (const select of ['predicted', 'folder', 'all'])
        for (const hasThreshold of [false, true])
          expect(selectionWords({ ...asked, task, select, hasThreshold }).labels).toHaveProperty(select);
  });
});
