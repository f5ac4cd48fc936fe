import { cp, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Progress } from '../../../core/platform.ts';
import { createJobs } from '../../../main/compute/jobs/all-jobs.ts';
import { tessera } from './run-tessera.ts';
import { writeStampedScenes } from './stamped-scenes.ts';

const DEMO = path.join(import.meta.dirname, '../../../models/demo');
const SCENES = ['car', 'lighthouse', 'sailboat', 'train', 'tree', 'windmill'];

interface Facts {
  readonly tuning: { readonly images: number; readonly wrong: number };
  readonly test: { readonly images: number; readonly wrong: number };
  readonly frontier: readonly {
    readonly concepts: readonly string[];
    readonly tuning: { readonly mended: number; readonly broken: number };
    readonly test: { readonly mended: number; readonly broken: number };
    readonly isBest: boolean;
  }[];
  readonly edit: {
    readonly file: string;
    readonly sets: readonly { readonly kind: string; readonly images: number }[];
  } | null;
}

let root: string;
let project: string;
let stamped: string;
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'tessera-search-'));
  project = path.join(root, 'out.tessera');
  const flat = await writeStampedScenes(path.join(root, 'flat'), 60);
  stamped = path.join(root, 'stamped');
  for (let i = 0; i < 60; i++) {
    const folder = path.join(stamped, SCENES[i % SCENES.length]);
    await mkdir(folder, { recursive: true });
    await rename(path.join(flat, `${i}.png`), path.join(folder, `${i}.png`));
  }
  const images = ['house', 'car', 'tree'].map((name) => path.join(DEMO, 'images', name));
  const argv = ['--model', path.join(DEMO, 'model.onnx'), '--images', ...images, '--class', 'house'];
  const fast = ['--samples', '32', '--evaluate', 'none', '--concepts', '6'];
  const { code, stderr } = await tessera('explain', ...argv, ...fast, '--out', project);
  expect(code, stderr).toBe(0);
}, 300_000);

afterAll(() => rm(root, { recursive: true }));

describe('tessera edit --search', { timeout: 300_000 }, () => {
  it('finds an edit that brings back what the stamp turned, on images that it was not chosen on, and makes it', async () => {
    const out = path.join(root, 'fixed.onnx');
    const argv = ['edit', project, '--search', '--images', stamped, '--out', out, '--json'];
    const { code, stdout, stderr } = await tessera(...argv);
    expect(code, stderr).toBe(0);
    const { tuning, test, frontier, edit } = JSON.parse(stdout) as Facts;
    expect(Math.abs(tuning.images - test.images)).toBeLessThanOrEqual(1);
    expect(tuning.images + test.images).toBe(180);
    const best = frontier.find(({ isBest }) => isBest)!;
    expect(best.tuning.mended / tuning.wrong).toBeGreaterThan(0.4);
    expect(best.test.mended / test.wrong).toBeGreaterThan(0.3);
    expect(best.test.broken).toBeLessThan(best.test.mended / 2);
    for (const [at, one] of frontier.slice(1).entries()) {
      expect(one.tuning.mended).toBeGreaterThan(frontier[at].tuning.mended);
      expect(one.tuning.broken).toBeGreaterThan(frontier[at].tuning.broken);
    }
    expect(edit!.file).toBe(out);
    expect(edit!.sets.map(({ kind, images }) => [kind, images])).toEqual([
      ['run', 120],
      ['held-out', test.images],
    ]);
    expect((await readFile(out)).length).toBeGreaterThan(1000);
  });

  it('looks at other layers, too, and an edit there is tried and packed as one of the run', async () => {
    const jobs = createJobs({});
    const stands: Progress[] = [];
    const context = {
      signal: new AbortController().signal,
      onProgress: (stand: Progress) => stands.push(stand),
      onNews: () => undefined,
    };
    const question = { folder: project, key: 'key', runId: 'run1' };
    const asked = { ...question, heldOut: [stamped], allLayers: true };
    const { layers, frontier, test } = await jobs.searchEdits(asked, context);
    expect(layers.length).toBeGreaterThan(2);
    expect(new Set(layers).size).toBe(layers.length);
    expect(frontier.length).toBeGreaterThan(0);
    for (const { factors, others } of frontier) {
      expect(Object.keys(factors).length > 0).toBe(others === undefined);
      if (others !== undefined) expect(layers.slice(1)).toContain(others.layer);
    }
    const made = stands.flatMap(({ part }) => (part?.of === 'layer' ? [`${part.at} of ${part.most}`] : []));
    expect([...new Set(made)]).toEqual(layers.slice(1).map((_, at) => `${at + 1} of ${layers.length - 1}`));
    const rounds = stands.flatMap(({ part }) => (part?.of === 'round' ? [part] : []));
    expect(rounds.every(({ at, most }) => at <= most && most <= 4 * layers.length)).toBe(true);
    expect(stands.some(({ stage, total }) => stage === 'edit-test' && total === test.images)).toBe(true);

    const others = { layer: layers[1], rows: [0], factor: 0 };
    const edit = { factors: {}, others, how: 'remove', heldOut: [] } as const;
    const { proof } = await jobs.tryEdit(
      { ...question, ...edit, path: path.join(root, 'there.onnx') },
      context,
    );
    expect(proof.layer).toBe(layers[1]);
    expect(proof.concepts.map(({ name }) => name)).toEqual([`Concept 1 at ${layers[1]}`]);
    expect(proof.check.largest).toBeLessThan(1e-3);
    await expect(
      jobs.tryEdit(
        { ...question, ...edit, others: { ...others, layer: 'nowhere' }, path: path.join(root, 'x.onnx') },
        context,
      ),
    ).rejects.toMatchObject({ code: 'unknown-name' });
    const zip = path.join(root, 'audit.zip');
    await jobs.writePackage({ ...question, edit, path: zip, name: 'audit' }, context);
    expect((await readFile(zip)).length).toBeGreaterThan(100_000);
  });

  it('says what is missing where no folder names a class', async () => {
    const unnamed = path.join(root, 'pictures');
    await cp(path.join(DEMO, 'images/house'), unnamed, { recursive: true });
    const folder = path.join(root, 'unnamed.tessera');
    const argv = ['--model', path.join(DEMO, 'model.onnx'), '--images', unnamed, '--class', 'house'];
    const fast = ['--samples', '8', '--evaluate', 'none', '--concepts', '3'];
    expect((await tessera('explain', ...argv, ...fast, '--out', folder)).code).toBe(0);
    const { code, stderr } = await tessera('edit', folder, '--search');
    expect(code).toBe(2);
    expect(stderr).toContain('No image lies in a folder that is named after a class');
    expect(stderr).toContain('in folders named after classes with --images');
  });
});
