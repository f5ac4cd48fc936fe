import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunFile } from '../../../core/project/schema.ts';
import { decodeSafetensors } from '../../../core/project/safetensors.ts';
import { BLUE, RED, scene, temporaryFolder, writeModel } from './colour-case.ts';
import { tessera, tesseraProcess } from './run-tessera.ts';

interface Facts {
  readonly splits: readonly Decomposition[];
}
interface Decomposition {
  readonly parent: string;
  readonly layer: string;
  readonly images: number;
  readonly reconstruction: { readonly r2: number };
  readonly reproduction: { readonly r2: number };
  readonly parts: readonly {
    readonly id: string;
    readonly name: string;
    readonly importance: { readonly mean: number; readonly low: number; readonly high: number };
  }[];
}

/** Pictures with a red and a blue square each, which one concept joins: its parts are the two colours. */
async function writeBoth(folder: string, count: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (let i = 0; i < count; i++) {
    const blobs = [
      { left: 4 * (i % 4), top: 0, side: 8, colour: RED },
      { left: 4 * (i % 3), top: 8 + 4 * (i % 4), side: 8, colour: BLUE },
    ];
    await writeFile(path.join(folder, `both-${i}.png`), await scene(blobs));
  }
}

/** The colour model explained by one concept on such pictures, with what the arguments add. */
async function explained(more: readonly string[] = [], pictures = 9) {
  const folder = await temporaryFolder();
  const model = await writeModel(path.join(folder, 'model'));
  const images = path.join(folder, 'images');
  await writeBoth(images, pictures);
  const project = path.join(folder, 'out.tessera');
  const argv = ['explain', '--model', model, '--images', images, '--class', 'red', '--select', 'all'];
  argv.push('--concepts', '1', '--device', 'cpu', '--json', '--out', project, ...more);
  const outcome = await tessera(...argv);
  expect(outcome.code, outcome.stderr).toBe(0);
  return { folder, project, argv, images, facts: JSON.parse(outcome.stdout) as Facts };
}

async function runOf(project: string): Promise<RunFile> {
  return JSON.parse(await readFile(path.join(project, 'runs/run1/run.json'), 'utf8')) as RunFile;
}

describe('explain --recurse', { timeout: 400_000 }, () => {
  it('decomposes concepts at an earlier layer, and their parts below, and stores and prints the tree', async () => {
    const { project, facts } = await explained(['--recurse', '2', '--parts', '2']);
    const [first] = facts.splits;
    expect(first.layer).toBe('colours');
    // The head's second layer only shifts what the first one found, so the parts bring the concept back whole.
    expect(first.reproduction.r2).toBeGreaterThan(0.99);
    expect(first.parts[0].name).toBe('Concept 1.1');
    expect(first.parts[0].id).toMatch(new RegExp(`^${first.parent}-[01]$`));
    const [leading] = first.parts;
    expect(leading.importance.mean).toBeGreaterThan(0.4);
    expect(leading.importance.low).toBeLessThanOrEqual(leading.importance.mean);
    expect(leading.importance.high).toBeGreaterThanOrEqual(leading.importance.mean);
    // The first layer of all is the only one before `colours`.
    expect(facts.splits.some(({ parent, layer }) => parent.includes('-') && layer === 'detected')).toBe(true);

    const bytes = await readFile(path.join(project, 'runs/run1/tensors.safetensors'));
    const { tensors } = decodeSafetensors(new Uint8Array(bytes));
    const name = `split.${first.parent}`;
    expect(tensors.get(`${name}.conceptBank`)?.dims).toEqual([2, 3]);
    expect(tensors.get(`${name}.coefficients`)?.dims).toEqual([first.images, 64, 2]);
    expect(tensors.get(`${name}.footprint`)?.dims).toEqual([first.images, 64]);
    expect(tensors.get(`${name}.maps`)?.dims.slice(1)).toEqual([32, 32]);

    const page = await readFile(path.join(project, 'report.html'), 'utf8');
    expect(page).toContain('What the concepts are made of');
    expect(page).toContain('Concept 1.1');
    expect(page).not.toContain('<script');
  });

  it('draws a part only inside its concept', async () => {
    const { project } = await explained(['--recurse', '1', '--parts', '2']);
    const bytes = await readFile(path.join(project, 'runs/run1/tensors.safetensors'));
    const { tensors } = decodeSafetensors(new Uint8Array(bytes));
    const { splits } = (await runOf(project)).explanation!;
    const { parent } = splits![0];
    const inside = tensors.get(`split.${parent}.footprint`)!.data as Uint8Array;
    const coefficients = tensors.get(`split.${parent}.coefficients`)!.data as Float32Array;
    expect(inside.some((one) => one === 0) && inside.some((one) => one === 1)).toBe(true);
    inside.forEach((one, at) => {
      if (one === 0) expect([...coefficients.subarray(2 * at, 2 * at + 2)]).toEqual([0, 0]);
    });
  });

  it('goes on where it was killed, to the same tree', async () => {
    const whole = await explained(['--recurse', '1', '--parts', '2']);
    const out = path.join(whole.folder, 'killed.tessera');
    const argv = [...whole.argv, '--out', out];
    for (const place of ['cache/split-c', 'split-c.*-importance-.*/002', 'tensors.safetensors']) {
      const env = { TESSERA_STOP_AT: place };
      const killed = await tesseraProcess(argv, { stopsAtWrite: true, env });
      expect(killed, place).toMatchObject({ signal: 'SIGKILL', stdout: '' });
    }
    const done = await tessera(...argv);
    expect(done.code, done.stderr).toBe(0);
    expect((JSON.parse(done.stdout) as Facts).splits).toEqual(whole.facts.splits);
  });

  it.each([
    [['--recurse', '0'], '--recurse takes a whole number from 1 to 4, or "auto"; got "0".'],
    [['--recurse', 'deep'], '--recurse takes a whole number from 1 to 4, or "auto"; got "deep".'],
    [['--parts', 'some'], '--parts takes a whole number from 1 to 64; got "some".'],
  ])('refuses %j with exit code 2', async (more, message) => {
    const { code, stderr } = await tessera('explain', '--demo', ...more);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});

describe('decompose', { timeout: 400_000 }, () => {
  it('decomposes a concept and then a part of a finished run, takes both away, and brings them back', async () => {
    const { project } = await explained();
    const decompose = async (...more: string[]): Promise<Decomposition> => {
      const { code, stdout, stderr } = await tessera('decompose', project, '--parts', '2', '--json', ...more);
      expect(code, stderr).toBe(0);
      return JSON.parse(stdout) as Decomposition;
    };
    const first = await decompose('--concept', 'concept 1');
    expect(first).toMatchObject({
      layer: 'colours',
      parts: [{ name: 'Concept 1.1' }, { name: 'Concept 1.2' }],
    });
    const second = await decompose('--concept', 'Concept 1.1', '--layer', 'detected');
    expect(second).toMatchObject({ parent: first.parts[0].id, layer: 'detected' });
    const report = () => readFile(path.join(project, 'report.html'), 'utf8');
    expect(await report()).toContain('Concept 1.1.1');

    const undone = await tessera('decompose', project, '--concept', 'Concept 1', '--undo');
    expect(undone.code, undone.stderr).toBe(0);
    expect(await report()).not.toContain('Concept 1.1');
    const again = await tessera('decompose', project, '--concept', 'Concept 1', '--undo');
    expect(again).toMatchObject({ code: 2 });
    expect(again.stderr).toContain('has no parts');

    expect(await decompose('--concept', 'Concept 1')).toEqual(first);
    expect(await report()).toContain('Concept 1.1');
  });

  it('says what is wrong: no such concept, a layer that is not earlier, too many parts, no concept named', async () => {
    const { project } = await explained();
    const failing = async (...more: string[]): Promise<string> => {
      const { code, stderr } = await tessera('decompose', project, ...more);
      expect(code).toBe(2);
      return stderr;
    };
    expect(await failing('--concept', 'Concept 9')).toMatch(/no concept "Concept 9".\nNear to it: Concept/);
    expect(await failing('--concept', 'Concept 1', '--layer', 'pooled')).toContain(
      'can be decomposed at an earlier layer only; pooled is not one.\nEarlier layers: ',
    );
    expect(await failing('--concept', 'Concept 1', '--layer', 'squashed')).toContain('squashed is not one');
    expect(await failing('--concept', 'Concept 1', '--layer', 'colour')).toContain('no cut point called');
    expect(await failing('--concept', 'Concept 1', '--parts', '9')).toContain(
      'can be decomposed into 1 to 3 parts here',
    );
    expect(await failing()).toContain('decompose takes one project folder and --concept.');
    expect(await failing('--concept', 'Concept 1', '--run', 'run9')).toContain('no run "run9"');
  });

  it('refuses a concept that is in too few images, and one at the first layer', async () => {
    const few = await explained([], 2);
    const tooFew = await tessera('decompose', few.project, '--concept', 'Concept 1');
    expect(tooFew.code).toBe(2);
    expect(tooFew.stderr).toMatch(/is present in \d of the 2 images; it takes 3 to tell its parts/);
    const early = await explained(['--layer', 'detected']);
    const first = await tessera('decompose', early.project, '--concept', 'Concept 1');
    expect(first.code).toBe(2);
    expect(first.stderr).toContain('detected is the first layer at which the model can be cut');
  });

  it('names pictures that are no longer what they were', async () => {
    const { project, images } = await explained();
    for (const name of await readdir(images)) await writeFile(path.join(images, name), 'no picture');
    const { code, stderr } = await tessera('decompose', project, '--concept', 'Concept 1');
    expect(code).toBe(2);
    expect(stderr).toContain('were changed since: ');
  });

  it('tells two colours apart that one concept joins', async () => {
    const { project } = await explained();
    const { code, stdout, stderr } = await tessera(
      ...['decompose', project, '--concept', 'Concept 1', '--layer', 'colours', '--parts', '2', '--json'],
    );
    expect(code, stderr).toBe(0);
    const bytes = await readFile(path.join(project, 'runs/run1/tensors.safetensors'));
    const bank = decodeSafetensors(new Uint8Array(bytes)).tensors.get('split.c0.conceptBank')!;
    const rows = [0, 1].map((row) => [...(bank.data as Float32Array).subarray(3 * row, 3 * row + 3)]);
    const strongest = rows.map((row) => row.indexOf(Math.max(...row))).sort();
    expect(strongest).toEqual([0, 2]);
    for (const row of rows) expect(Math.max(...row)).toBeGreaterThan(0.98);
    expect((JSON.parse(stdout) as Decomposition).reconstruction.r2).toBeGreaterThan(0.98);
  });
});
