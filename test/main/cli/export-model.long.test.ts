import { execFileSync, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { csvParse } from 'd3';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { decodeModel } from '../../../core/onnx/proto.ts';
import type { MonitorFacts } from '../../../core/pipeline/editing/monitor-facts.ts';
import { openModel } from '../../../core/pipeline/model-intake.ts';
import { readBatch } from '../../../core/pipeline/pictures.ts';
import { createJobs } from '../../../main/compute/jobs/all-jobs.ts';
import { createNodeEnvironment } from '../../../main/compute/node-environment.ts';
import { runModel } from '../../core/onnx/ort-sessions.ts';
import { BLUE, RED, scene, writeModel, type Blob } from './colour-case.ts';
import { tessera } from './run-tessera.ts';
import { mount, mountable, unmount } from './small-disk.ts';

const PYTHON = process.env.PYTHON ?? 'python3';
const hasRuntime = spawnSync(PYTHON, ['-c', 'import numpy, onnxruntime']).status === 0;
const IMAGES = 12;

let root: string;
let images: string;
let model: string;
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'tessera-monitor-'));
  images = path.join(root, 'images', 'red');
  await mkdir(images, { recursive: true });
  for (let i = 0; i < IMAGES; i++) {
    const blobs: Blob[] = [
      { left: 4 * (i % 5), top: 4 * (i % 3), side: 8, colour: RED },
      { left: 4 * ((i * 3) % 5), top: 16, side: 4 + 2 * (i % 3), colour: BLUE },
    ];
    await writeFile(path.join(images, `${String(i).padStart(2, '0')}.png`), await scene(blobs));
  }
  model = await writeModel(path.join(root, 'model'));
  await explain('out.tessera');
  const { code, stderr } = await tessera(
    ...['export', project(), '--as-model', path.join(root, 'watch.onnx'), '--out', path.join(root, 'tables')],
  );
  expect(code, stderr).toBe(0);
  // What the page's lines read, and where JavaScript finds its packages.
  const pictures = await givenPictures();
  await writeFile(path.join(root, 'pictures.bin'), new Uint8Array(pictures.data.buffer));
  await symlink(path.resolve('node_modules'), path.join(root, 'node_modules'));
}, 120_000);

afterAll(() => rm(root, { recursive: true }));

const project = (name = 'out.tessera') => path.join(root, name);

async function explain(name: string, ...more: string[]): Promise<void> {
  const argv = ['--model', model, '--images', images, '--class', 'red', '--select', 'all', '--concepts', '2'];
  const { code, stderr } = await tessera(
    ...['explain', ...argv, '--evaluate', 'none', '--out', project(name), ...more],
  );
  expect(code, stderr).toBe(0);
}

async function facts(): Promise<MonitorFacts> {
  return JSON.parse(await readFile(path.join(root, 'watch.json'), 'utf8')) as MonitorFacts;
}

/** The pictures of the run as the model takes them, in the order of the table. */
async function givenPictures() {
  const { storage, codec } = createNodeEnvironment();
  const { preprocessing } = (await openModel(storage, model)).preprocessing;
  const rows = csvParse(await readFile(path.join(root, 'tables', 'images.csv'), 'utf8'));
  const { input } = await readBatch(
    codec,
    rows.map(({ filepath }) => ({ path: filepath })),
    preprocessing,
  );
  return input!;
}

/** Mean of each watched number over the run's pictures, from the table. */
async function expectedMeans(): Promise<[name: string, mean: number][]> {
  const rows = csvParse(await readFile(path.join(root, 'tables', 'images.csv'), 'utf8'));
  return (await facts()).watched.map(({ name, column }) => {
    const of = column === null ? 'rest' : `amount of ${name}`;
    return [name, rows.reduce((sum, row) => sum + Number(row[of]), 0) / rows.length];
  });
}

/** The lines of one language on the page, and what they print. */
async function runLines(language: 'js' | 'python', file: string, command: string) {
  const page = await readFile(path.join(root, 'watch.md'), 'utf8');
  const lines = new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 's').exec(page)![1];
  await writeFile(path.join(root, file), lines);
  const told = execFileSync(command, [file], { cwd: root, encoding: 'utf8' });
  return told
    .trim()
    .split('\n')
    .map((line) => line.split('\t'));
}

async function expectMeans(told: readonly (readonly string[])[]): Promise<void> {
  const means = await expectedMeans();
  expect(told.map(([name]) => name)).toEqual(means.map(([name]) => name));
  told.forEach(([, mean], at) => {
    expect(Math.abs(Number(mean) - means[at][1])).toBeLessThan(1e-3 * Math.max(1, means[at][1]));
  });
  // No more than one in twenty of the run's own pictures is above its 95 % quantile.
  for (const [, , share] of told) expect(Number(share)).toBeLessThanOrEqual(1 / IMAGES + 1e-3);
}

describe('tessera export --as-model', { timeout: 120_000 }, () => {
  it('writes a model whose amounts, contributions and rest are those of the tables, and whose answers stay', async () => {
    const input = await givenPictures();
    const bytes = new Uint8Array(await readFile(path.join(root, 'watch.onnx')));
    const original = new Uint8Array(await readFile(model));
    const { concepts, outputs } = await facts();
    const said = await runModel(bytes, { [decodeModel(bytes).graph.inputs[0].name]: input });
    const own = await runModel(original, { [decodeModel(original).graph.inputs[0].name]: input });
    for (const [name, { data }] of Object.entries(own)) expect(said[name].data).toEqual(data);
    const rows = csvParse(await readFile(path.join(root, 'tables', 'images.csv'), 'utf8'));
    const column = (name: string) => rows.map((row) => Number(row[name]));
    for (const { column: k, name } of concepts) {
      const at = (output: string) =>
        rows.map((_, i) => (said[output].data as Float32Array)[i * concepts.length + k]);
      const [amounts, most] = [column(`amount of ${name}`), Math.max(...column(`amount of ${name}`))];
      expect(at(outputs.amounts)).toBeAllclose(amounts, { atol: 1e-3 * most });
      expect(at(outputs.contributions!)).toBeAllclose(column(`contribution of ${name}`), { atol: 1e-2 });
    }
    expect([...(said[outputs.rest].data as Float32Array)]).toBeAllclose(column('rest'), { atol: 1e-3 });
  });

  it('says in its JSON what it is of, and how exact', async () => {
    const told = await facts();
    expect(told.agreement).toMatchObject({ status: 'reached', images: IMAGES });
    expect(told.outputs.contributionsBy).toBe('linear');
    expect(told.classes).toContain('red');
    expect(told.watched).toHaveLength(3);
    for (const { quantiles } of told.watched)
      expect(quantiles.all['0.05']).toBeLessThanOrEqual(quantiles.all['0.95']);
    expect(JSON.stringify(told)).not.toContain(root);
  });

  it('has lines of JavaScript on its page that run', async () => {
    await expectMeans(await runLines('js', 'watch.mjs', process.execPath));
  });

  it.skipIf(!hasRuntime)(
    'has lines of Python on its page that run (needs Python with ONNX Runtime)',
    async () => {
      await expectMeans(await runLines('python', 'watch.py', PYTHON));
    },
  );

  it('never writes over the model, nor by halves', async () => {
    const before = await readFile(model);
    const over = await tessera('export', project(), '--as-model', model);
    expect(over).toMatchObject({ code: 2, stderr: expect.stringContaining('never written over') as string });
    expect(await readFile(model)).toEqual(before);
    const other = await tessera('export', project(), '--as-model', path.join(root, 'watch.bin'));
    expect(other).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('name of a model file') as string,
    });
  });

  it.skipIf(!mountable())(
    'leaves all three as they were on a full disk (needs root, to mount one)',
    async () => {
      const disk = mount(64);
      onTestFinished(unmount);
      const target = path.join(disk, 'watch.onnx');
      await writeFile(path.join(disk, 'filler'), Buffer.alloc(52 * 1024));
      const fresh = await tessera('export', project(), '--as-model', target);
      expect(fresh.stderr).toContain('the disk is full');
      expect(fresh.code).toBe(1);
      expect(await readdir(disk)).toEqual(['filler']);
      const old = ['watch.json', 'watch.md', 'watch.onnx'];
      for (const name of old) await writeFile(path.join(disk, name), 'old');
      const { stderr } = await tessera('export', project(), '--as-model', target);
      expect(stderr).toContain('nothing was overwritten');
      for (const name of old) expect(await readFile(path.join(disk, name), 'utf8')).toBe('old');
      expect((await readdir(disk)).sort()).toEqual(['filler', ...old]);
    },
  );

  it('refuses sparse concepts before anything is measured or written', async () => {
    await explain('sparse.tessera', '--concepts', '3', '--bank', 'sparse', '--active', '1');
    const target = path.join(root, 'sparse', 'watch.onnx');
    await mkdir(path.dirname(target));
    const { code, stderr } = await tessera('export', project('sparse.tessera'), '--as-model', target);
    expect(code).toBe(2);
    expect(stderr).toContain('These concepts are sparse');
    expect(await readdir(path.dirname(target))).toEqual([]);
  });
});

describe('a monitor of merged and own concepts', { timeout: 120_000 }, () => {
  it('has one column for what was merged, one for each own concept, and is saved as one file in the window', async () => {
    await explain('merged.tessera');
    const folder = project('merged.tessera');
    const examples = path.join(root, 'blue');
    await mkdir(examples, { recursive: true });
    for (let i = 0; i < 12; i++) {
      const blobs = [{ left: 4 * (i % 4), top: 4 * (i % 3), side: 20, colour: BLUE }];
      await writeFile(path.join(examples, `${i}.png`), await scene(blobs));
    }
    const made = await tessera('concept', folder, '--concept-folder', `blue=${examples}`);
    expect(made.code, made.stderr).toBe(0);
    const jobs = createJobs({});
    const context = {
      ...{ signal: new AbortController().signal, onProgress: () => undefined, onNews: () => undefined },
    };
    const question = { folder, key: 'key', runId: 'run1' };
    const edit = { kind: 'merge', concepts: ['c0', 'c1'] } as const;
    await jobs.computeMerge({ ...question, edit }, context);
    await jobs.editConcept({ ...question, edit }, context);

    const zip = path.join(root, 'monitor.zip');
    await jobs.exportRun({ ...question, file: 'monitor.zip', path: zip }, context);
    const files = unzipSync(new Uint8Array(await readFile(zip)));
    expect(Object.keys(files)).toEqual([
      'monitor/monitor.onnx',
      'monitor/monitor.json',
      'monitor/monitor.md',
    ]);
    const told = JSON.parse(new TextDecoder().decode(files['monitor/monitor.json'])) as MonitorFacts;
    const joined = told.concepts.find(({ mergedOf }) => mergedOf.length > 0)!;
    expect([...joined.mergedOf].sort()).toEqual(['c0', 'c1']);
    expect(told.concepts.map(({ kind }) => kind)).toEqual(['found', 'own']);
    expect(told.agreement).toMatchObject({ images: IMAGES, status: 'reached' });
    expect(told.watched.map(({ column }) => column)).toEqual([0, 1, null]);
    const outputs = decodeModel(files['monitor/monitor.onnx']).graph.outputs;
    const dimsOf = (name: string | null) => outputs.find((output) => output.name === name)?.dims?.[1];
    expect(dimsOf(told.outputs.amounts)).toBe(2);
    expect(dimsOf(told.outputs.contributions)).toBe(1);
    const page = new TextDecoder().decode(files['monitor/monitor.md']);
    expect(page).toContain('given by examples, has amounts but no contributions');
    expect(page).toContain(joined.mergedOf.join(' + '));
  });
});
