import { describe, expect, it } from 'vitest';
import { pairImages } from '../../../core/comparison/pair-images.ts';
import { imageOf } from './sample-runs.ts';

describe('pairImages()', () => {
  it('pairs files of the same bytes, wherever they lie and whatever they are called', () => {
    const a = [imageOf(1), imageOf(2), imageOf(3)];
    const b = [{ ...imageOf(3), file: '/other/x.jpg' }, imageOf(1, '/other')];
    expect(pairImages(a, b)).toEqual({
      pairs: [
        [0, 1],
        [2, 0],
      ],
      by: 'content',
    });
  });

  it('does not pair another picture of the same path', () => {
    expect(pairImages([imageOf(1)], [{ file: imageOf(1).file, sha256: 'another' }]).pairs).toEqual([]);
  });

  it('pairs a picture once, however many copies there are', () => {
    const copies = [imageOf(1), imageOf(1, '/copy'), imageOf(1, '/again')];
    expect(pairImages(copies, copies).pairs).toEqual([[0, 0]]);
    expect(pairImages(copies, [imageOf(1)]).pairs).toEqual([[0, 0]]);
  });

  it('goes by path where a hash is not known of all, and says so', () => {
    const unknown = { file: '/photos/2.jpg' };
    const changed = { file: '/photos/1.jpg', sha256: 'since overwritten' };
    expect(pairImages([imageOf(1), imageOf(2)], [unknown, changed])).toEqual({ pairs: [[1, 0]], by: 'path' });
  });

  it('finds nothing in nothing', () => {
    expect(pairImages([], [imageOf(1)])).toEqual({ pairs: [], by: 'content' });
  });
});
