import { describe, expect, it } from 'vitest';
import { meanRow, positionsIn } from '../../../core/concepts/box-rows.ts';
import type { LayerRecord } from '../../../core/concepts/explanation.ts';
import { matrix } from '../../../core/linalg/matrix.ts';

const LAYER: LayerRecord = {
  tensor: 'layer',
  shape: [1, 2, 4, 4],
  kind: 'spatial',
  channelAxis: 1,
  grid: [4, 4],
  computeShare: 0.5,
};
const SIZE = { width: 40, height: 40 };

describe('positionsIn()', () => {
  it('takes the cells whose centres lie in the box', () => {
    // Centres lie at 5, 15, 25 and 35.
    expect(positionsIn(LAYER, SIZE, [0, 0, 20, 12])).toEqual([0, 1]);
    expect(positionsIn(LAYER, SIZE, [10, 20, 20, 20])).toEqual([9, 10, 13, 14]);
    expect(positionsIn(LAYER, SIZE, [0, 0, 40, 40])).toHaveLength(16);
  });

  it('takes the nearest cell where a box holds no centre', () => {
    expect(positionsIn(LAYER, SIZE, [37, 37, 3, 3])).toEqual([15]);
    expect(positionsIn(LAYER, SIZE, [7, 0, 2, 2])).toEqual([0]);
  });

  it('leaves out a class token before the grid, and takes all where there is no grid', () => {
    const tokens: LayerRecord = { ...LAYER, kind: 'tokens', shape: [1, 17, 2], channelAxis: 2 };
    expect(positionsIn(tokens, SIZE, [0, 0, 10, 10])).toEqual([1]);
    const vector: LayerRecord = { ...LAYER, kind: 'vector', shape: [1, 8], grid: [1, 1] };
    expect(positionsIn(vector, SIZE, [0, 0, 1, 1])).toEqual([0]);
  });
});

describe('meanRow()', () => {
  it('averages some rows', () => {
    const rows = matrix(3, 2, Float32Array.of(1, 2, 3, 6, 100, 100));
    expect([...meanRow(rows, [0, 1]).data]).toEqual([2, 4]);
  });
});
