import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rm, mkdtemp, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { createJobs } from '../../../main/compute/jobs/all-jobs.ts';
import type { JobContext, Jobs } from '../../../main/compute/jobs/job-context.ts';
import { RED, scene } from '../cli/colour-case.ts';
import { finishedRun } from './finished-run.ts';

const jobs: Jobs = createJobs({});
const told: string[] = [];
const context: JobContext = {
  signal: new AbortController().signal,
  onProgress: ({ stage }) => void told.push(stage),
  onNews: () => undefined,
};
const stopped: JobContext = { ...context, signal: AbortSignal.abort() };

let home: string;
let question: Awaited<ReturnType<typeof finishedRun>>['question'];
beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'tessera-compared-'));
  ({ question } = await finishedRun(home));
}, 120_000);
afterAll(() => rm(home, { recursive: true, force: true }));

describe('the jobs about two runs', { timeout: 120_000 }, () => {
  it('find everything of a run in itself, with pictures of the same images on both sides', async () => {
    const found = await jobs.compareRuns({ a: question, b: { ...question, key: 'other' } }, context);
    expect(found.lead).toContain('A and B are the same run.');
    expect(found.matches).toMatchObject([{ a: 0, b: 0, similarity: 1, status: 'same' }]);
    expect(found.onlyA).toEqual([]);
    expect(found.decisions).toMatchObject({ images: 6, agree: 6, changed: [], more: 0, turns: '' });
    const [{ maps }] = found.matches;
    expect(maps.a.map((id) => id.replace('.key.', '.other.'))).toEqual(maps.b);
    expect(found.a.concepts[0].crops[0]).toMatch(/^c\.key\.run1\.\d+\./);
    expect(told).toContain('comparison');
  });

  it('write a page, and stop when they are given up', async () => {
    const page = path.join(home, 'pages/compared.html');
    await jobs.writeComparison({ a: question, b: question, path: page }, context);
    expect(await readFile(page, 'utf8')).toMatch(/^<!doctype html>/);
    await expect(jobs.compareRuns({ a: question, b: question }, stopped)).rejects.toThrow();
  });

  it('look for the concepts in new images and write a table, columns in the order of the concepts', async () => {
    const roots = [path.join(home, 'new')];
    await mkdir(roots[0]);
    for (let i = 0; i < 5; i++)
      await writeFile(
        path.join(roots[0], `${i}.png`),
        await scene([{ left: 4 * i, top: 4, side: 8, colour: RED }]),
      );
    await writeFile(path.join(roots[0], 'broken.png'), 'no picture');
    const table = path.join(home, 'tables/new.csv');
    const found = await jobs.scoreImages({ ...question, roots, table }, context);
    expect(found.files.map(({ path: file }) => path.basename(file))).toEqual(
      [0, 1, 2, 3, 4].map((i) => `${i}.png`),
    );
    expect(found).toMatchObject({ skippedCount: 1, mostRest: null, restImages: 6 });
    expect(found.concepts).toMatchObject([{ id: 'c0', drift: { now: expect.any(Number) as number } }]);
    const mean = found.amounts.reduce((sum, value) => sum + value, 0) / 5;
    expect(found.concepts[0].drift!.now).toBeCloseTo(mean, 5);
    expect((await readFile(table, 'utf8')).trim().split('\n')).toHaveLength(6);
    await expect(jobs.scoreImages({ ...question, roots, table }, stopped)).rejects.toThrow();
  });

  it('say that the model has moved or is another, and what to do', async () => {
    const file = path.join(question.folder, 'project.json');
    const kept = await readFile(file, 'utf8');
    const { model } = JSON.parse(kept) as { model: { path: string; sha256: string } };
    await writeFile(file, kept.replace(JSON.stringify(model.path).slice(1, -1), '/gone/model.onnx'));
    const roots = [path.join(home, 'images')];
    const asked = { ...question, key: 'moved', roots, table: path.join(home, 'x.csv') };
    await expect(jobs.scoreImages(asked, context)).rejects.toMatchObject({
      message: expect.stringContaining('/gone/model.onnx') as string,
      hint: expect.any(String) as string,
    });
    await writeFile(file, kept.replace(model.sha256, '0'.repeat(64)));
    await expect(jobs.scoreImages({ ...asked, key: 'other' }, context)).rejects.toMatchObject({
      code: 'bad-project',
    });
    await writeFile(file, kept);
  });
});
