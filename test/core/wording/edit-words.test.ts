import { describe, expect, it } from 'vitest';
import { editChance, editedText, editVerdict, meanSourceText } from '../../../core/wording/edit-words.ts';

describe('editVerdict', () => {
  it('says what is fixed and broken of how many', () => {
    expect(editVerdict({ fixed: 41, wrong: 53, broken: 2, right: 280 })).toBe(
      'fixes 41 of 53 mistakes, breaks 2 of 280 right answers',
    );
    expect(editVerdict({ fixed: 0, wrong: 0, broken: 0, right: 1200 })).toBe(
      'there was no mistake to fix, breaks none of 1,200 right answers',
    );
    expect(editVerdict({ fixed: 3, wrong: 4, broken: 0, right: 0 })).toBe(
      'fixes 3 of 4 mistakes, there was no right answer to break',
    );
  });
});

describe('editChance', () => {
  it('says whether the difference can be chance', () => {
    expect(editChance(1, { fixed: 0, broken: 0 })).toBe('Accuracy is what it was.');
    expect(editChance(0.0625, { fixed: 5, broken: 0 })).toBe(
      "The difference may be chance (McNemar's exact test, p = 0.063).",
    );
    expect(editChance(1e-6, { fixed: 41, broken: 2 })).toBe(
      "It is better by more than chance (McNemar's exact test, p < 0.001).",
    );
    expect(editChance(0.008, { fixed: 0, broken: 8 })).toBe(
      "It is worse by more than chance (McNemar's exact test, p = 0.008).",
    );
  });
});

describe('editedText', () => {
  it('says what a model is without, and what it has less of', () => {
    expect(editedText([{ name: 'Stamp', factor: 0 }])).toBe('without Stamp');
    expect(
      editedText([
        { name: 'Stamp', factor: 0 },
        { name: 'Sky', factor: 0.3 },
      ]),
    ).toBe('without Stamp and with 30\u00a0% of Sky');
  });
});

describe('meanSourceText', () => {
  it('says which images a mean is of', () => {
    expect(meanSourceText({ kind: 'others', images: 40 })).toBe(
      '40 images that the run was given and does not explain',
    );
    expect(meanSourceText({ kind: 'least', images: 1 })).toBe('1 explained image with least of the concepts');
  });
});
