import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { customRoot } from '@tessera/implicit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { experiments, formatTable, renderFigure } from '../../../core/experiments/index.ts';
import { experimentPage } from '../../../main/cli/experiment-page.ts';
import { runExperimentCommand } from '../../../main/cli/run-experiment-command.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'experiment-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('npm run experiment', () => {
  it('prints a table, and writes a figure and a page', async () => {
    let printed = '';
    const code = await runExperimentCommand(
      ['jacobian-precision', '--scale', '0.1', '--out', folder],
      (t) => (printed += t),
    );
    expect(code).toBe(0);
    expect(printed).toContain('implicit bytes');
    const svg = await readFile(join(folder, 'jacobian-precision.svg'), 'utf8');
    expect(svg).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
    expect(svg).not.toContain('NaN');
    expect(printed).toMatch(/Page: .*index\.html\n$/);
    const page = await readFile(join(folder, 'index.html'), 'utf8');
    expect(page).toContain('Problems at 0.1 of their size');
    expect(page).toContain('<th scope="col">implicit bytes</th>');
    expect(page).not.toMatch(/<script|src="http|NaN|undefined/);
  });

  it('runs in 32 bits on the fastest backend that loads, and says which', async () => {
    let printed = '';
    const code = await runExperimentCommand(
      ['jacobian-precision', '--scale', '0.1', '--out', folder, '--backend', 'fastest'],
      (t) => (printed += t),
      () => undefined,
    );
    expect(code).toBe(0);
    expect(printed).toMatch(/^Backend: (tensorflow|wasm) \(@tensorflow\/.*\), 32 bits\n/);
    expect(tf.getBackend()).toBe(/Backend: (\w+)/.exec(printed)![1]);
  });

  it('refuses 32 bits for what needs 64, and leaves it out of "all"', async () => {
    const complaints: string[] = [];
    const ran: string[] = [];
    const known = (['any', 'float64'] as const).map((precision) => ({
      ...{ name: precision, title: precision, precision, inPaper: '', sources: [] },
      run: () => {
        ran.push(precision);
        return { columns: [], rows: [], notes: [], figures: [] };
      },
    }));
    const run = (...args: string[]): Promise<number> =>
      runExperimentCommand(
        [...args, '--out', folder],
        () => undefined,
        (t) => complaints.push(t),
        known,
      );
    expect(await run('float64', '--backend', 'cpu')).toBe(2);
    expect(complaints[0]).toContain('"float64" needs 64 bits; leave out --backend.');
    expect(await run('all', '--backend', 'cpu')).toBe(0);
    expect(ran).toEqual(['any']);
    expect(await run('all')).toBe(0);
    expect(ran).toEqual(['any', 'any', 'float64']);
  });

  it("tells the toolkit's message and hint where there is no derivative, exit code 1", async () => {
    let complained = '';
    const singular = {
      ...{ name: 'singular', title: 'A flat condition', precision: 'any' as const, inPaper: '', sources: [] },
      run: () => {
        // x³ = t has no derivative at 0.
        const cubeRoot = customRoot<tf.Tensor, [tf.Tensor]>((x, t) => tf.sub(tf.mul(x, tf.square(x)), t))(
          () => tf.zeros([1]),
        );
        tf.grad((t) => tf.sum(cubeRoot(null, t)))(tf.zeros([1]));
        throw new Error('unreachable');
      },
    };
    const code = await runExperimentCommand(
      ['singular', '--out', folder],
      () => undefined,
      (t) => (complained += t),
      [singular],
    );
    expect(code).toBe(1);
    expect(complained).toMatch(/^singular: implicit derivative: .*breakdown.*\n.*ridge.*\n$/);
  });

  it('shows names and notes as text, and says what a page depends on', () => {
    const [experiment] = experiments;
    const result = { columns: ['<b>'], rows: [[0.000012345]], notes: ['a < b'], figures: [] };
    const page = experimentPage([{ experiment, result }], { seed: 7, scale: 1, backend: 'float64' });
    expect(page).toContain('a &lt; b');
    expect(page).toContain('<th scope="col">&lt;b&gt;</th>');
    expect(page).toContain('1.234e-5');
    expect(page).toContain('Seeds from 7, backend float64');
    expect(page).not.toContain('a quick look');
    expect(page).toContain('as distributed with scikit-learn (BSD 3-Clause)');
  });

  it('explains bad usage with exit code 2', async () => {
    const complaints: string[] = [];
    const run = (...args: string[]): Promise<number> =>
      runExperimentCommand(
        args,
        () => undefined,
        (t) => complaints.push(t),
      );
    expect(await run()).toBe(2);
    expect(await run('alchemy')).toBe(2);
    expect(await run('distillation', '--scale', '-1')).toBe(2);
    expect(await run('--colour')).toBe(2);
    expect(await run('distillation', '--backend', 'abacus')).toBe(2);
    expect(complaints[1]).toContain('Unknown experiment "alchemy".');
    for (const { name } of experiments) expect(complaints[0]).toContain(name);
  });

  it('aligns tables and draws charts without values that a logarithm cannot take', () => {
    expect(
      formatTable({
        columns: ['a', 'long'],
        rows: [
          [1, 0.000012345],
          ['x', 2.5],
        ],
      }),
    ).toBe('a      long\n1  1.234e-5\nx       2.5');
    const svg = renderFigure({
      kind: 'chart',
      title: 'a < b',
      xLabel: 'x',
      yLabel: 'y',
      logY: true,
      series: [
        {
          name: 's',
          points: [
            [0, 1],
            [1, 0],
            [2, 100],
          ],
          bars: [
            [0.5, 2],
            [0, 1],
            [0, 200],
          ],
        },
      ],
    });
    expect(svg).toContain('a &lt; b');
    expect(svg).not.toMatch(/NaN|Infinity/);
    // A bar at each of the two points that can be shown.
    expect(/<path d="(M[^L"]*)" stroke="#0072b2" stroke-width="5"/.exec(svg)![1].match(/V/g)).toHaveLength(2);
  });
});
