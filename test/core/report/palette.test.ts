import { describe, expect, it } from 'vitest';
import { BACKGROUND, conceptColour, contrastRatio, mapColour } from '../../../core/report/palette.ts';

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

describe('mapColour()', () => {
  it('grows brighter with the magnitude and holds its ends', () => {
    const brightness = (level: number) => mapColour(level).reduce((sum, channel) => sum + channel, 0);
    const levels = Array.from({ length: 21 }, (_, i) => brightness(i / 20));
    expect(levels).toEqual([...levels].sort((a, b) => a - b));
    expect(mapColour(2)).toEqual(mapColour(1));
    expect(mapColour(-1)).toEqual(mapColour(0));
  });
});
