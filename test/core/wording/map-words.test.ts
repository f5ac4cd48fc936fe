import { describe, expect, it } from 'vitest';
import { coveredText, scoreValueText } from '../../../core/wording/map-words.ts';
import { effectText, type ScoreFacts } from '../../../core/wording/score-words.ts';

const age = (side: 0 | 1): ScoreFacts => ({
  model: { task: 'regression', activation: 'none', classes: [], quantity: 'age', unit: 'years' },
  explained: { kind: 'side', side },
});

describe('effectText()', () => {
  it('says which way a concept moves what people know', () => {
    expect(effectText(age(1), 2.5)).toBe('lifts the age in years by 2.5 on average');
    expect(effectText(age(0), 2.5)).toBe('lowers the age in years by 2.5 on average');
    expect(effectText(age(1), -2.5)).toBe('lowers the age in years by 2.5 on average');
  });
});

describe('words of maps', () => {
  it('tell the number itself, whichever side of it is explained', () => {
    expect(scoreValueText(age(1), 34)).toBe('age in years 34');
    // The score of the lower side is the negative of the number.
    expect(scoreValueText(age(0), -34)).toBe('age in years 34');
    expect(coveredText(age(0), [], -34, { value: -36, answer: { index: 0 } })).toBe(
      'With the most important square covered, the age in years goes from 34 to 36 (+2\u00a0years).',
    );
  });
});
