import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { argumentsOf } from '../../../core/concepts/command-text.ts';
import type { Explanation } from '../../../core/concepts/explanation.ts';
import { loadRun, openProject } from '../../../core/project/project-folder.ts';
import { startRun } from '../../../core/project/start-run.ts';
import { fileStorage } from '../../../core/runtime/storage.ts';
import { createJobs } from '../../../main/compute/jobs/all-jobs.ts';
import type { JobContext } from '../../../main/compute/jobs/job-context.ts';
import { oldProject } from '../../fixtures/old-project.ts';
import { tessera } from './run-tessera.ts';

const CONTEXT: JobContext = {
  signal: new AbortController().signal,
  onProgress: () => undefined,
  onNews: () => undefined,
};

const importancesOf = ({ concepts }: Pick<Explanation, 'concepts'>): number[] =>
  concepts.flatMap(({ importance: { mean, low, high } }) => [mean, low, high]);

async function storedRun(project: string, id: string) {
  const text = await readFile(path.join(project, 'runs', id, 'run.json'), 'utf8');
  return JSON.parse(text) as { schemaVersion: number; options: Record<string, unknown> };
}

describe('a project written by Tessera 0.1', () => {
  it('opens with all its options, those included that 0.1 did not store', async () => {
    const { project } = await oldProject();
    const opened = await openProject(fileStorage, project);
    const [usual, paper] = [await loadRun(opened, 'run1'), await loadRun(opened, 'run2')];
    expect(usual.options).toMatchObject({ craft: false, evaluate: 'quick', parts: 4, layer: 'squashed' });
    expect(usual.options.maps).toEqual(['gated-gradient', 'occlusion']);
    expect(paper.options).toMatchObject({ craft: true, design: 'halton', samples: 32, replicates: 1 });
    expect(paper.options).toMatchObject({ evaluate: 'none', maps: ['gated-gradient'] });
    // Nothing has changed, so nothing is written anew.
    expect((await storedRun(project, 'run1')).schemaVersion).toBe(1);
  });

  it('shows its result and its evaluation, and its report is written again', async () => {
    const { project } = await oldProject();
    const jobs = createJobs({});
    const question = { folder: project, key: 'old', runId: 'run1' };
    const { explanation } = await loadRun(await openProject(fileStorage, project), 'run1');
    const result = await jobs.readResult(question, CONTEXT);
    expect(result).toMatchObject({ className: 'red' });
    expect(result.concepts.map(({ importance }) => importance)).toEqual(
      explanation!.concepts.map(({ importance }) => importance),
    );
    expect((await jobs.readEvaluation(question, CONTEXT)).figures).not.toBeNull();
    const { code, stdout, stderr } = await tessera('report', project, '--run', 'run1');
    expect(code, stderr).toBe(0);
    const report = await readFile(stdout.trim(), 'utf8');
    expect(report).toContain('--map gated-gradient --map occlusion');
  });

  it.each(['run1', 'run2'])('can be run again to the same numbers: %s', async (id) => {
    const { project } = await oldProject();
    const before = await loadRun(await openProject(fileStorage, project), id);
    const { code, stdout, stderr } = await tessera(
      ...['explain', ...argumentsOf(before.options), '--out', project, '--json'],
    );
    expect(code, stderr).toBe(0);
    const { run } = JSON.parse(stdout) as { run: string };
    expect(run).toBe('run4');
    const after = await loadRun(await openProject(fileStorage, project), run);
    expect(after.options).toEqual(before.options);
    expect(importancesOf(after.explanation!)).toBeAllclose(importancesOf(before.explanation!), {
      rtol: 1e-6,
      atol: 1e-6,
    });
    expect((await storedRun(project, run)).schemaVersion).toBe(3);
  });

  it('takes up a run that 0.1 did not end', async () => {
    const { project } = await oldProject();
    const opened = await openProject(fileStorage, project);
    const { options, seed, versions, device } = await loadRun(opened, 'run3');
    const { code, stdout, stderr } = await tessera(
      ...['explain', ...argumentsOf(options), '--out', project, '--json'],
    );
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ run: 'run3', resumed: true });
    // It has ended now, so the same question makes a new one.
    const again = await startRun(
      opened,
      { options, seed, versions, device },
      { pid: 1, host: 'desk', isAlive: () => true },
    );
    expect(again).toMatchObject({ resumed: false, run: { id: 'run4' } });
  });
});
