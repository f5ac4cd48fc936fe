import { describe, expect, it } from 'vitest';
import { positionBoxes, strongestPlaces } from '../../../core/concepts/gallery.ts';
import type { Box } from '../../../core/concepts/explanation.ts';
import { matrix } from '../../../core/linalg/matrix.ts';

describe('strongestPlaces', () => {
  const box = (left: number): Box => [left, 0, 8, 8];
  const places = [
    { image: 0, box: box(0) },
    { image: 0, box: box(8) },
    { image: 1, box: box(0) },
    { image: 2, box: box(0) },
  ];
  const coefficients = matrix(4, 2, Float32Array.of(1, 0, 3, 0, 2, 0, 0, 5));

  it('takes the best place of each image, strongest first', () => {
    const [first] = strongestPlaces(coefficients, places, 10);
    expect(first).toEqual([
      { image: 0, box: box(8), coefficient: 3 },
      { image: 1, box: box(0), coefficient: 2 },
    ]);
  });

  it('leaves out places where the concept is absent, and keeps to the number asked for', () => {
    expect(strongestPlaces(coefficients, places, 10)[1]).toEqual([{ image: 2, box: box(0), coefficient: 5 }]);
    expect(strongestPlaces(coefficients, places, 1)[0]).toHaveLength(1);
  });
});

describe('positionBoxes', () => {
  it('centres a patch on each cell and keeps it inside the picture', () => {
    const boxes = positionBoxes({ grid: [2, 2], kind: 'spatial' }, { width: 100, height: 100 }, 40);
    expect(boxes).toEqual([
      [5, 5, 40, 40],
      [55, 5, 40, 40],
      [5, 55, 40, 40],
      [55, 55, 40, 40],
    ]);
    const [corner] = positionBoxes({ grid: [4, 4], kind: 'spatial' }, { width: 64, height: 64 }, 32);
    expect(corner).toEqual([0, 0, 32, 32]);
  });

  it('shows the whole picture where positions form no grid', () => {
    expect(positionBoxes({ grid: [1, 1], kind: 'vector' }, { width: 10, height: 20 }, 4)).toEqual([
      [0, 0, 10, 20],
    ]);
  });
});
