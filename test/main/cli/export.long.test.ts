import { execFileSync, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { csvParse } from 'd3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeSafetensors } from '../../../core/project/safetensors.ts';
import { BLUE, RED, scene, writeModel, type Blob } from './colour-case.ts';
import { tessera } from './run-tessera.ts';

const PYTHON = process.env.PYTHON ?? 'python3';
const hasNumpy = spawnSync(PYTHON, ['-c', 'import numpy']).status === 0;

let root: string;
let project: string;
let out: string;
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'tessera-export-'));
  project = path.join(root, 'out.tessera');
  out = path.join(root, 'tables');
  // A folder whose name a spreadsheet would run.
  const images = path.join(root, 'images', '=red');
  await mkdir(images, { recursive: true });
  for (let i = 0; i < 12; i++) {
    const blobs: Blob[] = [
      { left: 4 * (i % 5), top: 4 * (i % 3), side: 8, colour: RED },
      { left: 4 * ((i * 3) % 5), top: 16, side: 4 + 2 * (i % 3), colour: BLUE },
    ];
    await writeFile(path.join(images, `${i}.png`), await scene(blobs));
  }
  const model = await writeModel(path.join(root, 'model'));
  const argv = ['--model', model, '--images', images, '--class', 'red', '--select', 'all', '--concepts', '2'];
  const { code, stderr } = await tessera('explain', ...argv, '--evaluate', 'none', '--out', project);
  expect(code, stderr).toBe(0);
  const exported = await tessera('export', project, '--out', out);
  expect(exported.code, exported.stderr).toBe(0);
}, 120_000);

afterAll(() => rm(root, { recursive: true }));

const read = (name: string) => readFile(path.join(out, name));

describe('tessera export', { timeout: 120_000 }, () => {
  it('writes a row an image with what the run and the score command say, and no formula', async () => {
    const rows = csvParse((await read('images.csv')).toString());
    expect(rows.columns.slice(0, 4)).toEqual(['filepath', 'folder', 'class', 'predicted']);
    expect(rows).toHaveLength(12);
    for (const row of rows) for (const cell of Object.values(row)) expect(cell).not.toMatch(/^[=+@\t\r]/);
    expect(rows[0].folder).toBe("'=red");
    const scored = await tessera('score', project, '--images', path.join(root, 'images'), '--json');
    const { images, concepts } = JSON.parse(scored.stdout) as {
      images: { file: string; rest: number; contributions: Record<string, number> }[];
      concepts: { id: string; name: string }[];
    };
    for (const image of images) {
      const row = rows.find(({ filepath }) => filepath === image.file)!;
      expect(Number(row.rest)).toBeCloseTo(image.rest, 5);
      for (const { id, name } of concepts)
        expect(Number(row[`contribution of ${name}`])).toBeCloseTo(image.contributions[id], 3);
    }
  });

  it('writes the concepts in the order of the ranking', async () => {
    const rows = csvParse((await read('concepts.csv')).toString());
    const importance = rows.map((row) => Number(row.importance));
    expect(importance).toEqual(importance.toSorted((a, b) => b - a));
    expect(rows.every((row) => Number(row.importance_low) <= Number(row.importance_high))).toBe(true);
  });

  it('writes the same numbers as arrays', async () => {
    const { tensors } = decodeSafetensors(await read('run.safetensors'));
    expect(tensors.get('amounts')!.dims).toEqual([12, 2]);
    expect(tensors.get('directions')!.dims[0]).toBe(2);
    const rows = csvParse((await read('images.csv')).toString());
    expect(Number(rows[3].rest)).toBeCloseTo(tensors.get('rests')!.data[3] as number, 6);
  });

  it.skipIf(!hasNumpy)('writes an archive that NumPy reads', async () => {
    const code =
      'import numpy, sys, json; z = numpy.load(sys.argv[1]); ' +
      'print(json.dumps({k: [z[k].dtype.str, list(z[k].shape), float(z[k].sum())] for k in z.files}))';
    const told = execFileSync(PYTHON, ['-c', code, path.join(out, 'run.npz')], { encoding: 'utf8' });
    const { tensors } = decodeSafetensors(await read('run.safetensors'));
    const arrays = JSON.parse(told) as Record<string, [string, number[], number]>;
    expect(Object.keys(arrays).sort()).toEqual([...tensors.keys()].sort());
    for (const [name, [type, shape, sum]] of Object.entries(arrays)) {
      const { dims, data } = tensors.get(name)!;
      expect(shape).toEqual(dims);
      expect(type).toMatch(/^<[fi][48]$/);
      expect(sum).toBeCloseTo(
        (data as Float32Array).reduce((total, value) => total + value, 0),
        2,
      );
    }
  });

  it('says what it takes', async () => {
    const { code, stderr } = await tessera('export', project);
    expect(code).toBe(2);
    expect(stderr).toContain('--out');
  });
});
