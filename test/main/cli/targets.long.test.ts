import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { TesseraError } from '../../../core/errors.ts';
import { fileStorage } from '../../../core/runtime/storage.ts';
import { colourModel } from '../../fixtures/colour-model.ts';
import { temporaryFolder, writeModel, writePictures } from './colour-case.ts';
import { mount, mountable, unmount } from './small-disk.ts';
import { findingsOf, tessera } from './run-tessera.ts';

async function redCase(pictures = 6) {
  const folder = await temporaryFolder();
  const model = await writeModel(path.join(folder, 'model'));
  const images = await writePictures(path.join(folder, 'images'), pictures);
  const argv = ['explain', '--model', model, '--images', images, '--class', 'red', '--concepts', '2'];
  return { folder, argv: [...argv, '--device', 'cpu', '--json'], out: path.join(folder, 'out.tessera') };
}

/** Every file of a folder with its content, hidden ones too. */
async function contents(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
  return new Map(
    await Promise.all(files.sort().map(async (file) => [file, await readFile(file, 'latin1')] as const)),
  );
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe('a target that cannot be written', () => {
  it('is a file: exit code 1, and the file stays as it is', async () => {
    const { argv, out } = await redCase();
    await writeFile(out, 'my notes');
    const { code, stdout, stderr } = await tessera(...argv, '--out', out);
    expect(stderr).toContain(`cannot create the folder ${out}: something of that name is already there`);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(await readFile(out, 'utf8')).toBe('my notes');
  });

  it('fails at any write whatever: exit code 1, and the same command continues to the same result', async () => {
    const { argv, folder } = await redCase();
    const whole = await tessera(...argv, '--out', path.join(folder, 'whole.tessera'));
    expect(whole.code).toBe(0);
    const out = path.join(folder, 'failing.tessera');
    const write = fileStorage.writeAtomic.bind(fileStorage);
    let failures = 0;
    for (let allowed = 0, code: number | null = 1; code !== 0; allowed++) {
      let left = allowed;
      const spy = vi.spyOn(fileStorage, 'writeAtomic').mockImplementation((file, bytes) => {
        if (left-- > 0) return write(file, bytes);
        throw new TesseraError('storage', `cannot write ${file}: the disk is full`, {
          hint: 'Free some space.',
        });
      });
      const outcome = await tessera(...argv, '--out', out);
      spy.mockRestore();
      code = outcome.code;
      if (code === 0) {
        expect(findingsOf(outcome.stdout)).toEqual(findingsOf(whole.stdout));
        break;
      }
      failures++;
      expect(outcome).toMatchObject({ code: 1, stdout: '' });
      expect(outcome.stderr).toContain('the disk is full\nFree some space.');
    }
    // Every stage, chunk, record and the report had its turn.
    expect(failures).toBeGreaterThan(15);
  });

  it('holds files of the same names that are not ours', async () => {
    const { argv, out } = await redCase();
    await mkdir(path.join(out, 'cache'), { recursive: true });
    await writeFile(path.join(out, 'cache', 'mine.txt'), 'mine');
    await writeFile(path.join(out, 'report.html'), 'mine too');
    const before = await contents(out);
    const { code, stderr } = await tessera(...argv, '--out', out);
    expect(stderr).toContain(`${out} is no Tessera project (no project.json), but holds "cache"`);
    expect(stderr).toContain('Choose a new or empty folder with --out.');
    expect(code).toBe(2);
    expect(await contents(out)).toEqual(before);
  });

  it("holds another model's project, which stays as it is", async () => {
    const { folder, argv, out } = await redCase();
    expect((await tessera(...argv, '--out', out)).code).toBe(0);
    const before = await contents(out);
    const other = await writeModel(path.join(folder, 'other'), colourModel());
    const { code, stderr } = await tessera(...argv, '--model', other, '--out', out);
    expect(stderr).toContain(
      `${out} holds runs of another model (${path.join(folder, 'model', 'colours.onnx')}).`,
    );
    expect(stderr).toContain('Choose another folder with --out.');
    expect(code).toBe(2);
    expect(await contents(out)).toEqual(before);
  });

  it('holds a damaged project, which stays as it is', async () => {
    const { argv, out } = await redCase();
    await mkdir(out);
    await writeFile(path.join(out, 'project.json'), '{"schemaVersion": 1, "mod');
    const before = await contents(out);
    const { code, stderr } = await tessera(...argv, '--out', out);
    expect(stderr).toContain(`project: ${path.join(out, 'project.json')} is not JSON.`);
    expect(stderr).toContain('from a backup');
    expect(code).toBe(2);
    expect(await contents(out)).toEqual(before);
  });

  it('is in use by a process that lives', async () => {
    const { argv, out } = await redCase();
    expect((await tessera(...argv, '--out', out)).code).toBe(0);
    const lock = { pid: process.ppid, host: hostname(), since: '2026-01-01T00:00:00Z' };
    await writeFile(path.join(out, 'write.lock'), JSON.stringify(lock));
    const before = await contents(out);
    const { code, stderr } = await tessera(...argv, '--out', out);
    expect(stderr).toContain(`${out} is in use by process ${process.ppid}`);
    expect(code).toBe(2);
    expect(await contents(out)).toEqual(before);
  });
});

describe.skipIf(!mountable())('a disk that is full or read-only (needs root, to mount one)', () => {
  it('is reported; with space again the same command continues to the same result', async () => {
    const { argv, out } = await redCase(40);
    const whole = await tessera(...argv, '--out', out);
    const disk = mount();
    onTestFinished(unmount);
    const target = path.join(disk, 'out.tessera');
    const full = await tessera(...argv, '--out', target);
    expect(full.stderr).toMatch(
      /cannot write .*: the disk is full\nFree some space and run again; nothing was overwritten\.\n$/,
    );
    expect(full).toMatchObject({ code: 1, stdout: '' });
    expect([...(await contents(disk)).keys()].filter((file) => file.endsWith('.tmp'))).toEqual([]);

    execFileSync('mount', ['-o', 'remount,size=4m', disk]);
    execFileSync('mount', ['-o', 'remount,ro', disk]);
    const locked = await tessera(...argv, '--out', target);
    expect(locked.stderr).toContain('the disk is read-only\nChoose a place that can be written.\n');
    expect(locked).toMatchObject({ code: 1, stdout: '' });

    execFileSync('mount', ['-o', 'remount,rw', disk]);
    const continued = await tessera(...argv, '--out', target);
    expect(continued.stderr).toContain('Continuing run1, which was stopped before its end.');
    expect(continued.code).toBe(0);
    expect(findingsOf(continued.stdout)).toEqual(findingsOf(whole.stdout));
  });
});
