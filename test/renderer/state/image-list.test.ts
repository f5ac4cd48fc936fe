import { describe, expect, it } from 'vitest';
import type { RunImage } from '../../../main/api/contract.ts';
import {
  EVERY_IMAGE,
  foldersOf,
  judgementOf,
  listedImages,
  type ImageFilter,
  type ImageOrder,
} from '../../../renderer/state/image-list.ts';

const NAMES = ['cat', 'dog', 'bird'];
/** folder, answer, how sure, explained */
const image = (
  [folder, answer, probability, isExplained]: readonly [string, number, number, boolean],
  at: number,
): RunImage => ({
  ...{ image: at, fileName: `${9 - at}.jpg`, folder, picture: '', isExplained },
  predicted: { index: answer, name: NAMES[answer], probability },
  runnerUp: null,
  expected: NAMES.includes(folder) ? { index: NAMES.indexOf(folder), name: folder } : null,
  ...{ agrees: isExplained ? true : null, change: null },
});
const IMAGES = (
  [
    ['cat', 0, 0.9, true],
    ['cat', 1, 0.5, true],
    ['dog', 1, 0.7, false],
    ['dog', 2, 0.8, false],
    ['misc', 0, 0.6, false],
  ] as const
).map(image);

const list = (filter: Partial<ImageFilter>, order: ImageOrder = 'given'): number[] =>
  listedImages(IMAGES, {
    ...{ filter: { ...EVERY_IMAGE, ...filter }, order, columns: [0, 1] },
    strengthOf: (_, at) => [0.2, 0, 3, undefined, 0.4][at],
    isOfLevel: ({ column, level }, at) => column === 'camera' && level === 'AABBB'[at],
  }).map(({ image: at }) => at);

describe('judgementOf()', () => {
  it('is unknown where the folder names no class, never right', () => {
    expect(IMAGES.map(judgementOf)).toEqual(['right', 'wrong', 'right', 'wrong', 'unknown']);
  });
});

describe('listedImages()', () => {
  it('lets the images of a value of a column through', () => {
    expect(list({ level: { column: 'camera', level: 'B' } })).toEqual([2, 3, 4]);
    expect(list({ level: { column: 'camera', level: 'B' }, show: 'wrong' })).toEqual([3]);
    expect(list({ level: { column: 'gone', level: 'B' } })).toEqual([]);
  });

  it('lets through what every part of the filter lets through', () => {
    expect(list({})).toEqual([0, 1, 2, 3, 4]);
    expect(list({ show: 'wrong' })).toEqual([1, 3]);
    expect(list({ show: 'unknown' })).toEqual([4]);
    expect(list({ show: 'explained' })).toEqual([0, 1]);
    expect(list({ show: 'right', folder: 'dog' })).toEqual([2]);
    expect(list({ cell: { truth: 0, predicted: 1 } })).toEqual([1]);
  });

  it('has the images of classes without a column in a cell of their own', () => {
    expect(list({ cell: { truth: 1, predicted: null } })).toEqual([3]);
    expect(list({ cell: { truth: 1, predicted: 1 } })).toEqual([2]);
  });

  it('orders by each key and leaves equals as they are', () => {
    expect(list({}, 'surest')).toEqual([0, 3, 2, 4, 1]);
    expect(list({}, 'least-sure')).toEqual([1, 4, 2, 3, 0]);
    expect(list({}, 'name')).toEqual([4, 3, 2, 1, 0]);
    expect(list({}, 'folder')).toEqual([0, 1, 2, 3, 4]);
  });

  it('puts images in which nobody has looked for the concept last, after those without it', () => {
    expect(list({}, 'most:c1')).toEqual([2, 4, 0, 1, 3]);
  });
});

describe('foldersOf()', () => {
  it('counts', () => {
    expect(foldersOf(IMAGES)).toEqual([
      ['cat', 2],
      ['dog', 2],
      ['misc', 1],
    ]);
  });
});
