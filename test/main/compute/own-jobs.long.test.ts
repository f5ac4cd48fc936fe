import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createJobs } from '../../../main/compute/jobs/all-jobs.ts';
import type { JobContext } from '../../../main/compute/jobs/job-context.ts';
import type { ConceptEdit } from '../../../main/api/contract.ts';
import type { RunQuestion } from '../../../main/compute/protocol.ts';
import { BLUE, RED, scene, writeModel } from '../cli/colour-case.ts';
import { finishedRun } from '../cli/finished-run.ts';
import { tessera } from '../cli/run-tessera.ts';

const COUNT = 24;
const BLUE_SIDE = 8;
/** Every picture has a red square; every second one a blue one too, whose place varies. */
const hasBlue = (i: number): boolean => i % 2 === 0;
const bluePlace = (i: number) => ({ left: 4 * ((i * 3) % 6), top: 16 + 4 * (i % 3) });

const told: string[] = [];
const context: JobContext = {
  signal: new AbortController().signal,
  onProgress: ({ stage, done, total }) => void told.push(`${stage} ${done}/${total}`),
  onNews: () => undefined,
};
const jobs = createJobs({});
let question: RunQuestion;
let home: string;
/** Index in the run of the pictures with a blue square, with their number. */
let blue: { readonly image: number; readonly number: number }[];

beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'tessera-own-'));
  const images = path.join(home, 'images');
  await mkdir(images);
  for (let i = 0; i < COUNT; i++) {
    const red = { left: 4 * (i % 5), top: 4 * (i % 2), side: 8, colour: RED };
    const blobs = [red, ...(hasBlue(i) ? [{ ...bluePlace(i), side: BLUE_SIDE, colour: BLUE }] : [])];
    await writeFile(path.join(images, `${String(i).padStart(2, '0')}.png`), await scene(blobs));
  }
  const folder = path.join(home, 'out.tessera');
  const model = await writeModel(path.join(home, 'model'));
  const argv = ['--model', model, '--images', images, '--class', 'blue', '--select', 'all', '--patch', '12'];
  const own = ['--concepts', '2', '--evaluate', 'none', '--device', 'cpu', '--out', folder];
  const { code, stderr } = await tessera('explain', ...argv, ...own);
  expect(code, stderr).toBe(0);
  question = { folder, key: 'key', runId: 'run1' };
  const run = await finishedRun(folder);
  blue = run.explanation.images.flatMap(({ file }, image) => {
    const number = Number(path.basename(file, '.png'));
    return hasBlue(number) ? [{ image, number }] : [];
  });
}, 120_000);
afterAll(() => rm(home, { recursive: true }));

const boxOf = (number: number) => {
  const { left, top } = bluePlace(number);
  return [left, top, BLUE_SIDE, BLUE_SIDE] as const;
};

const none = { concepts: [], pending: [] };

describe('own concepts of a run', { timeout: 120_000 }, () => {
  it('are made of crops, listed like those that were found, taken away and put back', async () => {
    const crops = blue.map(({ image, number }) => ({ image, box: boxOf(number) }));
    const {
      concepts: [own],
    } = await jobs.makeOwnConcept({ ...question, name: ' blue squares ', examples: { crops } }, context);
    expect(told.at(-1)).toMatch(/^own-concept (\d+)\/\1$/);
    expect(own).toMatchObject({ id: 'own-1', name: 'blue squares', isDistinct: true, images: COUNT });
    expect(own.examples).toEqual({ count: blue.length, kind: 'crop' });
    expect(own.accuracy.value).toBeGreaterThan(0.9);
    // Blue squares are all that moves the blue score, in the half of the images that have one.
    expect(own.importance.mean).toBeGreaterThan(0.45);
    expect(own.effect).toBeGreaterThan(0);
    expect(own.cover.length).toBeGreaterThan(0);

    const page = await jobs.listCrops(
      { ...question, concept: 'own-1', places: 'strongest', offset: 0, limit: 5 },
      context,
    );
    for (const { image, box, map } of page.crops) {
      const { number } = blue.find((one) => one.image === image)!;
      const [left, top] = boxOf(number);
      expect(Math.abs(box[0] + box[2] / 2 - (left + 4))).toBeLessThanOrEqual(8);
      expect(Math.abs(box[1] + box[3] / 2 - (top + 4))).toBeLessThanOrEqual(8);
      expect(map).toContain('own-1');
    }
    const seen = await jobs.readImage({ ...question, image: blue[0].image, method: 'coefficients' }, context);
    expect(seen.own).toMatchObject([{ concept: 'own-1', name: 'blue squares', grid: seen.maps[0].grid }]);
    const [{ values, maximum }] = seen.own;
    expect(Math.max(...values)).toBeGreaterThan(0);
    expect(Math.max(...values)).toBeLessThanOrEqual(maximum);
    const file = path.join(home, 'map.jpg');
    const name = {
      kind: 'map',
      project: 'key',
      run: 'run1',
      image: 0,
      concept: 'own-1',
      scale: 'concept',
    } as const;
    await jobs.makePicture({ picture: { ...question, kind: 'run', side: 64, name }, path: file }, context);
    expect((await readFile(file)).length).toBeGreaterThan(100);

    expect(await jobs.showOwnConcept({ ...question, concept: 'own-1', isShown: false }, context)).toEqual(
      none,
    );
    expect(await jobs.listOwnConcepts(question, context)).toEqual(none);
    const back = await jobs.showOwnConcept({ ...question, concept: 'own-1', isShown: true }, context);
    expect(back).toEqual({ ...none, concepts: [own] });
  });

  it('are named, noted and hidden as those that were found, and taken names are refused', async () => {
    const edit = (change: ConceptEdit) => jobs.editConcept({ ...question, edit: change }, context);
    await edit({ kind: 'rename', concept: 'own-1', name: 'sky' });
    await edit({ kind: 'comment', concept: 'own-1', text: 'look at its edges' });
    await edit({ kind: 'hide', concept: 'own-1' });
    const [own] = (await jobs.listOwnConcepts(question, context)).concepts;
    expect(own).toMatchObject({
      ...{ name: 'sky', givenName: 'blue squares', comment: 'look at its edges', isHidden: true },
    });
    await expect(edit({ kind: 'rename', concept: 'own-1', name: 'concept 1' })).rejects.toThrow(
      'The run has a concept "concept 1" already.',
    );
    await expect(edit({ kind: 'merge', concepts: ['c0', 'own-1'] })).rejects.toThrow(
      /computed together|merged/,
    );
    const command = async (...argv: string[]) => {
      const { code, stdout, stderr } = await tessera('concept', question.folder, '--json', ...argv);
      expect(code, stderr).toBe(0);
      return (JSON.parse(stdout) as { ownConcepts: { name: string; comment: string }[] }).ownConcepts;
    };
    expect(await command()).toEqual([]);
    const [shown] = await command('--show', 'sky');
    expect(shown).toMatchObject({ name: 'sky', comment: 'look at its edges' });
    const [renamed] = await command('--rename', 'sky=blue squares', '--note', 'own-1=');
    expect(renamed).toMatchObject({ name: 'blue squares', comment: '' });
    await command('--rename', 'Concept 2=red');
    expect((await jobs.readResult(question, context)).concepts.map(({ name }) => name)).toContain('red');
    const unknown = await tessera('concept', question.folder, '--hide', 'nobody');
    expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining('no concept "nobody"')]);
    const taken = await tessera('concept', question.folder, '--rename', 'own-1=red');
    expect(taken.stderr).toContain('The run has a concept "red" already.');
  });

  it('are columns of what is exported, and looked for in new images', async () => {
    const out = path.join(home, 'tables');
    expect((await tessera('export', question.folder, '--out', out)).code).toBe(0);
    const [head, ...rows] = (await readFile(path.join(out, 'images.csv'), 'utf8'))
      .trim()
      .split('\n')
      .map((line) => line.split(','));
    const [amount, contribution] = ['amount', 'contribution'].map((of) =>
      head.indexOf(`${of} of blue squares`),
    );
    for (const row of rows) {
      const isBlue = hasBlue(Number(path.basename(row[0], '.png')));
      expect(Number(row[amount]) > 0).toBe(isBlue);
      // Blue squares are what the blue score rests on.
      expect(Number(row[contribution]) > 0).toBe(isBlue);
    }
    const images = path.join(home, 'images');
    const { stdout } = await tessera('score', question.folder, '--images', images, '--json');
    const scored = JSON.parse(stdout) as {
      concepts: { id: string; drift: { isDrift: boolean } | null }[];
      images: { file: string; amounts: Record<string, number> }[];
    };
    expect(scored.concepts.find(({ id }) => id === 'own-1')!.drift).toMatchObject({ isDrift: false });
    for (const { file, amounts } of scored.images)
      expect(amounts['own-1'] > 0).toBe(hasBlue(Number(path.basename(file, '.png'))));
  });

  it('are made of images by their index, and refused where that cannot be', async () => {
    const images = blue.map(({ image }) => image);
    const { concepts: list } = await jobs.makeOwnConcept(
      { ...question, name: 'with blue', examples: { images, crops: [] } },
      context,
    );
    expect(list.at(-1)).toMatchObject({ name: 'with blue', examples: { count: 12, kind: 'picture' } });
    expect(list.at(-1)!.others).toEqual({ count: 12, from: 'explained' });
    const make = (name: string, examples: object) =>
      jobs.makeOwnConcept({ ...question, name, examples }, context);
    await expect(make('With Blue', { images })).rejects.toThrow('The run has a concept "With Blue" already.');
    await expect(make('few', { images: images.slice(0, 4) })).rejects.toThrow(
      'at least 5 different pictures; got 4',
    );
    await expect(make('all', { images: Array.from({ length: COUNT }, (_, i) => i) })).rejects.toThrow(
      'as a concept they are the class itself',
    );
    // Of the two that are left, one is a copy of an example.
    await expect(make('most', { images: Array.from({ length: COUNT - 2 }, (_, i) => i) })).rejects.toThrow(
      'The run has 1 picture that is no example of "most"; at least 5 are needed to tell it from.',
    );
    await expect(make('none', {})).rejects.toThrow('one of the three');
    await expect(make('beyond', { images: [0, 1, 2, 3, 4, 99] })).rejects.toThrow('there is no number 99');
    const stop = new AbortController();
    const stopped = jobs.makeOwnConcept(
      { ...question, name: 'stopped', examples: { images } },
      {
        ...context,
        signal: stop.signal,
        onProgress: ({ done }) => done > 30 && stop.abort(new Error('enough')),
      },
    );
    await expect(stopped).rejects.toThrow('enough');
    expect((await jobs.listOwnConcepts(question, context)).concepts.map(({ name }) => name)).not.toContain(
      'stopped',
    );
  });

  it('have crops that are like one: the same first, then others of its kind', async () => {
    const [first] = blue;
    const found = await jobs.findAlikeCrops(
      { ...question, image: first.image, box: boxOf(first.number), limit: 100 },
      context,
    );
    expect(found).toHaveLength(COUNT);
    const kinds = found.map(({ image }) => blue.some((one) => one.image === image));
    expect(kinds.slice(0, blue.length).every(Boolean)).toBe(true);
    const own = found.find(({ image }) => image === first.image)!;
    expect(own.similarity).toBeGreaterThan(0.95);
    const similarities = found.map(({ similarity }) => similarity);
    expect(similarities).toEqual([...similarities].sort((a, b) => b - a));
    await expect(
      jobs.findAlikeCrops({ ...question, image: 99, box: [0, 0, 8, 8], limit: 5 }, context),
    ).rejects.toThrow('there is no image 99');
  });
});
