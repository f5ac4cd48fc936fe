import { describe, expect, it } from 'vitest';
import { conceptColour as reportColour } from '../../../core/report/palette.ts';
import { conceptColour, contrastRatio } from '../../../renderer/charts/concept-colours.ts';

describe('conceptColour()', () => {
  it('is the colour that the report gives to the same rank', () => {
    for (let rank = 0; rank < 40; rank++) expect(conceptColour(rank)).toEqual(reportColour(rank));
  });

  it('stands out from both backgrounds by 3:1', () => {
    for (let rank = 0; rank < 32; rank++) {
      expect(contrastRatio(conceptColour(rank).edgeOnLight, '#ffffff')).toBeGreaterThanOrEqual(3);
      expect(contrastRatio(conceptColour(rank).edgeOnDark, '#14161a')).toBeGreaterThanOrEqual(3);
    }
  });
});
