import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { createJobs } from '../../../main/compute/jobs/all-jobs.ts';
import type { JobContext } from '../../../main/compute/jobs/job-context.ts';
import { intakeCases, intakeImages } from '../../core/intake/intake-cases.ts';

const CONTEXT: JobContext = {
  signal: new AbortController().signal,
  onProgress: () => undefined,
  onNews: () => undefined,
};

/** Three pictures of the set, in folders that a model may have classes for. */
const IMAGES = ['circle', 'square', 'triangle'].map((folder) => ({
  path: path.join(intakeImages, folder, '00.png'),
  folder,
  root: intakeImages,
}));

async function previewed(name: string, said: { readonly threshold?: number } = {}) {
  const file = intakeCases.find((item) => item.name === name)!.file;
  return createJobs({}).previewImages({ path: file, images: IMAGES, ...said }, CONTEXT);
}

describe.skipIf(intakeCases.length === 0)('a preview (cases in ../shared)', () => {
  it('of a model that gives a vector shows the pictures and judges nothing', async () => {
    const { pictures, hitRate, labelShift } = await previewed('embedding');
    expect(pictures.map(({ top }) => top)).toEqual([[], [], []]);
    expect({ hitRate, labelShift }).toEqual({ hitRate: null, labelShift: null });
  });

  it('of a model that gives a number shows it', async () => {
    const { pictures } = await previewed('regression');
    expect(pictures.map(({ top }) => top.length)).toEqual([1, 1, 1]);
    expect(pictures[0].top[0]).toMatchObject({ name: 'age', value: expect.closeTo(34.7557, 3) as number });
  });

  it('of a yes or no says first what is decided, by its threshold', async () => {
    const usual = await previewed('binary_sigmoid');
    expect(usual.pictures[0].top[0]).toMatchObject({ name: 'circle' });
    const strict = await previewed('binary_sigmoid', { threshold: 1 - 1e-9 });
    expect(strict.pictures[0].top.map(({ name }) => name)).toEqual(['other', 'circle']);
    expect(strict.pictures[0].top[0].probability).toBeLessThan(0.5);
  });

  it('of a model of classes says the likeliest first, beside the folder', async () => {
    const { pictures } = await previewed('softmax_end');
    expect(pictures[0]).toMatchObject({ expected: 0, top: [{ index: 0 }, { index: 1 }, { index: 2 }] });
  });
});
