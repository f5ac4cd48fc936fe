import { describe, expect, it } from 'vitest';
import { matrix } from '../../../core/linalg/matrix.ts';
import type { LoadedRun } from '../../../core/pipeline/compared-run.ts';
import { runObjects } from '../../../core/pipeline/run-objects.ts';
import type { MarkedPicture } from '../../../core/tables/objects/marked-picture.ts';

/** A run that explains two rings out of pictures of two folders that have the same names. */
const RUN = {
  compared: {
    layer: 'relu',
    grid: [1, 2],
    images: [{ file: '/p/ring/00.png' }, { file: '/p/ring/01.png' }],
    amounts: [matrix(2, 1, Float32Array.of(1, 0)), matrix(2, 1, Float32Array.of(1, 0))],
    answers: {
      names: [],
      given: ['ring/00.png', 'ring/01.png', 'moon/00.png', 'moon/01.png'].map((file) => ({
        file: `/p/${file}`,
      })),
    },
  },
  explanation: { concepts: [{ id: 'c0', name: 'edge' }] },
  preprocessing: { size: 4, width: 8, fit: 'stretch' },
} as unknown as LoadedRun;

const mark = (file: string): MarkedPicture => ({
  ...{ file, width: 8, height: 4 },
  objects: [{ name: 'ring', isInside: (x) => x < 4 }],
});

const marksOf = (pictures: readonly MarkedPicture[]) => ({ file: 'marks.json', pictures, unread: [] });

describe('runObjects()', () => {
  it('does not take the marks of another folder for those of the picture of the same name', () => {
    const others = ['moon/00.png', 'moon/01.png'].map(mark);
    expect(() => runObjects(RUN, marksOf(others))).toThrow(
      'No marked picture is one of the explained images.',
    );
    const all = [...others, ...['ring/00.png', 'ring/01.png', 'ring/01.png'].map(mark)];
    expect(runObjects(RUN, marksOf(all))).toMatchObject({ images: 2, explained: 2, kinds: [] });
  });

  it('tells of names that several pictures have, and of pictures that are not there', () => {
    const found = runObjects(RUN, marksOf(['ring/00.png', '01.png', 'moon/07.png'].map(mark)));
    expect(found).toMatchObject({
      images: 1,
      ambiguous: { count: 1, some: ['01.png'] },
      strangers: { count: 1, some: ['moon/07.png'] },
    });
    const inFolder = { ...mark('01.png'), folder: 'ring' };
    expect(runObjects(RUN, marksOf([inFolder]))).toMatchObject({ images: 1, ambiguous: { count: 0 } });
  });

  it('looks at objects of each name by themselves', () => {
    const names = Array.from({ length: 6 }, (_, i) => `/p/ring/${i}.png`);
    const amounts = names.map(() => matrix(2, 2, Float32Array.of(1, 0, 0, 1)));
    const run = {
      ...RUN,
      compared: {
        ...RUN.compared,
        ...{ images: names.map((file) => ({ file })), amounts, answers: { names: [] } },
      },
      explanation: { concepts: ['left', 'right'].map((name, i) => ({ id: `c${i}`, name })) },
    } as unknown as LoadedRun;
    const both = names.map((file) => ({
      ...{ file, width: 8, height: 4 },
      objects: [
        { name: 'west', isInside: (x: number) => x < 4 },
        { name: 'east', isInside: (x: number) => x >= 4 },
      ],
    }));
    const { shares, kinds } = runObjects(run, marksOf(both));
    expect(shares.map(({ inside, area }) => [inside, area])).toEqual([
      [1, 1],
      [1, 1],
    ]);
    expect(kinds.map(({ name, images }) => [name, images])).toEqual([
      ['west', 6],
      ['east', 6],
    ]);
    expect(kinds[0].shares).toMatchObject([
      { name: 'left', inside: 1, area: 0.5, difference: 0.5, low: 0.5 },
      { name: 'right', inside: 0, area: 0.5, difference: -0.5, high: -0.5 },
    ]);
  });
});
