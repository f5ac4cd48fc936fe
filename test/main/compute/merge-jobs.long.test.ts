import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createJobs } from '../../../main/compute/jobs/all-jobs.ts';
import type { JobContext } from '../../../main/compute/jobs/job-context.ts';
import type { RunQuestion } from '../../../main/compute/protocol.ts';
import type { ConceptEdit } from '../../../main/api/contract.ts';
import { BLUE, RED, scene, writeModel, type Rgb } from '../cli/colour-case.ts';
import { tessera } from '../cli/run-tessera.ts';

const GREEN: Rgb = [20, 240, 20];
/** Pictures of three colours, a third of them mostly blue. */
async function writeScenes(folder: string): Promise<string> {
  await mkdir(folder);
  for (let i = 0; i < 9; i++) {
    const [first, second] = i % 3 === 2 ? [BLUE, RED] : [RED, BLUE];
    const blobs = [
      { left: 4 * (i % 3), top: 0, side: 12, colour: first },
      { left: 24, top: 4 * (i % 5), side: 8, colour: second },
      { left: 4 * (i % 4), top: 20, side: 4 + 4 * (i % 2), colour: GREEN },
    ];
    await writeFile(path.join(folder, `00${i}.png`), await scene(blobs));
  }
  return folder;
}

const progress: string[] = [];
const context: JobContext = {
  signal: new AbortController().signal,
  onProgress: ({ stage, done, total }) => void progress.push(`${stage} ${done}/${total}`),
  onNews: () => undefined,
};
let jobs = createJobs({});
let question: RunQuestion;
let home: string;

beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'tessera-merges-'));
  const folder = path.join(home, 'out.tessera');
  const model = await writeModel(path.join(home, 'model'));
  const images = await writeScenes(path.join(home, 'red'));
  const argv = ['explain', '--model', model, '--images', images, '--class', 'red', '--select', 'predicted'];
  const own = ['--concepts', '3', '--device', 'cpu', '--patch', '12', '--map', 'saliency'];
  const { code, stderr } = await tessera(...argv, ...own, '--out', folder);
  expect(code, stderr).toBe(0);
  question = { folder, key: 'key', runId: 'run1' };
}, 120_000);
afterAll(() => rm(home, { recursive: true }));

const edit = async (change: ConceptEdit) => {
  await jobs.computeMerge({ ...question, edit: change }, context);
  return jobs.editConcept({ ...question, edit: change }, context);
};
const fileOf = (name: string) => path.join(question.folder, 'runs', 'run1', name);
const mergedFiles = async () =>
  (await readdir(fileOf(''))).filter((name) => name.startsWith('merged-')).map(fileOf);
/** All that views show of the run. */
const everything = async () => ({
  result: await jobs.readResult(question, context),
  tree: await jobs.readTree(question, context),
  crops: await Promise.all(
    ['coefficient', 'effect'].map((sort) =>
      jobs.listCrops({ ...question, concept: 'c0', sort: sort as 'effect', offset: 0, limit: 100 }, context),
    ),
  ),
  image: await jobs.readImage({ ...question, image: 0, method: 'saliency' }, context),
  unexplained: await jobs.readImage({ ...question, image: 8, method: 'coefficients' }, context),
  waterfall: await jobs.waterfall({ ...question, image: 8 }, context),
  whyNot: await jobs.whyNot({ ...question, image: 8, other: 0 }, context),
  measured: await jobs.measureImages(question, context),
  dependence: await jobs.dependence(question, context),
  errors: await jobs.errorAnalysis(question, context),
});
const reportOf = async () => {
  const file = path.join(home, 'shown.html');
  await jobs.writeReport({ ...question, path: file }, context);
  return readFile(file, 'utf8');
};

describe('merging concepts of a run', { timeout: 200_000 }, () => {
  it('computes what is shown of them together, and unmerging brings every byte back', async () => {
    const [run, tensors] = await Promise.all([
      readFile(fileOf('run.json')),
      readFile(fileOf('tensors.safetensors')),
    ]);
    await edit({ kind: 'comment', concept: 'c0', text: 'first' });
    const notes = await readFile(fileOf('notes.json'));
    const before = await everything();
    const report = await reportOf();
    expect(before.result.concepts.map(({ id }) => id).sort()).toEqual(['c0', 'c1', 'c2']);

    progress.length = 0;
    const { result, isSame } = await edit({ kind: 'merge', concepts: ['c0', 'c2'] });
    expect(isSame).toBe(false);
    expect(progress.at(-1)).toMatch(/^merge (\d+)\/\1$/);
    expect(result.concepts.map(({ id }) => id).sort()).toEqual(['c0', 'c1']);
    const group = result.concepts.find(({ id }) => id === 'c0')!;
    const of = (id: string) => before.result.concepts.find((concept) => concept.id === id)!;
    expect(group.group.map(({ id }) => id)).toEqual(['c0', 'c2']);
    expect(group.comment).toBe('first');
    expect(group.reliability).toBeNull();
    expect(group.importance.low).toBeLessThanOrEqual(group.importance.mean);
    expect(group.importance.high).toBeGreaterThanOrEqual(group.importance.mean);
    // What is not merged keeps what it had; only its place in the ranking is another.
    const other = result.concepts.find(({ id }) => id === 'c1')!;
    expect({ ...other, rank: 0, tier: 0 }).toEqual({ ...of('c1'), rank: 0, tier: 0 });
    group.strengths.forEach((amount, image) => {
      const [a, b] = [of('c0').strengths[image], of('c2').strengths[image]];
      expect(amount).toBeGreaterThanOrEqual(Math.max(a, b) - 1e-5);
      expect(amount).toBeLessThanOrEqual(a + b + 1e-5);
    });

    const after = await everything();
    expect(after.crops[0].total).toBeGreaterThanOrEqual(before.crops[0].total);
    expect(after.crops[0].crops[0].map).toContain('c0_');
    expect(after.image.maps.map(({ concept }) => concept).sort()).toEqual(['c0', 'c1']);
    for (const image of [after.image, after.unexplained])
      expect(Object.keys(image.localImportance).sort()).toEqual(['c0', 'c1']);
    // In pictures that the run did not explain too.
    expect(after.unexplained.isExplained).toBe(false);
    expect(after.unexplained.localImportance['c0']).toBeGreaterThan(0);
    expect(after.unexplained.localImportance['c1']).toBe(before.unexplained.localImportance['c1']);
    const strength = (of: typeof after) => of.measured.strengths[8]!;
    expect(strength(after)).toHaveLength(2);
    expect(Math.max(...strength(after))).toBeGreaterThanOrEqual(Math.max(...strength(before)) - 1e-5);
    const cause = ({ whyNot }: typeof after, id: string) =>
      whyNot.causes.find(({ concept }) => concept === id)!;
    expect(after.whyNot.causes).toHaveLength(2);
    expect(cause(after, 'c1')).toEqual(cause(before, 'c1'));
    expect(after.whyNot.margin).toBe(before.whyNot.margin);
    const sum = after.waterfall.steps.reduce((total, { change }) => total + change, after.waterfall.baseline);
    expect([sum + after.waterfall.unexplained]).toBeAllclose([after.waterfall.logit], { rtol: 1e-5 });
    // What is removed, is removed together, whoever computes it.
    const ablated = await jobs.ablateRun({ ...question, factors: { c0: 0 } }, context);
    expect(after.dependence.find(({ concept }) => concept === 'c0')!.changed).toBe(ablated.changed);
    expect(await reportOf()).toContain('Merged from Concept');

    await edit({ kind: 'unmerge', concept: 'c0' });
    expect(await readFile(fileOf('notes.json'))).toEqual(notes);
    expect(await everything()).toEqual(before);
    expect(await reportOf()).toBe(report);
    expect(await readFile(fileOf('run.json'))).toEqual(run);
    expect(await readFile(fileOf('tensors.safetensors'))).toEqual(tensors);
  });

  it('takes no time where it was done before, in whatever order and whichever process', async () => {
    jobs = createJobs({});
    progress.length = 0;
    const { result } = await edit({ kind: 'merge', concepts: ['c2', 'c0'] });
    expect(progress).toEqual([]);
    expect(result.concepts.map(({ id }) => id).sort()).toEqual(['c1', 'c2']);
    await edit({ kind: 'unmerge', concept: 'c2' });
  });

  it('joins chains, and takes single concepts out again', async () => {
    await edit({ kind: 'merge', concepts: ['c0', 'c1'] });
    const all = await edit({ kind: 'merge', concepts: ['c0', 'c2'] });
    expect(all.result.concepts.map(({ group }) => group.map(({ id }) => id))).toEqual([['c0', 'c2', 'c1']]);
    // Alone in the game, it is all of the variance.
    expect([all.result.concepts[0].importance.mean]).toBeAllclose([1], { rtol: 1e-3 });
    const less = await edit({ kind: 'unmerge', concept: 'c2' });
    expect(less.result.concepts.find(({ id }) => id === 'c0')!.group.map(({ id }) => id)).toEqual([
      'c0',
      'c1',
    ]);
    await edit({ kind: 'unmerge', concept: 'c0' });
  });

  it('shows apart what an older version merged without computing it, and what is damaged', async () => {
    const before = await jobs.readResult(question, context);
    await edit({ kind: 'merge', concepts: ['c0', 'c2'] });
    for (const file of await mergedFiles()) {
      const bytes = await readFile(file);
      bytes[bytes.length - 5] ^= 1;
      await writeFile(file, bytes);
    }
    const shown = await jobs.readResult(question, context);
    expect(shown.uncomputed.map((group) => group.map(({ id }) => id))).toEqual([['c0', 'c2']]);
    expect(shown.concepts).toEqual(before.concepts);
    const again = await edit({ kind: 'merge', concepts: ['c0', 'c2'] });
    expect(again.isSame).toBe(true);
    expect(again.result.uncomputed).toEqual([]);
    // Where there is time for it, nobody has to ask.
    for (const file of await mergedFiles()) await rm(file);
    expect(await reportOf()).toContain('Merged from');
    expect((await jobs.readResult(question, context)).uncomputed).toEqual([]);
  });

  it('names the merged concept on the command line', async () => {
    const whatIf = (scale: string) => tessera('what-if', question.folder, '--scale', scale, '--json');
    const { stdout } = await whatIf('c0=0');
    const ablated = await jobs.ablateRun({ ...question, factors: { c0: 0 } }, context);
    expect((JSON.parse(stdout) as { changed: number }).changed).toBe(ablated.changed);
    const { code, stderr } = await whatIf('c2=0');
    expect(code).not.toBe(0);
    expect(stderr).toContain('is merged into');
    const parts = await tessera('decompose', question.folder, '--concept', 'c0');
    expect(parts.stderr).toContain('A merged concept cannot be decomposed into parts.');
  });

  it('refuses in words what cannot be merged, and when pictures are not what they were', async () => {
    await edit({ kind: 'unmerge', concept: 'c0' });
    const merge = (...concepts: string[]) =>
      jobs.computeMerge({ ...question, edit: { kind: 'merge', concepts } }, context);
    await expect(merge('c0', 'c9')).rejects.toThrow('no concept "c9"');
    await expect(
      jobs.editConcept({ ...question, edit: { kind: 'merge', concepts: ['c1', 'c2'] } }, context),
    ).rejects.toThrow('have not been computed together yet');
    const stopped = AbortSignal.abort();
    const cancelled = jobs.computeMerge(
      { ...question, edit: { kind: 'merge', concepts: ['c1', 'c2'] } },
      { ...context, signal: stopped },
    );
    await expect(cancelled).rejects.toThrow(/abort/i);
    const picture = path.join(home, 'red', '000.png');
    await writeFile(picture, await readFile(path.join(home, 'red', '001.png')));
    await expect(merge('c1', 'c2')).rejects.toThrow('000.png');
    expect((await jobs.readResult(question, context)).concepts).toHaveLength(3);
  });
});
