import { describe, expect, it } from 'vitest';
import { scoreRecord } from '../../../core/score/score-record.ts';
import { scoreOf, type Score } from '../../../core/score/score.ts';
import type { ModelScores } from '../../../core/score/model-scores.ts';
import {
  aimText,
  askedText,
  changeUnit,
  decisionText,
  effectText,
  explainedName,
  figureOf,
  figureTitle,
  scoreName,
  type ScoreFacts,
} from '../../../core/wording/score-words.ts';

type Explained = Score['explained'];

const CLASSES: ModelScores = {
  output: 'logits',
  task: 'multiclass',
  activation: 'softmax',
  classes: ['cat', 'dog', 'house'],
  width: 3,
};
const BINARY: ModelScores = {
  output: 'p',
  task: 'binary',
  activation: 'sigmoid',
  classes: ['not pneumonia', 'pneumonia'],
  width: 1,
};
const LABELS: ModelScores = { ...CLASSES, task: 'multilabel', activation: 'sigmoid', threshold: 0.3 };
const AGE: ModelScores = {
  output: 'age',
  task: 'regression',
  activation: 'none',
  classes: [],
  width: 1,
  quantity: 'age',
  unit: 'years',
};
const VECTOR: ModelScores = {
  output: 'vector',
  task: 'embedding',
  activation: 'none',
  classes: [],
  width: 2,
};
const LIKE: Explained = { kind: 'similarity', side: 1, reference: { name: 'cats', vector: [1, 0] } };

function facts(model: ModelScores, explained: Explained, at?: number): ScoreFacts {
  return scoreRecord(scoreOf(model, explained, at));
}

const CASES: readonly (readonly [ScoreFacts, string, string, string])[] = [
  [
    facts(CLASSES, { kind: 'class', index: 2 }),
    'house',
    'logit of house',
    'What the model looks at when it says house',
  ],
  [facts(CLASSES, { kind: 'not', index: 2 }), 'not house', 'logit of not house', 'What speaks against house'],
  [
    facts(CLASSES, { kind: 'margin', index: 0, against: 1 }),
    'cat rather than dog',
    'lead of cat over dog',
    'What speaks for cat rather than dog',
  ],
  [
    facts(BINARY, { kind: 'side', side: 1 }),
    'pneumonia',
    'logit of pneumonia',
    'What the model looks at when it says pneumonia',
  ],
  [
    facts(BINARY, { kind: 'side', side: 0 }),
    'not pneumonia',
    'logit of not pneumonia',
    'What the model looks at when it says not pneumonia',
  ],
  [
    facts(LABELS, { kind: 'side', side: 0, label: 1 }),
    'not dog',
    'logit of not dog',
    'What the model looks at when it says not dog',
  ],
  [facts(AGE, { kind: 'side', side: 1 }, 34.1), 'higher age', 'age in years', 'What makes age higher'],
  [facts(AGE, { kind: 'side', side: 0 }, 34.1), 'lower age', 'minus age in years', 'What makes age lower'],
  [facts(VECTOR, LIKE), 'like cats', 'similarity to cats', 'What makes a picture like cats'],
  [
    facts(VECTOR, { ...LIKE, side: 0 }),
    'unlike cats',
    'dissimilarity to cats',
    'What makes a picture unlike cats',
  ],
];

describe('a score that is a probability', () => {
  it('is called no logit', () => {
    const score = {
      model: { task: 'multiclass', activation: 'none', classes: ['kite', 'ring'] },
      explained: { kind: 'class', index: 1 },
    } as const;
    expect(scoreName(score)).toBe('logit of ring');
    expect(scoreName({ ...score, isShare: true })).toBe('score of ring');
    expect(changeUnit({ ...score, isShare: true })).toBe('');
  });

  it('that a concept leaves alone is said to be left alone', () => {
    expect(
      effectText(
        {
          model: { task: 'multiclass', activation: 'softmax', classes: ['a'] },
          explained: { kind: 'class', index: 0 },
        },
        0,
      ),
    ).toBe('does not move the logit of a');
  });
});

describe('words of a score', () => {
  it.each(CASES)('name what is explained and the number behind it (%#)', (score, name, number, asked) => {
    expect([explainedName(score), scoreName(score), askedText(score)]).toEqual([name, number, asked]);
  });

  it('call what is explained as the score itself does', () => {
    const asked: readonly (readonly [ModelScores, Explained])[] = [
      [CLASSES, { kind: 'not', index: 0 }],
      [CLASSES, { kind: 'margin', index: 0, against: 2 }],
      [BINARY, { kind: 'side', side: 0 }],
      [LABELS, { kind: 'side', side: 0, label: 2 }],
      [AGE, { kind: 'side', side: 0 }],
      [VECTOR, LIKE],
    ];
    for (const [model, explained] of asked) {
      const score = scoreOf(model, explained);
      expect(explainedName(scoreRecord(score))).toBe(score.names[score.column]);
    }
  });

  it('say logit only where it is one', () => {
    const kept = facts({ ...CLASSES, activation: 'kept' }, { kind: 'class', index: 0 });
    expect(scoreName(kept)).toBe('score of cat');
    expect(changeUnit(kept)).toBe('');
    expect(changeUnit(facts(CLASSES, { kind: 'class', index: 0 }))).toBe('logit');
    expect(changeUnit(facts(AGE, { kind: 'side', side: 1 }))).toBe('years');
    expect(changeUnit(facts(VECTOR, LIKE))).toBe('');
  });

  it('tell how the model decides', () => {
    expect(decisionText(facts(CLASSES, { kind: 'class', index: 0 }))).toBe('the largest of 3 scores decides');
    expect(decisionText(facts(BINARY, { kind: 'side', side: 0 }))).toBe(
      'pneumonia from a probability of 50\u00a0% on',
    );
    expect(decisionText(facts(LABELS, { kind: 'side', side: 1, label: 1 }))).toBe(
      'dog from a probability of 30\u00a0% on',
    );
    expect(decisionText(facts(AGE, { kind: 'side', side: 1 }, 34.1))).toBe(
      'higher from 34.1\u00a0years on, the mean over the images',
    );
    expect(decisionText(facts({ ...AGE, threshold: 18 }, { kind: 'side', side: 1 }))).toBe(
      'higher from 18\u00a0years on',
    );
    expect(decisionText(facts(VECTOR, LIKE, 0.62))).toBe('like from 0.62 on, the mean over the images');
  });

  it('name figures and aims', () => {
    expect([CLASSES, AGE, VECTOR].map(figureTitle)).toEqual(['Probability', 'Age in years', 'Similarity']);
    expect(figureOf(facts(BINARY, { kind: 'side', side: 1 }))).toBe('probability of pneumonia');
    expect(figureOf(facts(AGE, { kind: 'side', side: 1 }))).toBe('age in years');
    const age = facts(AGE, { kind: 'side', side: 1 }, 34.1);
    expect(aimText(age, 'higher age', 1)).toBe('higher than 34.1\u00a0years');
    expect(aimText(age, 'lower age', 0)).toBe('lower than 34.1\u00a0years');
    expect(aimText(facts(VECTOR, LIKE, 0.62), 'unlike cats', 0)).toBe('less like cats than 0.62');
    expect(aimText(facts(CLASSES, { kind: 'class', index: 0 }), 'dog', 1)).toBe('dog');
  });
});
