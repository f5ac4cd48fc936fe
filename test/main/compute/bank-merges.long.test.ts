import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createJobs } from '../../../main/compute/jobs/all-jobs.ts';
import type { JobContext } from '../../../main/compute/jobs/job-context.ts';
import type { RunQuestion } from '../../../main/compute/protocol.ts';
import type { ConceptEdit } from '../../../main/api/contract.ts';
import { BLUE, RED, scene, writeModel, type Rgb } from '../cli/colour-case.ts';
import { finishedRun } from '../cli/finished-run.ts';
import { tessera } from '../cli/run-tessera.ts';

const GREEN: Rgb = [20, 240, 20];
const told: string[] = [];
const context: JobContext = {
  signal: new AbortController().signal,
  onProgress: ({ stage, done, total }) => void told.push(`${stage} ${done}/${total}`),
  onNews: () => undefined,
};
const jobs = createJobs({});
let home: string;
let folder: string;
/** The concepts that the overview shows: one joins the other; green is for no class. */
let [leader, member, green] = ['', '', ''];
let explain: (...argv: string[]) => ReturnType<typeof tessera>;

/** Pictures of which half are mostly red and half mostly blue, with green in all. */
async function writeScenes(images: string): Promise<void> {
  await mkdir(images);
  for (let i = 0; i < 14; i++) {
    const [most, least] = i % 2 === 0 ? [RED, BLUE] : [BLUE, RED];
    const blobs = [
      { left: 4 * (i % 4), top: 0, side: 12, colour: most },
      { left: 20, top: 4 * (i % 5), side: 4 + 4 * (i % 2), colour: least },
      { left: 4 * (i % 5), top: 20, side: 8, colour: GREEN },
    ];
    await writeFile(path.join(images, `${String(i).padStart(2, '0')}.png`), await scene(blobs));
  }
}

beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'tessera-bank-'));
  folder = path.join(home, 'out.tessera');
  const images = path.join(home, 'images');
  await writeScenes(images);
  const model = await writeModel(path.join(home, 'model'));
  const given = ['explain', '--model', model, '--images', images, '--bank', 'shared', '--concepts', '3'];
  const made = ['--device', 'cpu', '--patch', '12', '--evaluate', 'none', '--out', folder];
  explain = (...argv) => tessera(...given, ...made, ...argv);
  const { code, stderr } = await explain('--class', 'all');
  expect(code, stderr).toBe(0);
  [leader, member] = (await overview()).concepts.map(({ id }) => id);
  green = (await idsIn('run1')).find((id) => id !== leader && id !== member)!;
}, 200_000);
afterAll(() => rm(home, { recursive: true }));

const ofRun = (runId: string): RunQuestion => ({ folder, key: 'key', runId });
const edit = async (runId: string, change: ConceptEdit) => {
  await jobs.computeMerge({ ...ofRun(runId), edit: change }, context);
  return jobs.editConcept({ ...ofRun(runId), edit: change }, context);
};
const idsIn = async (runId: string) =>
  (await jobs.readResult(ofRun(runId), context)).concepts.map(({ id }) => id).sort();
const mergedFiles = async (runId: string) =>
  (await readdir(path.join(folder, 'runs', runId))).filter((name) => name.startsWith('merged-'));
const overview = async () => (await jobs.readOverview({ folder, key: 'key' }, context))!;
async function json(...argv: string[]): Promise<{ readonly facts: unknown; readonly stderr: string }> {
  const { code, stdout, stderr } = await tessera(...argv, '--json');
  expect(code, stderr).toBe(0);
  return { facts: JSON.parse(stdout), stderr };
}

describe('a merge in one run of a shared bank', { timeout: 300_000 }, () => {
  it('holds for the other runs of the bank and for the overview at once, with one progress', async () => {
    const alone = await overview();
    expect(alone.classes).toHaveLength(2);
    told.length = 0;
    await edit('run1', { kind: 'merge', concepts: [leader, member] });
    expect(told[0]).toMatch(/^merge 0\//);
    expect(told.at(-1)).toMatch(/^merge (\d+)\/\1$/);
    expect(new Set(told.map((text) => text.split('/')[1])).size).toBe(1);
    for (const runId of ['run1', 'run2']) {
      const { concepts, uncomputed } = await jobs.readResult(ofRun(runId), context);
      expect(uncomputed).toEqual([]);
      expect(concepts.map(({ id }) => id).sort()).toEqual([leader, green].sort());
      expect(concepts.find(({ id }) => id === leader)!.group.map(({ id }) => id)).toEqual([leader, member]);
    }
    const merged = await overview();
    expect(merged.apart).toEqual([]);
    expect(merged.concepts.map(({ id }) => id)).not.toContain(member);
    const [together] = merged.concepts.filter(({ id }) => id === leader);
    for (const [at, { runId }] of merged.classes.entries()) {
      const own = (await jobs.readResult(ofRun(runId), context)).concepts.find(({ id }) => id === leader)!;
      expect(together.importance[at]).toEqual(own.importance);
    }
  });

  it('holds for what is exported and for new images: amounts and contributions of what is one', async () => {
    const exported = async (): Promise<Readonly<Record<string, readonly number[]>>> => {
      const out = path.join(home, 'tables');
      const { code, stderr } = await tessera('export', folder, '--run', 'run2', '--out', out);
      expect(code, stderr).toBe(0);
      const [head, ...rows] = (await readFile(path.join(out, 'images.csv'), 'utf8'))
        .trim()
        .split('\n')
        .map((line) => line.split(','));
      return Object.fromEntries(head.map((name, at) => [name, rows.map((row) => Number(row[at]))]));
    };
    const nameOf = (id: string) => `Concept ${Number(id.slice(1)) + 1}`;
    const [first, second] = [nameOf(leader), nameOf(member)];
    const together = await exported();
    expect(Object.keys(together)).not.toContain(`amount of ${second}`);
    const scored = await json('score', folder, '--run', 'run2', '--images', path.join(home, 'images'));
    const { concepts, images } = scored.facts as {
      concepts: { id: string }[];
      images: { amounts: Record<string, number> }[];
    };
    expect(concepts.map(({ id }) => id).sort()).toEqual([leader, green].sort());
    const amounts = images.map((image) => image.amounts[leader]).sort();
    expect(amounts).toBeAllclose([...together[`amount of ${first}`]].sort(), { rtol: 1e-5 });
    await edit('run2', { kind: 'unmerge', concept: leader });
    const apart = await exported();
    // The model is linear in its concepts: what the two do to the score adds up.
    const sum = apart[`contribution of ${first}`].map(
      (own, at) => own + apart[`contribution of ${second}`][at],
    );
    expect(together[`contribution of ${first}`]).toBeAllclose(sum, { rtol: 1e-4, atol: 1e-5 });
    together[`amount of ${first}`].forEach((amount, at) =>
      expect(amount).toBeGreaterThanOrEqual(apart[`amount of ${first}`][at] - 1e-6),
    );
    await edit('run1', { kind: 'merge', concepts: [leader, member] });
  });

  it('holds for a run that is made later, which has it when it ends', async () => {
    const { code, stderr } = await explain('--class', 'red', '--samples', '8');
    expect(code, stderr).toBe(0);
    expect(await mergedFiles('run3')).toHaveLength(1);
    expect(await idsIn('run3')).toEqual([leader, green].sort());
  });

  it('is said to be missing where it is, in no class of the overview then, and computed when asked', async () => {
    for (const name of await mergedFiles('run2')) await rm(path.join(folder, 'runs/run2', name));
    const [group] = (await jobs.readResult(ofRun('run2'), context)).uncomputed;
    expect(group.map(({ id }) => id)).toEqual([leader, member]);
    const apart = await overview();
    expect(apart.apart).toEqual([
      expect.stringMatching(
        /^"Concept \d" and "Concept \d" are merged, but not yet computed together for (red|blue): /,
      ),
    ]);
    expect(apart.concepts.map(({ id }) => id)).toContain(member);
    const bank = apart.bank.id;
    const completed = await jobs.computeBankMerges({ folder, key: 'key', bank }, context);
    expect(completed!.apart).toEqual([]);
    expect(completed!.concepts.map(({ id }) => id)).not.toContain(member);
  });

  it('is computed by the command line where it is missing', async () => {
    const [file] = await mergedFiles('run2');
    const lose = () => rm(path.join(folder, 'runs/run2', file), { force: true });
    await lose();
    const { facts } = await json('overview', folder);
    const told = facts as { concepts: { id: string }[]; apart: unknown[] };
    expect(told.apart).toEqual([]);
    expect(told.concepts.map(({ id }) => id)).not.toContain(member);
    await lose();
    const compared = await json('compare', `${folder}:run2`, `${folder}:run2`);
    expect((compared.facts as { matches: unknown[] }).matches).toHaveLength(2);
    await lose();
    const report = path.join(home, 'report.html');
    expect((await tessera('report', folder, '--run', 'run2', '--out', report)).code).toBe(0);
    expect(await readFile(report, 'utf8')).toContain('Merged from');
  });

  it('leaves a run whose pictures are not what they were, and says so', async () => {
    const [{ runId }] = (await overview()).classes;
    const [file] = await mergedFiles(runId);
    await rm(path.join(folder, 'runs', runId, file));
    const run = await finishedRun(folder, runId);
    const [{ file: picture }] = run.explanation.images;
    const before = await readFile(picture);
    await writeFile(picture, await scene([{ left: 0, top: 0, side: 20, colour: GREEN }]));
    const { facts, stderr } = await json('overview', folder);
    expect(stderr).toContain(`Merged concepts are not computed for ${runId}`);
    expect((facts as { apart: unknown[] }).apart).toHaveLength(1);
    await expect(
      jobs.computeMerge({ ...ofRun(runId), edit: { kind: 'merge', concepts: [leader, member] } }, context),
    ).rejects.toThrow(path.basename(picture));
    await writeFile(picture, before);
  });

  it('is taken back for all of them by an unmerge in any', async () => {
    await edit('run3', { kind: 'unmerge', concept: leader });
    for (const runId of ['run1', 'run2', 'run3']) expect(await idsIn(runId)).toEqual(['c0', 'c1', 'c2']);
    const again = await overview();
    expect(again.apart).toEqual([]);
    expect(again.concepts.map(({ id }) => id)).toContain(member);
  });
});

describe('an own concept in one run of a shared bank', { timeout: 300_000 }, () => {
  it('is of the others too: computed when asked, with its importance there, and named in all', async () => {
    const examples = path.join(home, 'green');
    await mkdir(examples);
    for (let i = 0; i < 6; i++) {
      const blob = { left: 4 * (i % 4), top: 4 * (i % 5), side: 16, colour: GREEN };
      await writeFile(path.join(examples, `${i}.png`), await scene([blob]));
    }
    const made = await tessera('concept', folder, '--run', 'run1', '--concept-folder', `grass=${examples}`);
    expect(made.code, made.stderr).toBe(0);
    const list = (runId: string) => jobs.listOwnConcepts(ofRun(runId), context);
    expect(await list('run2')).toEqual({
      concepts: [],
      pending: [{ id: 'own-1', name: 'grass', madeIn: 'run1' }],
    });
    const stop = AbortSignal.abort(new Error('enough'));
    const asked = { ...ofRun('run2'), concept: 'own-1' };
    await expect(jobs.computeOwnConcept(asked, { ...context, signal: stop })).rejects.toThrow('enough');
    told.length = 0;
    const { concepts, pending } = await jobs.computeOwnConcept(asked, context);
    expect(told.at(-1)).toMatch(/^own-concept (\d+)\/\1$/);
    expect(pending).toEqual([]);
    const [there] = concepts;
    const [here] = (await list('run1')).concepts;
    expect(there).toMatchObject({ name: 'grass', examples: { count: 6, folder: examples, run: 'run1' } });
    expect(there.accuracy).toEqual(here.accuracy);
    expect(there.importance).not.toEqual(here.importance);
    await edit('run2', { kind: 'rename', concept: 'own-1', name: 'lawn' });
    expect((await list('run1')).concepts[0].name).toBe('lawn');
    // Asked for on the command line, it is computed there.
    const { stdout } = await tessera('concept', folder, '--run', 'run3', '--json');
    expect((JSON.parse(stdout) as { ownConcepts: { name: string }[] }).ownConcepts).toMatchObject([
      { name: 'lawn' },
    ]);
    const again = await tessera('concept', folder, '--run', 'run3', '--concept-folder', `lawn=${examples}`);
    expect(again.stderr).toContain('The run has a concept "lawn" already.');
  });
});
