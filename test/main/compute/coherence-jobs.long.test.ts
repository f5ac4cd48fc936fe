import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createJobs } from '../../../main/compute/jobs/all-jobs.ts';
import type { JobContext } from '../../../main/compute/jobs/job-context.ts';
import type { RunQuestion } from '../../../main/compute/protocol.ts';
import { twoColourRun } from './two-colour-run.ts';

const context: JobContext = {
  signal: new AbortController().signal,
  onProgress: () => undefined,
  onNews: () => undefined,
};
const jobs = createJobs({});
let question: RunQuestion;
let home: string;

beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'tessera-coherence-'));
  question = await twoColourRun(home);
}, 120_000);
afterAll(() => rm(home, { recursive: true }));

describe('the check of coherence', { timeout: 120_000 }, () => {
  it('keeps every answer, goes on where it was left, and tells how often the odd crop was found', async () => {
    expect(await jobs.listCoherence(question, context)).toEqual([]);
    const check = await jobs.drawCoherenceCheck({ ...question, size: 'quick' }, context);
    expect(check).toMatchObject({ number: 1, size: 'quick', answered: 0 });
    expect(check.sets).toHaveLength(6);
    for (const crops of check.sets) expect(new Set(crops).size).toBe(5);
    const { number, size } = check;
    const answer = (set: number, crop: number) =>
      jobs.answerCoherenceSet({ ...question, number, size, set, crop }, context);
    expect(await answer(0, 0)).toBeTypeOf('boolean');
    // The same again, and another answer to it: the first stays.
    await answer(0, 1);
    const again = await jobs.drawCoherenceCheck({ ...question, size: 'quick' }, context);
    expect(again).toEqual({ ...check, answered: 1 });

    let found = 0;
    for (let set = 1; set < 6; set++) found += Number(await answer(set, 2));
    const list = await jobs.listCoherence(question, context);
    expect(list.map(({ concept }) => concept).sort()).toEqual(['c0', 'c1']);
    expect(list.reduce((sum, one) => sum + one.asked, 0)).toBe(6);
    expect(list.reduce((sum, one) => sum + one.found, 0)).toBeGreaterThanOrEqual(found);
    const next = await jobs.drawCoherenceCheck({ ...question, size: 'quick' }, context);
    expect(next).toMatchObject({ number: 2, answered: 0 });
    const stored = JSON.parse(
      await readFile(path.join(question.folder, 'runs/run1/coherence.json'), 'utf8'),
    ) as { readonly answers: readonly object[] };
    expect(stored.answers).toHaveLength(6);
  });

  it('refuses a set that there is not', async () => {
    const asked = { ...question, number: 1, size: 'quick' as const, set: 99, crop: 0 };
    await expect(jobs.answerCoherenceSet(asked, context)).rejects.toThrow('have changed since');
  });
});
