import { describe, expect, it } from 'vitest';
import { bankText, refinedText } from '../../../core/wording/bank-words.ts';

describe('bankText()', () => {
  it('says how concepts were made', () => {
    expect(bankText({ method: 'nmf' })).toBe('non-negative matrix factorisation');
    expect(bankText({ method: 'semi-nmf', active: 1 })).toBe(
      'semi-non-negative sparse dictionary, at most 1 concept at a place',
    );
    expect(bankText({ method: 'nmf', active: 5 })).toBe(
      'non-negative sparse dictionary, at most 5 concepts at a place',
    );
  });
});

describe('refinedText()', () => {
  const refined = {
    before: { r2: 0.232, headR2: 0.252 },
    after: { r2: 0.202, headR2: 0.438 },
    images: 30,
    madeOn: 90,
    scores: 20,
    weight: 2,
    cosines: [0.9, 0.65],
  };

  it('says what was gained on images kept back, and how far concepts are still the same', () => {
    expect(refinedText(refined).replaceAll('\u00a0', ' ')).toBe(
      'made on 90 images; of 30 others it keeps 43.8 % (before 25.2 %) of the variation of the 20 leading scores, and ' +
        '20.2 % (before 23.2 %) of that of the activations; cosine of concepts to their start 0.65 to 0.90',
    );
  });

  it('says where nothing was gained', () => {
    expect(refinedText({ ...refined, weight: 0, scores: 1 })).toContain('of the variation of the score,');
    expect(refinedText({ ...refined, weight: 0 })).toContain(
      'nothing that was tried was better than the start',
    );
  });
});
