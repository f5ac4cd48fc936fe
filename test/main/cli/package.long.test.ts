import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BLUE, RED, scene, writeModel } from './colour-case.ts';
import { tessera } from './run-tessera.ts';

let root: string;
let project: string;
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'tessera-package-'));
  project = path.join(root, 'out.tessera');
  const images = path.join(root, 'red');
  await mkdir(images);
  for (let at = 0; at < 24; at++) {
    const red = { left: 4 * (at % 5), top: 4 * (at % 3), side: 8, colour: RED };
    const blue = { left: 4 * ((at * 3) % 5), top: 16, side: 4 + 2 * (at % 3), colour: BLUE };
    await writeFile(path.join(images, `${at}.png`), await scene([red, blue]));
  }
  const model = await writeModel(path.join(root, 'model'));
  const argv = ['--model', model, '--images', images, '--class', 'red', '--select', 'all', '--concepts', '2'];
  const { code, stderr } = await tessera('explain', ...argv, '--evaluate', 'none', '--out', project);
  expect(code, stderr).toBe(0);
}, 120_000);

afterAll(() => rm(root, { recursive: true }));

describe('tessera package', { timeout: 120_000 }, () => {
  it('writes all that is handed over, as a folder and as one file, and again over itself', async () => {
    const out = path.join(root, 'audit');
    const argv = ['package', project, '--remove', 'Concept 1', '--out', out, '--zip', '--json'];
    const { code, stdout, stderr } = await tessera(...argv);
    expect(code, stderr).toBe(0);
    const written = JSON.parse(stdout) as { files: string[]; zip: string };
    expect(written.files).toEqual(
      expect.arrayContaining([
        'README.md',
        'edited-model.onnx',
        'edit.html',
        'report.html',
        'tables/images.csv',
        'run/run.json',
      ]),
    );
    const contents = JSON.parse(await readFile(path.join(out, 'contents.json'), 'utf8')) as {
      files: { name: string; bytes: number; sha256: string }[];
    };
    expect([...contents.files.map(({ name }) => name), 'contents.json']).toEqual(written.files);
    const packed = unzipSync(await readFile(written.zip));
    for (const { name, bytes, sha256 } of contents.files) {
      const content = await readFile(path.join(out, name));
      expect(content.length).toBe(bytes);
      expect(createHash('sha256').update(content).digest('hex')).toBe(sha256);
      expect(Buffer.from(packed[`audit/${name}`])).toEqual(content);
    }
    const readme = await readFile(path.join(out, 'README.md'), 'utf8');
    expect(readme).toContain('`edited-model.onnx` is the model without Concept 1.');
    expect(readme).toContain('What the edit does on others was not tried');
    // Again without an edit: nothing of the one before is left.
    const plain = await tessera('package', project, '--out', out, '--json');
    expect(plain.code, plain.stderr).toBe(0);
    expect((JSON.parse(plain.stdout) as { files: string[] }).files).not.toContain('edit.json');
    expect(await readdir(out)).not.toContain('edited-model.onnx');
  });

  it('goes on in a folder that was left half-written, and leaves none behind where it fails', async () => {
    const half = path.join(root, 'half');
    await mkdir(half);
    await writeFile(path.join(half, 'contents.json'), JSON.stringify({ tessera_package: 1, isWhole: false }));
    await writeFile(path.join(half, 'edit.json'), '{');
    expect((await tessera('package', project, '--out', half)).code).toBe(0);
    expect(await readdir(half)).not.toContain('edit.json');
    const pictures = path.join(root, 'red');
    await rename(pictures, `${pictures} away`);
    const failed = await tessera('package', project, '--out', path.join(root, 'none'));
    await rename(`${pictures} away`, pictures);
    expect(failed.code).not.toBe(0);
    expect(await readdir(root)).not.toContain('none');
  });

  it('refuses a folder that holds anything else, and an edit of nothing', async () => {
    const { code, stderr } = await tessera('package', project, '--out', path.join(root, 'red'));
    expect([code, stderr]).toEqual([2, expect.stringContaining('a package needs a folder of its own')]);
    const lone = await tessera('package', project, '--out', path.join(root, 'new'), '--how', 'mean');
    expect([lone.code, lone.stderr]).toEqual([2, expect.stringContaining('--how is about an edited model')]);
  });
});
