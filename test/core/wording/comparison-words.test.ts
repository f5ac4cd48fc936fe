import { describe, expect, it } from 'vitest';
import {
  causeText,
  figureChangeText,
  isClearChange,
  namesText,
  nearestText,
  similarityText,
} from '../../../core/wording/comparison-words.ts';

describe('the words of a comparison', () => {
  it('do not round a similarity up to the bound of what is the same', () => {
    expect([0.57, 0.7999, 0.8, 0.99996, -0.2].map(similarityText)).toEqual([
      '0.57',
      '0.79',
      '0.80',
      '1.00',
      '−0.20',
    ]);
  });

  it('tell a change in hundredths, and that one image has no interval', () => {
    const figures = { a: 0.2, b: 0.35, difference: 0.15 };
    expect(figureChangeText({ ...figures, interval: [-0.0004, 0.3] })).toBe('+15.0 (0.0 to +30.0)');
    expect(figureChangeText(figures)).toBe('+15.0 (no interval over one image)');
    expect(
      [[0.1, 0.2], [-0.1, 0.2], undefined].map((interval) =>
        isClearChange({ ...figures, ...(interval && { interval: interval as [number, number] }) }),
      ),
    ).toEqual([true, false, false]);
  });

  it('say of a concept that only one run has what it is like', () => {
    expect(nearestText(undefined, false)).toBe('active in none of the images that were looked at');
    expect(nearestText({ name: 'wall', similarity: 0.3 }, false)).toBe('most like wall there (0.30)');
    expect(nearestText({ name: 'wall', similarity: 0.6 }, true)).toBe(
      'like wall there (0.60), which has a closer match',
    );
  });

  it('name the concepts behind a decision, and count what is too much', () => {
    expect(causeText({ run: 'a', name: 'stamp', weight: 0.4, without: 'barn' })).toBe(
      'A: stamp, without it: barn',
    );
    expect(causeText({ run: 'b', name: 'wall', weight: 0.41, other: 0.1 })).toBe(
      'B: wall, weight 0.41 against 0.10',
    );
    expect(namesText(['a', 'b', 'c', 'd', 'e'])).toBe('“a”, “b”, “c” and 2 more');
  });
});
