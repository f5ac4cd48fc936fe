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

describe('runObjects()', () => {
  it('does not take the marks of another folder for those of the picture of the same name', () => {
    const others = ['moon/00.png', 'moon/01.png'].map(mark);
    expect(() => runObjects(RUN, others)).toThrow('No marked picture is one of the explained images.');
    const all = [...others, ...['ring/00.png', 'ring/01.png', 'ring/01.png'].map(mark)];
    expect(runObjects(RUN, all)).toMatchObject({ images: 2, explained: 2 });
  });
});
