import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { createJobs } from '../../../main/compute/jobs/all-jobs.ts';
import type { JobContext } from '../../../main/compute/jobs/job-context.ts';
import { parsePictureId } from '../../../main/compute/picture-ids.ts';
import type { RunPictureName } from '../../../main/compute/protocol.ts';
import { finishedRun } from './finished-run.ts';

describe('jobs about trees', { timeout: 200_000 }, () => {
  it('list layers, decompose, read the tree, and give crops and maps of a part', async () => {
    const { home, question } = await finishedRun();
    const jobs = createJobs({});
    const reported: string[] = [];
    const context: JobContext = {
      signal: new AbortController().signal,
      onProgress: ({ stage }) => reported.push(stage),
      onNews: () => undefined,
    };
    expect((await jobs.readTree(question, context)).items).toMatchObject([
      { id: 'c0', parent: null, depth: 0, decomposition: null, parts: [] },
    ]);
    const layers = await jobs.listDecompositionLayers({ ...question, concept: 'c0' }, context);
    expect(
      layers.map(({ layer, isProposed, channels, usualParts }) => [
        ...[layer.tensor, isProposed, channels, usualParts],
      ]),
    ).toEqual([
      ['detected', false, 3, 3],
      ['colours', true, 3, 3],
      ['shifted', false, 3, 3],
    ]);

    await jobs.decompose({ ...question, concept: 'c0', parts: 2 }, context);
    expect(reported).toContain('parts');
    const { items } = await jobs.readTree(question, context);
    expect(items).toHaveLength(3);
    expect(items[0]).toMatchObject({
      id: 'c0',
      decomposition: { layer: { tensor: 'colours' }, isChosen: true },
    });
    const [, part] = items;
    expect(part).toMatchObject({ parent: 'c0', depth: 1, rank: 0, name: 'Concept 1.1', images: 6 });

    const page = await jobs.listCrops({ ...question, concept: part.id, offset: 0, limit: 5 }, context);
    expect(page.total).toBeGreaterThan(5);
    expect(page.crops[0].coefficient).toBeGreaterThanOrEqual(page.crops[4].coefficient);
    const name = parsePictureId(page.crops[0].map!) as RunPictureName;
    expect(name).toMatchObject({ kind: 'map', concept: part.id });
    const file = path.join(home, 'map.jpg');
    await jobs.makePicture({ picture: { kind: 'run', side: 96, ...question, name }, path: file }, context);
    expect((await readFile(file)).subarray(0, 2)).toEqual(Buffer.from([0xff, 0xd8]));
    expect(await jobs.listDecompositionLayers({ ...question, concept: part.id }, context)).toHaveLength(1);

    const report = path.join(home, 'some.html');
    const sections = ['concepts', 'parts'];
    await jobs.writeReport({ ...question, path: report, sections }, context);
    expect(await readFile(report, 'utf8')).toMatch(/<article[^>]*id="c0"[^]*<section id="parts"/);
    await jobs.writeReport({ ...question, path: report, sections, concepts: [] }, context);
    expect(await readFile(report, 'utf8')).not.toMatch(/id="(c0|parts|ranking)"/);
  });

  it('takes as many parts as the layer has channels where the run wants more and none was asked for', async () => {
    const { question } = await finishedRun();
    const context: JobContext = {
      signal: new AbortController().signal,
      onProgress: () => undefined,
      onNews: () => undefined,
    };
    const jobs = createJobs({});
    await jobs.decompose({ ...question, concept: 'c0' }, context);
    // Three were looked for; the colours of this concept are two.
    expect((await jobs.readTree(question, context)).items[0].parts).toHaveLength(2);
    const asked = jobs.decompose({ ...question, concept: 'c0', parts: 4 }, context);
    await expect(asked).rejects.toThrow('can be decomposed into 1 to 3 parts here');
  });

  it('stops a decomposition when asked to', async () => {
    const { question } = await finishedRun();
    const stop = new AbortController();
    const context: JobContext = {
      signal: stop.signal,
      onProgress: () => stop.abort(),
      onNews: () => undefined,
    };
    const jobs = createJobs({});
    await expect(jobs.decompose({ ...question, concept: 'c0' }, context)).rejects.toThrow();
    const { items } = await jobs.readTree(question, context);
    expect(items).toHaveLength(1);
  });

  it('rejects a concept that the run does not have', async () => {
    const { question } = await finishedRun();
    const jobs = createJobs({});
    const context: JobContext = {
      signal: new AbortController().signal,
      onProgress: () => undefined,
      onNews: () => undefined,
    };
    await expect(jobs.decompose({ ...question, concept: 'c7' }, context)).rejects.toThrow(
      'no concept called "c7"',
    );
    await expect(
      jobs.listCrops({ ...question, concept: 'c0-9', offset: 0, limit: 5 }, context),
    ).rejects.toThrow('no concept called "c0-9"');
  });
});
