import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as node from 'onnxruntime-node';
import * as web from 'onnxruntime-web';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeModel } from '../../../core/onnx/proto.ts';
import { BLUE, RED, scene, writeModel, type Blob } from './colour-case.ts';
import { tessera, tesseraProcess } from './run-tessera.ts';

const PYTHON = process.env['PYTHON'] ?? 'python3';
const hasOnnx = spawnSync(PYTHON, ['-c', 'import onnx']).status === 0;

let root: string;
let project: string;
let model: string;
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'tessera-edit-'));
  project = path.join(root, 'out.tessera');
  const images = path.join(root, 'images', 'red');
  await mkdir(images, { recursive: true });
  for (let i = 0; i < 14; i++) await writeFile(path.join(images, `${i}.png`), await scene(blobsOf(i)));
  const others = path.join(root, 'held', 'blue');
  await mkdir(others, { recursive: true });
  for (let i = 0; i < 6; i++)
    await writeFile(path.join(others, `${i}.png`), await scene(blobsOf(i + 20, true)));
  model = await writeModel(path.join(root, 'model'));
  const argv = ['--model', model, '--images', images, '--class', 'red', '--select', 'all', '--concepts', '2'];
  const { code, stderr } = await tessera('explain', ...argv, '--evaluate', 'none', '--out', project);
  expect(code, stderr).toBe(0);
}, 120_000);

afterAll(() => rm(root, { recursive: true }));

function blobsOf(i: number, isBlue = false): Blob[] {
  return [
    { left: 4 * (i % 5), top: 4 * (i % 3), side: isBlue ? 4 : 8, colour: RED },
    { left: 4 * ((i * 3) % 5), top: 16, side: isBlue ? 10 : 3 + 2 * (i % 3), colour: BLUE },
  ];
}

interface Facts {
  readonly file: string;
  readonly removed: readonly string[];
  readonly images: number;
  readonly before: { readonly accuracy: number; readonly byClass: Record<string, number> };
  readonly after: { readonly accuracy: number; readonly byClass: Record<string, number> };
  readonly fixed: readonly string[];
  readonly broken: readonly string[];
  readonly pValue: number;
  readonly judgedOn: string;
  readonly check: { readonly images: number; readonly largest: number };
  readonly sets: readonly {
    readonly kind: string;
    readonly images: number;
    readonly fixed: readonly object[];
    readonly broken: readonly object[];
  }[];
}

const edit = (...argv: readonly string[]) => tessera('edit', project, ...argv);

describe('tessera edit', { timeout: 120_000 }, () => {
  it('writes the model without a concept, beside the model as it was, and says what that does', async () => {
    const before = await readFile(model);
    const out = path.join(root, 'fixed.onnx');
    const { code, stdout, stderr } = await edit('--remove', '1', '--how', 'remove', '--out', out, '--json');
    expect(code, stderr).toBe(0);
    const facts = JSON.parse(stdout) as Facts;
    expect(Object.keys(facts).slice(0, 8)).toEqual([
      ...['file', 'removed', 'images', 'before', 'after', 'fixed', 'broken', 'pValue'],
    ]);
    expect(facts).toMatchObject({ file: out, removed: ['Concept 1'], images: 14, judgedOn: 'run' });
    expect(facts.check.images).toBe(14);
    expect(facts.check.largest).toBeLessThan(1e-4);
    const right = Math.round(14 * facts.before.accuracy);
    expect(Math.round(14 * facts.after.accuracy)).toBe(right + facts.fixed.length - facts.broken.length);
    expect(facts.before.byClass).toEqual({ red: facts.before.accuracy });
    expect(await readFile(model)).toEqual(before);
    const [old, made] = [decodeModel(before), decodeModel(await readFile(out))];
    expect(made.graph.inputs).toEqual(old.graph.inputs);
    expect(made.graph.outputs).toEqual(old.graph.outputs);
    expect(made.opsets).toEqual(old.opsets);
    expect(JSON.parse(made.metadata.get('tessera_edit')!)).toMatchObject({ run: 'run1', how: 'remove' });
  });

  it('changes the decisions that what-if says change', async () => {
    const out = path.join(root, 'as-what-if.onnx');
    const edited = await edit('--remove', 'Concept 1', '--how', 'remove', '--out', out, '--json');
    const { fixed, broken } = JSON.parse(edited.stdout) as Facts;
    const { stdout } = await tessera('what-if', project, '--scale', 'Concept 1=0', '--json');
    expect((JSON.parse(stdout) as { changed: number }).changed).toBe(fixed.length + broken.length);
  });

  it('is judged on held-out images where there are some, without those of the run', async () => {
    const out = path.join(root, 'held.onnx');
    const folders = [path.join(root, 'held'), path.join(root, 'images')];
    const argv = ['--scale', 'Concept 1=0.5', '--images', ...folders, '--out', out, '--json'];
    const { code, stdout, stderr } = await edit(...argv);
    expect(code, stderr).toBe(0);
    const facts = JSON.parse(stdout) as Facts;
    expect(facts).toMatchObject({ images: 6, judgedOn: 'held-out' });
    expect(facts.sets).toMatchObject([
      { kind: 'run', images: 14, known: 0 },
      { kind: 'held-out', images: 6, known: 14 },
    ]);
    expect(Object.keys(facts.before.byClass)).toEqual(['blue']);
  });

  it('edits the score of one class alone', async () => {
    const out = path.join(root, 'one.onnx');
    const argv = ['--remove', '1', '--how', 'remove', '--class', 'red', '--out', out, '--json'];
    const { code, stdout, stderr } = await edit(...argv);
    expect(code, stderr).toBe(0);
    const facts = JSON.parse(stdout) as Facts & {
      readonly onlyClass: string;
      readonly sets: readonly [
        { readonly scores: readonly { readonly name: string; readonly absolute: number }[] },
      ];
    };
    expect(facts.onlyClass).toBe('red');
    expect(facts.check.largest).toBeLessThan(1e-4);
    const changes = Object.fromEntries(facts.sets[0].scores.map(({ name, absolute }) => [name, absolute]));
    expect(changes['red']).toBeGreaterThan(0.01);
    for (const [name, change] of Object.entries(changes)) if (name !== 'red') expect(change).toBe(0);
    expect(JSON.parse(decodeModel(await readFile(out)).metadata.get('tessera_edit')!)).toMatchObject({
      onlyClass: 'red',
    });
  });

  it('counts with and without a cue, by columns of the table and by marked objects', async () => {
    const names = Array.from({ length: 14 }, (_, i) => `${i}.png`);
    const photos = path.join(root, 'photos.csv');
    const rows = names.map((name, i) => `${name},${i < 4 ? 'yes' : 'no'},${i},May`);
    await writeFile(photos, ['image,Sticker,hour,month', ...rows].join('\n'));
    const marks = path.join(root, 'boxes.json');
    await writeFile(
      marks,
      JSON.stringify({
        images: names.slice(0, 10).map((file_name, id) => ({ id, file_name, width: 32, height: 32 })),
        annotations: [0, 1, 2].map((image_id) => ({ image_id, category_id: 1, bbox: [0, 0, 8, 8] })),
        categories: [{ id: 1, name: 'dot' }],
      }),
    );
    const given = await tessera('columns', project, '--table', photos, '--objects', marks, '--json');
    expect(given.code, given.stderr).toBe(0);
    const out = path.join(root, 'sides.onnx');
    const by = ['--by', 'sticker', '--by', 'hour', '--by', 'dot'];
    const { code, stdout, stderr } = await edit('--remove', '1', ...by, '--out', out, '--json');
    expect(code, stderr).toBe(0);
    const [set] = (JSON.parse(stdout) as { sets: { sides: readonly Record<string, unknown>[] }[] }).sets;
    expect(set.sides).toMatchObject([
      { of: 'sticker', name: 'no', images: 10 },
      { of: 'sticker', name: 'yes', images: 4 },
      { of: 'hour', name: 'up to 6', images: 7 },
      { of: 'hour', name: 'above 6', images: 7 },
      { of: 'dot', name: 'with dot', images: 3 },
      { of: 'dot', name: 'without dot', images: 7 },
    ]);
    const text = await edit('--remove', '1', '--by', 'dot', '--out', out);
    expect(text.stdout).toMatch(/dot: with dot +3 /);
    const stranger = await edit('--remove', '1', '--by', 'camera', '--out', out);
    expect(stranger.code).toBe(2);
    expect(stranger.stderr).toContain(
      'Neither a column of the project\'s table nor a marked object is called "camera".',
    );
    expect(stranger.stderr).toContain('Marked are "dot".');
    const same = await edit('--remove', '1', '--by', 'month', '--out', out);
    expect(same.stderr).toContain('The column "month" is the same everywhere; it tells no images apart.');
  });

  it('lists what taking out each concept costs, as edits do', async () => {
    // A little more blue than red.
    const folder = path.join(root, 'near', 'blue');
    await mkdir(folder, { recursive: true });
    for (let i = 0; i < 60; i++) {
      const red = { left: 2 * (i % 6), top: i % 4, side: 8, colour: RED };
      const blue = { left: 3 * (i % 4), top: 16, side: 10, colour: BLUE };
      await writeFile(path.join(folder, `${i}.png`), await scene([red, blue]));
    }
    const held = ['--images', path.dirname(folder)];
    const { code, stdout, stderr } = await edit('--costs', ...held, '--json');
    expect(code, stderr).toBe(0);
    const { images, concepts } = JSON.parse(stdout) as {
      readonly images: number;
      readonly concepts: readonly {
        readonly name: string;
        readonly whole: { readonly broken: number; readonly mended: number };
        readonly half: { readonly broken: number; readonly mended: number };
        readonly isHarmless: boolean;
      }[];
    };
    expect(images).toBe(74);
    expect(concepts.map(({ name }) => name)).toEqual(['Concept 1', 'Concept 2']);
    const out = path.join(root, 'cost.onnx');
    for (const { name, whole, half, isHarmless } of concepts) {
      for (const [factor, counted] of [
        [0, whole],
        [0.5, half],
      ] as const) {
        const made = await edit('--scale', `${name}=${factor}`, ...held, '--out', out, '--json');
        const facts = JSON.parse(made.stdout) as Facts;
        const sums = (of: 'broken' | 'fixed') => facts.sets.reduce((sum, set) => sum + set[of].length, 0);
        expect(counted).toEqual({ broken: sums('broken'), mended: sums('fixed') });
      }
      expect(isHarmless).toBe(whole.broken === 0);
    }
    expect(concepts.some(({ whole }) => whole.broken > 0)).toBe(true);
    expect((await edit('--costs')).stdout).toContain('Harmless is what breaks at most one right answer');
  });

  it.skipIf(!hasOnnx)(
    'writes a file that the ONNX checker takes (needs Python with ONNX Runtime and onnx, its path in PYTHON)',
    async () => {
      const out = path.join(root, 'checked.onnx');
      expect((await edit('--remove', '1', '--out', out)).code).toBe(0);
      const code = 'import onnx, sys; onnx.checker.check_model(onnx.load(sys.argv[1]), full_check=True)';
      const { status, stderr } = spawnSync(PYTHON, ['-c', code, out], { encoding: 'utf8' });
      expect(status, stderr).toBe(0);
    },
  );

  it('writes a file that gives the same in the browser as here', async () => {
    const out = path.join(root, 'browser.onnx');
    expect((await edit('--remove', '1', '--out', out)).code).toBe(0);
    const bytes = new Uint8Array(await readFile(out));
    const pixels = Float32Array.from({ length: 3 * 32 * 32 }, (_, i) => (i % 17) / 17);
    const own = await node.InferenceSession.create(bytes);
    const here = await own.run({ [own.inputNames[0]]: new node.Tensor('float32', pixels, [1, 3, 32, 32]) });
    const session = await web.InferenceSession.create(bytes, { executionProviders: ['wasm'] });
    const there = await session.run({
      [session.inputNames[0]]: new web.Tensor('float32', pixels, [1, 3, 32, 32]),
    });
    const [name] = session.outputNames;
    const [a, b] = [here[name].data, there[name].data] as Float32Array[];
    expect(Math.max(...a.map((value, i) => Math.abs(value - b[i])))).toBeLessThan(1e-4);
  });

  it('never writes onto the model, nor onto a file that it did not make', async () => {
    const before = await readFile(model);
    const onto = await edit('--remove', '1', '--out', model);
    expect(onto.code).toBe(2);
    expect(onto.stderr).toContain(
      'is the model itself, which is never changed.\nChoose another name with --out.\n',
    );
    const link = path.join(root, 'link.onnx');
    await symlink(model, link);
    expect((await edit('--remove', '1', '--out', link)).stderr).toContain('is the model itself');
    const other = path.join(root, 'other.onnx');
    await writeFile(other, 'mine');
    const { code, stderr } = await edit('--remove', '1', '--out', other);
    expect(code).toBe(2);
    expect(stderr).toContain(
      'it is not written over.\nMove the file away, or choose another name with --out.\n',
    );
    expect(await readFile(other, 'utf8')).toBe('mine');
    expect(await readFile(model)).toEqual(before);
  });

  it('leaves nothing half-written when it is killed at the end', async () => {
    const out = path.join(root, 'killed.onnx');
    const env = { TESSERA_STOP_AT: 'killed\\.onnx$' };
    const argv = ['edit', project, '--remove', '1', '--out', out];
    const { signal } = await tesseraProcess(argv, { stopsAtWrite: true, env });
    expect(signal).toBe('SIGKILL');
    await expect(stat(out)).rejects.toThrow('ENOENT');
  });

  it.each([
    [['--out', 'a.onnx'], 'Nothing was said that the edit changes.'],
    [['--remove', '1'], 'edit takes one project folder, and a file to write to by --out.'],
    [['--remove', 'Concept 9', '--out', 'a.onnx'], 'The run has no concept "Concept 9".'],
    [
      ['--remove', '1', '--out', 'a.txt'],
      'An edited model is a file that ends in .onnx, got a.txt.\nGive it a name like fixed.onnx with --out.\n',
    ],
    [
      ['--remove', '1', '--how', 'away', '--out', 'a.onnx'],
      '--how takes remove, mean, project, pattern, got "away".',
    ],
    [
      ['--remove', '1', '--above', '2', '--out', 'a.onnx'],
      '--above takes a number from 0 to below 1, got "2".',
    ],
    [['--remove', '1', '--class', 'purple', '--out', 'a.onnx'], 'the model has no class "purple"'],
    [['--scale', '1=1', '--out', 'a.onnx'], 'The edit changes no concept: every factor is 1.'],
  ])('refuses %j', async (argv, message) => {
    const { code, stderr } = await edit(...argv);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});
