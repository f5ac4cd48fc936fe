import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Explanation } from '../../../core/concepts/explanation.ts';
import { loadRun, openProject } from '../../../core/project/project-folder.ts';
import type { OwnInWords } from '../../../core/report/own-in-words.ts';
import { fileStorage } from '../../../core/runtime/storage.ts';
import { stampShare } from '../../core/pipeline/stamp-share.ts';
import { tessera } from './run-tessera.ts';
import { writeStampedScenes } from './stamped-scenes.ts';

const IMAGES = path.join(import.meta.dirname, '../../../models/demo/images');

type Facts = Omit<OwnInWords, 'crops'>;

let root: string;
let project: string;
let explained: { readonly ownConcepts: readonly Facts[] };
let explanation: Explanation;
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'tessera-concept-'));
  project = path.join(root, 'demo.tessera');
  const stamped = await writeStampedScenes(path.join(root, 'stamped'), 24);
  const own = ['--concept-folder', `a stamp=${stamped}`, '--evaluate', 'none', '--device', 'cpu'];
  const { code, stdout, stderr } = await tessera('explain', '--demo', ...own, '--json', '--out', project);
  expect(code, stderr).toBe(0);
  explained = JSON.parse(stdout) as typeof explained;
  const run = await loadRun(await openProject(fileStorage, project), 'run1');
  explanation = run.explanation!;
}, 240_000);

afterAll(() => rm(root, { recursive: true }));

async function concepts(...argv: string[]): Promise<readonly Facts[]> {
  const { code, stdout, stderr } = await tessera('concept', project, '--json', ...argv);
  expect(code, stderr).toBe(0);
  return (JSON.parse(stdout) as { ownConcepts: readonly Facts[] }).ownConcepts;
}

async function refused(...argv: string[]): Promise<string> {
  const { code, stderr } = await tessera('concept', project, ...argv);
  expect(code, stderr).toBe(2);
  return stderr;
}

/** A folder of scenes of all classes, by their numbers. */
async function sceneFolder(name: string, classes: readonly string[], numbers: readonly number[]) {
  const folder = path.join(root, name);
  await mkdir(folder);
  for (const of of classes) {
    for (const number of numbers) {
      const file = `${String(number).padStart(2, '0')}.jpg`;
      await cp(path.join(IMAGES, of, file), path.join(folder, `${of}-${file}`));
    }
  }
  return folder;
}

describe('own concepts on the demo', { timeout: 240_000 }, () => {
  it('find in scenes with the stamp of a house what the run found, important for house', async () => {
    const [own] = explained.ownConcepts;
    expect(own).toMatchObject({ name: 'a stamp', isDistinct: true, images: explanation.images.length });
    expect(own.accuracy.value).toBeGreaterThan(0.85);
    expect(own.accuracy.p).toBe(0.01);
    const [leading] = explanation.concepts;
    expect(await stampShare(explanation, 0)).toBeGreaterThan(0.8);
    expect(own.nearest).toMatchObject({ name: leading.name });
    expect(own.nearest!.cosine).toBeGreaterThan(0.85);
    // It takes the place of the concept that was found, and takes the decision with it.
    expect(own.importance.low).toBeGreaterThan(0.4);
    expect(own.loses).toMatchObject({ name: leading.name });
    expect(own.loses!.after).toBeLessThan(0.1);
    expect(own.flips).toBeGreaterThan(own.images / 2);
    expect(await readFile(path.join(project, 'report.html'), 'utf8')).toContain('id="own"');
  });

  it('say of scenes at random that they are not distinguishable from random sets', async () => {
    const classes = ['barn', 'car', 'house', 'lighthouse', 'sailboat', 'train', 'tree', 'windmill'];
    const folder = await sceneFolder('anything', classes, [5, 21, 33]);
    const [, own] = await concepts('--concept-folder', `anything=${folder}`);
    expect(own).toMatchObject({ name: 'anything', isDistinct: false });
    expect(own.accuracy.p).toBeGreaterThan(0.05);
    const { stdout } = await tessera('concept', project);
    expect(stdout).toContain('This is not distinguishable from random sets');
    expect((await concepts('--remove', 'anything')).map(({ name }) => name)).toEqual(['a stamp']);
  });

  it('are told from a folder where one is named, and made once', async () => {
    const trees = await sceneFolder('trees', ['tree'], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const cars = await sceneFolder('cars', ['car'], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const argv = ['--concept-folder', `trees=${trees}`, '--against-folder', cars];
    const own = (await concepts(...argv)).at(-1)!;
    expect(own.others).toEqual({ count: 10, from: 'folder', folder: cars });
    expect(own.accuracy.value).toBeGreaterThan(0.8);
    expect(await concepts(...argv)).toHaveLength(2);
  });

  it('are refused in words that say what to do', async () => {
    const few = await sceneFolder('few', ['car'], [0, 1, 2]);
    expect(await refused('--concept-folder', `x=${few}`)).toContain(
      '"x" takes examples from at least 5 different pictures; got 3.',
    );
    expect(await refused('--concept-folder', `x=${path.join(IMAGES, 'house')}`)).toContain(
      'as a concept they are the class itself',
    );
    expect(await refused('--concept-folder', `Concept 1=${path.join(IMAGES, 'car')}`)).toContain(
      'The run has a concept "Concept 1" already.',
    );
    const empty = path.join(root, 'nothing');
    await mkdir(empty);
    expect(await refused('--concept-folder', `x=${empty}`)).toContain('no picture was found in');
    const broken = path.join(root, 'broken');
    await mkdir(broken);
    for (let i = 0; i < 6; i++) await writeFile(path.join(broken, `${i}.png`), `no picture ${i}`);
    expect(await refused('--concept-folder', `x=${broken}`)).toContain(
      'None of the examples of "x" can be read',
    );
    expect(await refused('--concept-folder', few)).toContain('--concept-folder takes NAME=DIR');
    expect(await refused('--remove', 'nobody')).toContain('has no own concept "nobody"');
    expect(await refused('--against-folder', few)).toContain('--against-folder says what');
  });
});
