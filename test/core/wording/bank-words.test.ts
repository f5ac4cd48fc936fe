import { describe, expect, it } from 'vitest';
import { bankText, refinedText, refinedVerdict } from '../../../core/wording/bank-words.ts';

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

  it.each([
    [
      {},
      'The refined concepts are taken: they keep 43.8 % of the variation of the leading scores in 30 images kept back, against 25.2 % before.',
    ],
    [
      { weight: 0, after: refined.before, refused: { r2: 0.2, headR2: 0.241 } },
      'The concepts were left as they were before refining: refined they keep 24.1 % of the variation of the leading scores in 30 images kept back, against 25.2 % before.',
    ],
    [
      { weight: 0, ofAll: true, after: refined.before, refused: { r2: 0.2, headR2: 0.241 } },
      'The concepts are not refined: of the variation of the leading scores in 30 images kept back refined ones keep 24.1 %, those made of all images, these included, 25.2 %.',
    ],
    [
      { weight: 0, after: refined.before },
      'The concepts were left as they were before refining: nothing that was tried kept more of what the model says without losing too much of the activations.',
    ],
    [
      { after: { r2: 0.2, headR2: 0.2 }, scores: 1, images: 1 },
      'Refining gained nothing, and its concepts are taken all the same: they keep 20.0 % of the variation of the score in 1 image kept back, against 25.2 % before. Explain without it.',
    ],
  ])('says in a sentence whether it was worth it: %j', (changes, sentence) => {
    expect(refinedVerdict({ ...refined, ...changes }).replaceAll('\u00a0', ' ')).toBe(sentence);
  });

  it('says where nothing was gained', () => {
    expect(refinedText({ ...refined, weight: 0, ofAll: true, madeOn: 120 }).replaceAll('\u00a0', ' ')).toBe(
      'made on all 120 images; R² of the activations in 30 of them 20.2 %',
    );
    expect(refinedText({ ...refined, weight: 0, scores: 1 })).toContain('of the variation of the score,');
    expect(refinedText({ ...refined, weight: 0 })).toContain(
      'nothing that was tried was better than the start',
    );
  });
});
