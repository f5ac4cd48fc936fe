import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { oldProject } from '../../fixtures/old-project.ts';
import { tessera } from './run-tessera.ts';

interface Compared {
  readonly matches: readonly Readonly<Record<string, unknown>>[];
  readonly onlyA: readonly unknown[];
  readonly onlyB: readonly unknown[];
}

describe('tessera compare', () => {
  it('finds everything of a run in itself, and has the fields that its readers rely on', async () => {
    const { project } = await oldProject();
    const { code, stdout, stderr } = await tessera('compare', `${project}:run1`, `${project}:run1`, '--json');
    expect(code, stderr).toBe(0);
    const found = JSON.parse(stdout) as Compared;
    expect(found).toMatchObject({
      a: { run: 'run1', class: 'red', layer: 'squashed' },
      // That version recorded neither hashes nor answers.
      images: { common: expect.any(Number) as number, isPaired: true, pairedBy: 'path' },
      decisions: null,
      noDecisions: expect.stringContaining('did not keep what the model said') as string,
      onlyA: [],
      onlyB: [],
    });
    expect(found.matches.length).toBeGreaterThan(0);
    for (const match of found.matches) {
      expect(match).toMatchObject({
        a: expect.stringMatching(/^c\d+$/) as string,
        similarity: 1,
        status: 'same',
        importance: { difference: 0, low: 0, high: 0 },
        prevalence: { difference: 0 },
      });
      expect(match.b).toBe(match.a);
    }
  });

  it('tells it in words', async () => {
    const { project } = await oldProject();
    const { stdout } = await tessera('compare', `${project}:run1`, `${project}:run1`);
    expect(stdout).toContain('A and B are the same run. Of ');
    expect(stdout).toMatch(/^in A +in B +alike +importance +change \(95 %\) +present in +change \(95 %\)$/m);
  });

  it('writes a report with the pictures in it, and says where', async () => {
    const { root, project } = await oldProject();
    const file = path.join(root, 'compared.html');
    const { code, stdout, stderr } = await tessera('compare', `${project}:run1`, project, '--report', file);
    expect(code, stderr).toBe(0);
    expect(stdout).toContain(`Report  ${file}`);
    const page = await readFile(file, 'utf8');
    expect(page).toMatch(/^<!doctype html>/);
    expect(page).toContain('data:image/jpeg;base64,');
    expect(page).not.toContain('changed or missing since');
  });

  // A colon is no letter of a name on Windows.
  it.skipIf(process.platform === 'win32')(
    'takes a folder for what it is, whatever colons its name holds',
    async () => {
      const { project } = await oldProject();
      const odd = `${path.dirname(project)}/C:run9`;
      await rename(project, odd);
      const { code, stdout, stderr } = await tessera('compare', odd, `${odd}:run1`, '--json');
      expect(code, stderr).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({
        a: { project: odd, run: 'run2' },
        b: { project: odd, run: 'run1' },
      });
    },
  );

  it('says what is wrong in words', async () => {
    const { project } = await oldProject();
    const fails = async (...argv: string[]): Promise<string> => {
      const { code, stdout, stderr } = await tessera('compare', ...argv);
      expect([code, stdout]).toEqual([2, '']);
      return stderr;
    };
    expect(await fails(project)).toContain('compare takes two runs, got 1.\nGive two project folders');
    expect(await fails(project, `${project}:run9`)).toContain(
      'has no run "run9".\nIts runs are run1, run2, run3.',
    );
    expect(await fails(project, `${project}:`)).toContain('names no run after the colon.');
    expect(await fails(project, 'C:\\nothing')).toContain('C:\\nothing is not a Tessera project');
    expect(await fails(project, `${project}:run3`)).toContain(
      'has not finished; there is nothing to compare.',
    );
    const file = path.join(project, 'runs/run2/run.json');
    await writeFile(file, '{');
    expect(await fails(project, `${project}:run2`)).toContain('run.json is not JSON');
    await writeFile(path.join(project, 'runs/run1/tensors.safetensors'), 'x');
    expect(await fails(`${project}:run1`, project)).toContain('is damaged');
  });
});
