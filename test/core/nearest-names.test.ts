import { describe, expect, it } from 'vitest';
import { nearestNames } from '../../core/nearest-names.ts';

describe('nearestNames()', () => {
  it('puts names that contain the wanted one first, then the least edits, case ignored', () => {
    expect(nearestNames('lighthous', ['house', 'Lighthouse', 'boat', 'lightouse'], 2)).toEqual([
      'Lighthouse',
      'lightouse',
    ]);
  });

  it('names each once and no more than asked', () => {
    expect(nearestNames('relu', ['relu_1', 'relu_1', 'conv'], 3)).toEqual(['relu_1', 'conv']);
    expect(nearestNames('', [], 3)).toEqual([]);
  });
});
