import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { createJobs } from '../../../main/compute/jobs/all-jobs.ts';
import type { RunPictureName } from '../../../main/compute/protocol.ts';
import { finishedRun } from './finished-run.ts';

const context = {
  signal: new AbortController().signal,
  onProgress: () => undefined,
  onNews: () => undefined,
};

describe('pictures of a run', () => {
  it('are made without its arrays, except maps', async () => {
    const { home, question } = await finishedRun();
    await rm(path.join(question.folder, 'runs', 'run1', 'tensors.safetensors'));
    const jobs = createJobs({});
    const file = path.join(home, 'picture.jpg');
    const make = (name: RunPictureName) =>
      jobs.makePicture({ picture: { ...question, kind: 'run', side: 96, name }, path: file }, context);
    const of = { project: 'key', run: 'run1', image: 1 } as const;
    await make({ kind: 'crop', ...of, box: [0, 0, 8, 8] });
    const crop = await readFile(file);
    await make({ kind: 'image', ...of });
    expect(await readFile(file)).not.toEqual(crop);
    await make({ kind: 'context', ...of, box: [0, 0, 8, 8] });
    await expect(make({ kind: 'map', ...of, concept: 'c0', scale: 'run' })).rejects.toMatchObject({
      code: 'storage',
    });
    await expect(make({ kind: 'image', ...of, image: 60 })).rejects.toMatchObject({ code: 'storage' });
  });
});
