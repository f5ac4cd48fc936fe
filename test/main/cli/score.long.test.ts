import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ScoreFacts } from '../../../main/cli/score-output.ts';
import { BLUE, RED, scene, writeModel, type Blob } from './colour-case.ts';
import { finishedRun } from './finished-run.ts';
import { tessera } from './run-tessera.ts';

/** Pictures with a red square, and a blue one of a side of its own; `from` tells series apart. */
async function writeScenes(folder: string, count: number, from: number, blue: (i: number) => number) {
  await mkdir(folder, { recursive: true });
  for (let i = 0; i < count; i++) {
    const at = from + i;
    const blobs: Blob[] = [
      { left: 4 * (at % 5), top: 4 * (at % 3), side: 8, colour: RED },
      { left: 4 * ((at * 3) % 5), top: 16, side: blue(i), colour: BLUE },
    ];
    await writeFile(path.join(folder, `${at}.png`), await scene(blobs));
  }
  return folder;
}
const usual = (i: number): number => 4 + 2 * (i % 3);

let root: string;
let project: string;
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'tessera-score-'));
  project = path.join(root, 'out.tessera');
  const images = await writeScenes(path.join(root, 'images'), 24, 0, usual);
  const model = await writeModel(path.join(root, 'model'));
  const argv = ['--model', model, '--images', images, '--class', 'red', '--select', 'all', '--concepts', '2'];
  const { code, stderr } = await tessera('explain', ...argv, '--evaluate', 'none', '--out', project);
  expect(code, stderr).toBe(0);
}, 120_000);

afterAll(() => rm(root, { recursive: true }));

async function scored(...argv: string[]): Promise<ScoreFacts> {
  const { code, stdout, stderr } = await tessera('score', project, '--json', ...argv);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as ScoreFacts;
}

describe('tessera score', { timeout: 120_000 }, () => {
  it('finds in the images of the run what the run found, and no drift', async () => {
    const facts = await scored('--images', path.join(root, 'images'));
    expect(facts.drift).toMatchObject({ compared: { before: 24, now: 24 }, concepts: [] });
    expect(facts.images).toHaveLength(24);
    const run = await finishedRun(project);
    for (const { file, logit } of run.explanation.images)
      expect(facts.images.find((image) => image.file === file)!.score).toBeCloseTo(logit, 3);
    expect(facts.images.every(({ isUnknown }) => isUnknown === false)).toBe(true);
  });

  it('raises no alarm over others of the same kind, and one over the concept that there is less of', async () => {
    const alike = await writeScenes(path.join(root, 'alike'), 20, 40, usual);
    expect((await scored('--images', alike)).drift.concepts).toEqual([]);
    const less = await writeScenes(path.join(root, 'less'), 20, 80, () => 1);
    await writeFile(path.join(less, 'broken.png'), 'no picture');
    const { drift, concepts, images, skipped } = await scored('--images', less);
    expect(skipped.map(({ file }) => path.basename(file))).toEqual(['broken.png']);
    expect(images).toHaveLength(20);
    const [first] = drift.concepts!;
    const own = concepts.find(({ id }) => id === first)!.drift!;
    expect(own.now).toBeLessThan(own.before);
    expect(own.distance).toBeGreaterThan(own.usual);
    const mean = images.reduce((sum, { amounts }) => sum + amounts[first], 0) / images.length;
    expect(mean).toBeCloseTo(own.now, 5);
  });

  it('says that too few images tell nothing, and writes a table', async () => {
    const few = await writeScenes(path.join(root, 'few'), 3, 200, usual);
    const table = path.join(root, 'few.csv');
    const { stdout, code } = await tessera('score', project, '--images', few, '--csv', table);
    expect(code).toBe(0);
    expect(stdout).toContain('Drift was not looked for: it takes 5 images');
    const [header, ...rows] = (await readFile(table, 'utf8')).trim().split('\n');
    expect(header).toMatch(
      /^file,predicted,probability,score,rest,unknown_to_the_concepts,amount of Concept 1/,
    );
    expect(rows).toHaveLength(3);
  });

  it('refuses what it cannot do in words that say what to do', async () => {
    const nothing = await tessera('score', project);
    expect(nothing).toMatchObject({ code: 2 });
    expect(nothing.stderr).toContain('score takes one project folder, and folders of images by --images.');
    const empty = path.join(root, 'empty');
    await mkdir(empty);
    expect((await tessera('score', project, '--images', empty)).code).toBe(2);
    expect((await tessera('score', project, '--run', 'run7', '--images', empty)).stderr).toContain('run7');
  });
});
