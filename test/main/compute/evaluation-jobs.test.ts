import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createJobs } from '../../../main/compute/jobs/all-jobs.ts';
import type { JobContext } from '../../../main/compute/jobs/job-context.ts';
import type { RunQuestion } from '../../../main/compute/protocol.ts';
import { tessera } from '../cli/run-tessera.ts';

const HOUSES = path.join(import.meta.dirname, '../../../models/demo/images/house');
const context: JobContext = {
  signal: new AbortController().signal,
  onProgress: () => undefined,
  onNews: () => undefined,
};

describe('the jobs about trust', { timeout: 300_000 }, () => {
  const jobs = createJobs({});
  let question: RunQuestion;
  let root: string;

  beforeAll(async () => {
    root = await mkdtemp(path.join(tmpdir(), 'tessera-trust-'));
    const folder = path.join(root, 'demo.tessera');
    const argv = ['explain', '--demo', '--images', HOUSES, '--concepts', '4', '--device', 'cpu'];
    const { code } = await tessera(
      ...argv,
      '--map',
      'upsampled-coefficients',
      '--evaluate',
      'none',
      '--out',
      folder,
    );
    expect(code).toBe(0);
    question = { folder, key: 'demo', runId: 'run1' };
  }, 300_000);
  afterAll(() => rm(root, { recursive: true }));

  it('tell what is known without an evaluation, make one on request, and fill in how reliable concepts are', async () => {
    const before = await jobs.readEvaluation(question, context);
    expect(before.figures).toBeNull();
    expect(before.trust.reasons).toContain('It was not evaluated.');
    expect((await jobs.readResult(question, context)).concepts[0].reliability).toBeNull();

    const made = await jobs.evaluateRun({ ...question, level: 'quick' }, context);
    expect(made.figures!.concepts).toHaveLength(4);
    expect(await jobs.readEvaluation(question, context)).toEqual(made);
    const { concepts } = await jobs.readResult(question, context);
    expect(concepts.map(({ reliability }) => reliability)).toEqual(
      made.figures!.concepts.map(({ reliability }) => reliability),
    );
  });

  it('draw an image by the gated gradient unless told otherwise, and say what its folder expects', async () => {
    const image = await jobs.readImage({ ...question, image: 0 }, context);
    expect(image).toMatchObject({ method: 'gated-gradient', standInReason: null, scaleOf: 'image' });
    expect(image.maps[0].grid[0]).toBeGreaterThan(50);
    expect(image.expected).toEqual({ index: image.predicted.index, name: 'house' });
    const asked = await jobs.readImage({ ...question, image: 0, method: 'coefficients' }, context);
    expect(asked).toMatchObject({ method: 'coefficients', scaleOf: 'run' });
    const { images } = await jobs.listRunImages({ ...question, offset: 0, limit: 500 }, context);
    expect(images[0].expected).toEqual(image.expected);
  });

  it('find nothing to tell of mistakes where there are none, and images that stand out', async () => {
    const { known, hits, pairs, outliers } = await jobs.errorAnalysis(question, context);
    expect(known).toBe(hits);
    expect(pairs).toEqual([]);
    for (const { images } of outliers) expect(Math.abs(images[0].score)).toBeGreaterThan(3.5);
  });
});
