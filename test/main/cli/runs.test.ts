import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { oldProject } from '../../fixtures/old-project.ts';
import { tessera } from './run-tessera.ts';

interface Listed {
  readonly deleted?: string;
  readonly runs: readonly Readonly<Record<string, unknown>>[];
}
const json = (stdout: string) => JSON.parse(stdout) as Listed;

describe('tessera runs', () => {
  it('lists the runs of a project, the newest first, as one JSON document', async () => {
    const { project } = await oldProject();
    const { code, stdout, stderr } = await tessera('runs', project, '--json');
    expect(code, stderr).toBe(0);
    const { runs } = json(stdout);
    expect(runs.map(({ run }) => run)).toEqual(['run3', 'run2', 'run1']);
    expect(runs[2]).toMatchObject({
      status: 'finished',
      problem: null,
      name: null,
      className: 'red',
      layer: 'squashed',
      verdict: expect.stringMatching(/^(good|fair|weak)$/) as string,
    });
    const table = (await tessera('runs', project)).stdout;
    expect(table).toMatch(/^run +name +class +layer +concepts +images +begun \(UTC\) +time +verdict$/m);
    expect(table).toMatch(/^run1 +red +squashed /m);
  });

  it('names a run, in its report too, and takes the name back', async () => {
    const { project } = await oldProject();
    const named = await tessera('runs', project, '--rename', 'run1=only red', '--json');
    expect(json(named.stdout).runs[2]).toMatchObject({ run: 'run1', name: 'only red' });
    const report = await tessera('report', project, '--run', 'run1');
    expect(await readFile(report.stdout.trim(), 'utf8')).toContain('Run run1 “only red”, begun');
    const taken = await tessera('runs', project, '--rename', 'run1=', '--json');
    expect(json(taken.stdout).runs[2]).toMatchObject({ name: null });
  });

  it('deletes a run and its files, a damaged one too, and no other', async () => {
    const { project } = await oldProject();
    await writeFile(path.join(project, 'runs/run2/run.json'), '{');
    const listed = json((await tessera('runs', project, '--json')).stdout).runs;
    expect(listed[1]).toMatchObject({
      run: 'run2',
      status: 'damaged',
      problem: expect.stringContaining('run.json is not JSON') as string,
    });
    const { code, stdout, stderr } = await tessera('runs', project, '--delete', 'run2', '--json');
    expect(code, stderr).toBe(0);
    expect(json(stdout)).toMatchObject({ deleted: 'run2', runs: [{ run: 'run3' }, { run: 'run1' }] });
    expect(await readdir(path.join(project, 'runs'))).toEqual(['run1', 'run3']);
  });

  it('says what is wrong in words', async () => {
    const { project } = await oldProject();
    const missing = await tessera('runs', project, '--delete', 'run9');
    expect(missing).toMatchObject({ code: 2, stdout: '' });
    expect(missing.stderr).toContain('has no run "run9".\nIts runs are run1, run2, run3.');
    expect((await tessera('runs', project, '--rename', 'run1')).stderr).toContain('--rename takes RUN=NAME');
    expect((await tessera('runs')).stderr).toContain('runs takes one project folder, got 0.');
  });
});
