import { cp, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { comparisonJson } from '../../../main/cli/comparison-output.ts';
import { createJobs } from '../../../main/compute/jobs/all-jobs.ts';
import { blobsOf, scene, temporaryFolder, writeModel, writePictures, type Blob } from './colour-case.ts';
import { tessera } from './run-tessera.ts';

const PLANTED = path.join(import.meta.dirname, '../../fixtures/planted');

type Compared = ReturnType<typeof comparisonJson>;

async function explained(...argv: string[]): Promise<unknown> {
  const { code, stdout, stderr } = await tessera('explain', '--evaluate', 'none', '--json', ...argv);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout);
}

async function compared(a: string, b: string): Promise<Compared> {
  const { code, stdout, stderr } = await tessera('compare', a, b, '--json');
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as Compared;
}

describe('tessera compare', () => {
  it('puts the concept of a planted cue first of those that only the model with the cue has', async () => {
    const root = await temporaryFolder();
    const projects = { cue: path.join(root, 'cue.tessera'), clean: path.join(root, 'clean.tessera') };
    const explain = (model: string, out: string): Promise<unknown> => {
      const images = path.join(PLANTED, 'images/leaves-a');
      return explained(
        '--model',
        path.join(PLANTED, `${model}.onnx`),
        '--images',
        images,
        '--class',
        'fan',
        '--out',
        out,
      );
    };
    const { shortcuts } = (await explain('leaves-a-02', projects.cue)) as {
      readonly shortcuts: readonly { readonly concept: string }[];
    };
    await explain('leaves-a-01', projects.clean);
    const { matchedBy, onlyA, onlyB } = await compared(projects.cue, projects.clean);
    expect(matchedBy).toBe('places');
    expect(onlyA[0]).toMatchObject({ concept: shortcuts[0].concept, isSecond: false });
    expect(onlyA[0].importance.mean).toBeGreaterThan(0.5);
    // The other way round it is the same concept, and the other model has nothing like it either.
    expect((await compared(projects.clean, projects.cue)).onlyB).toEqual(onlyA);
    expect(onlyB.every(({ importance }) => importance.mean < 0.2)).toBe(true);
  });

  it('finds the same concepts with other seeds, and differences of which about 95 of 100 intervals hold 0', async () => {
    const root = await temporaryFolder();
    const project = path.join(root, 'colours.tessera');
    const given = [
      '--model',
      await writeModel(path.join(root, 'model')),
      '--images',
      await writePictures(path.join(root, 'images'), 36),
    ];
    const seeds = [0, 1, 2, 3, 4, 5, 6];
    for (const seed of seeds) {
      const noisy = [
        '--layer',
        'colours',
        '--samples',
        '16',
        '--select',
        'all',
        '--concepts',
        '2',
        '--seed',
        String(seed),
      ];
      await explained(...given, '--class', 'red', ...noisy, '--out', project);
    }
    let [differences, held] = [0, 0];
    for (const [at, first] of seeds.entries()) {
      for (const second of seeds.slice(at + 1)) {
        const { matches, onlyA, onlyB } = await compared(
          `${project}:run${first + 1}`,
          `${project}:run${second + 1}`,
        );
        expect([matches.length, onlyA, onlyB]).toEqual([2, [], []]);
        for (const { status, importance } of matches) {
          expect(status).toBe('same');
          // The other concept never moves the score.
          if (importance.a === 0) continue;
          differences++;
          expect(importance.high).toBeGreaterThan(importance.low!);
          held += Number(importance.low! <= 0 && importance.high! >= 0);
        }
      }
    }
    expect(differences).toBe(21);
    // Pairs of seven seeds are no independent samples.
    expect(held / differences).toBeGreaterThan(0.85);
  });

  it('takes what a person merged as one, under the name that a person gave, and copies of an image once', async () => {
    const root = await temporaryFolder();
    const [own, edited] = ['own.tessera', 'edited.tessera'].map((name) => path.join(root, name));
    const images = path.join(root, 'images');
    await mkdir(images);
    for (let i = 0; i < 12; i++) {
      const green: Blob = { left: 4 * (i % 4), top: 20, side: 4 + 4 * (i % 2), colour: [20, 240, 20] };
      await writeFile(path.join(images, `${i + 10}.png`), await scene([...blobsOf(i), green]));
    }
    await cp(path.join(images, '10.png'), path.join(images, 'copy.png'));
    const model = await writeModel(path.join(root, 'model'));
    const given = ['--model', model, '--images', images, '--class', 'red', '--select', 'all'];
    await explained(...given, '--layer', 'colours', '--concepts', '3', '--out', own);
    await cp(own, edited, { recursive: true });
    const jobs = createJobs({});
    const question = { folder: edited, key: '', runId: 'run1' };
    const context = {
      signal: new AbortController().signal,
      onProgress: () => undefined,
      onNews: () => undefined,
    };
    for (const edit of [
      { kind: 'merge', concepts: ['c0', 'c1'] },
      { kind: 'rename', concept: 'c0', name: 'both' },
    ] as const) {
      await jobs.computeMerge({ ...question, edit }, context);
      await jobs.editConcept({ ...question, edit }, context);
    }
    const found = await compared(own, edited);
    expect(found.images).toMatchObject({ a: 12, b: 12, common: 12 });
    expect([found.a.concepts, found.b.concepts]).toEqual([3, 2]);
    const merged = found.matches.find(({ b }) => b === 'c0')!;
    expect(merged.names.b).toBe('both');
    expect(['c0', 'c1']).toContain(merged.a);
    expect(found.matches.find(({ a }) => a === 'c2')).toMatchObject({
      b: 'c2',
      similarity: 1,
      status: 'same',
    });
    expect(found.onlyA).toHaveLength(1);
  });
});
