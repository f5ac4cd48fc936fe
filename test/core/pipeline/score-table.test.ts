import { describe, expect, it } from 'vitest';
import type { ScoredImage } from '../../../core/pipeline/score-images.ts';
import { csvText } from '../../../core/wording/csv.ts';
import { scoreTable } from '../../../core/pipeline/score-table.ts';

describe('scoreTable()', () => {
  const image: ScoredImage = {
    ...{ file: '@x.png', score: -1, ofConcepts: 0, rest: 0.1, isExplained: true },
    predicted: { index: 0, name: '+1', probability: 0.5 },
    amounts: Float32Array.of(3, 1),
    contributions: [4, -2],
  };
  const concepts = [
    { id: 'c1', name: '=cmd()', column: 1 },
    { id: 'c0', name: 'wall', column: 0 },
  ];

  it('has a row an image with amounts and contributions in the order of the concepts, and no formula', () => {
    const [header, row] = scoreTable({ concepts, images: [image] });
    // What stands before the name makes it a text; a number is one.
    expect(row).toEqual(['@x.png', '+1', 0.5, -1, 0.1, undefined, 1, 3, -2, 4]);
    expect(csvText([row])).toBe("'@x.png,'+1,0.5,-1,0.1,,1,3,-2,4\n");
    expect(header.slice(6)).toEqual([
      ...['amount of =cmd()', 'amount of wall', 'contribution of =cmd()', 'contribution of wall'],
    ]);
  });

  it('says of which images the concepts know nothing, where that is known', () => {
    const cell = (mostRest: number) => scoreTable({ concepts, images: [image], mostRest })[1][5];
    expect([cell(0.05), cell(0.1)]).toEqual(['yes', 'no']);
  });
});
