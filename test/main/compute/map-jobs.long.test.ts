import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createJobs } from '../../../main/compute/jobs/all-jobs.ts';
import type { JobContext } from '../../../main/compute/jobs/job-context.ts';
import { writeModel, writePictures } from '../cli/colour-case.ts';
import { tessera } from '../cli/run-tessera.ts';

const context = (onStage: (stage: string) => void = () => undefined): JobContext => ({
  signal: new AbortController().signal,
  onProgress: ({ stage }) => onStage(stage),
  onNews: () => undefined,
});

let home: string;
let images: string;
let question: { folder: string; key: string; runId: string };
beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'tessera-map-'));
  const model = await writeModel(path.join(home, 'model'));
  images = await writePictures(path.join(home, 'red'), 45);
  const folder = path.join(home, 'out.tessera');
  const argv = ['explain', '--model', model, '--images', images, '--class', 'red', '--concepts', '2'];
  const { code, stderr } = await tessera(...argv, '--evaluate', 'none', '--device', 'cpu', '--out', folder);
  expect(code, stderr).toBe(0);
  question = { folder, key: 'key', runId: 'run1' };
}, 120_000);

afterAll(() => rm(home, { recursive: true }));

describe('the jobs about maps', { timeout: 120_000 }, () => {
  it('lay out every image, and open the same map at once the second time, also in another process', async () => {
    const stages: string[] = [];
    const asked = { ...question, space: 'amounts', images: 'all' } as const;
    const first = await createJobs({}).mapImages(
      asked,
      context((stage) => stages.push(stage)),
    );
    expect(new Set(stages)).toEqual(new Set(['measured', 'neighbours', 'layout']));
    expect(first).toMatchObject({ method: 'neighbours', skipped: 0 });
    expect([...first.images].sort((a, b) => a - b)).toEqual(Array.from({ length: 45 }, (_, i) => i));
    expect(first.points).toHaveLength(90);
    const again: string[] = [];
    expect(
      await createJobs({}).mapImages(
        asked,
        context((stage) => again.push(stage)),
      ),
    ).toEqual(first);
    expect(again).not.toContain('layout');
  });

  it('lay out the explained ones alone, by what each concept does to the score', async () => {
    const asked = { ...question, space: 'contributions', images: 'explained' } as const;
    const found = await createJobs({}).mapImages(asked, context());
    expect(found.images).toHaveLength(30);
  });

  it('say of two concepts that they are too few, and of a concept how much is in each image', async () => {
    const jobs = createJobs({});
    expect(await jobs.mapConcepts(question, context())).toEqual({
      method: 'too-few',
      share: null,
      points: [],
    });
    const result = await jobs.readResult(question, context());
    const [{ id, strengths }] = result.concepts;
    const amounts = await jobs.readAmounts({ ...question, images: 'explained', concept: id }, context());
    for (const [image, amount] of amounts.entries()) expect(amount).toBeCloseTo(strengths[image], 3);
  });

  it('group only images that are called so, or of a folder that says so', async () => {
    const found = await createJobs({}).groupImages({ ...question, images: 'all' }, context());
    expect(found.looked).toBe(45);
    for (const { images: members, known, wrong, cover } of found.groups) {
      expect(known).toBe(members.length);
      expect(wrong).toBe(members.filter((image) => image >= 30).length);
      expect(cover).toHaveLength(Math.min(12, members.length));
    }
  });

  it('write the paths of a choice, and lay out no image that is gone before it was measured', async () => {
    const jobs = createJobs({});
    const file = path.join(home, 'paths.csv');
    await jobs.exportPaths({ ...question, images: [0, 2], path: file }, context());
    const lines = (await readFile(file, 'utf8')).trim().split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[0]).toBe('filepath');
    await rm(lines[1]);
    const asked = { ...question, space: 'amounts', images: 'all' } as const;
    // What was measured of it is still true.
    expect(await createJobs({}).mapImages(asked, context())).toMatchObject({ skipped: 0 });
    await rm(path.join(question.folder, 'cache'), { recursive: true });
    const { images: laidOut, skipped } = await createJobs({}).mapImages(asked, context());
    expect(skipped).toBe(1);
    expect(laidOut).not.toContain(0);
  });
});
