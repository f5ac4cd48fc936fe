import { describe, expect, it } from 'vitest';
import {
  BACKGROUND,
  conceptColour,
  conceptMark,
  contrastRatio,
} from '../../../core/wording/concept-colours.ts';

const ranks = Array.from({ length: 32 }, (_, rank) => rank);

describe('conceptColour()', () => {
  it('begins with the Okabe-Ito order', () => {
    expect(ranks.slice(0, 3).map((rank) => conceptColour(rank).fill)).toEqual([
      '#e69f00',
      '#56b4e9',
      '#009e73',
    ]);
  });

  it('gives 32 ranks 32 colours', () => {
    expect(new Set(ranks.map((rank) => conceptColour(rank).fill)).size).toBe(32);
  });

  it.each(ranks)('outlines rank %i at 3:1 on either background', (rank) => {
    const { edgeOnLight, edgeOnDark } = conceptColour(rank);
    expect(contrastRatio(edgeOnLight, BACKGROUND.light)).toBeGreaterThanOrEqual(3);
    expect(contrastRatio(edgeOnDark, BACKGROUND.dark)).toBeGreaterThanOrEqual(3);
  });
});

describe('contrastRatio()', () => {
  it('is 21 for black on white and 1 for equal colours', () => {
    expect(contrastRatio('#000000', '#ffffff')).toBeCloseTo(21, 10);
    expect(contrastRatio('#123456', '#123456')).toBe(1);
  });
});

describe('conceptMark()', () => {
  it('leaves the choice between the two outlines to the theme', () => {
    const { edgeOnLight, edgeOnDark } = conceptColour(3);
    expect(conceptMark(3)).toBe(`light-dark(${edgeOnLight}, ${edgeOnDark})`);
  });
});
