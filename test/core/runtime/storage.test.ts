import { mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TesseraError } from '../../../core/errors.ts';
import { storageError } from '../../../core/runtime/storage-error.ts';
import { fileStorage as storage } from '../../../core/runtime/storage.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tessera-storage-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('fileStorage.writeAtomic()', () => {
  it('writes bytes and text, and replaces what was there', async () => {
    const path = join(folder, 'Grüße 日本.bin');
    await storage.writeAtomic(path, 'a much longer first text');
    await storage.writeAtomic(path, Uint8Array.of(1, 2, 3));
    expect(await storage.readBytes(path)).toEqual(Uint8Array.of(1, 2, 3));
  });

  it('takes names as long as the system allows', async () => {
    const path = join(folder, 'x'.repeat(255));
    await storage.writeAtomic(path, 'ok');
    expect(await readFile(path, 'utf8')).toBe('ok');
  });

  it('leaves no temporary file behind when it fails', async () => {
    const inner = join(folder, 'failing');
    await mkdir(join(inner, 'target', 'full'), { recursive: true });
    await expect(storage.writeAtomic(join(inner, 'target'), 'x')).rejects.toThrow(TesseraError);
    expect(await readdir(inner)).toEqual(['target']);
  });

  it.skipIf(process.platform !== 'linux')('tells that a parent is no folder', async () => {
    const error = await storage.writeAtomic('/dev/full/x', 'x').catch((cause: unknown) => cause);
    expect(error).toMatchObject({
      code: 'storage',
      message: 'cannot write /dev/full/x: a part of the path is a file, not a folder',
    });
  });

  it('names a folder that is not there', async () => {
    const path = join(folder, 'no', 'such', 'file');
    await expect(storage.writeAtomic(path, 'x')).rejects.toMatchObject({
      code: 'storage',
      message: `cannot write ${path}: there is no such file or folder`,
      hint: 'Check the path.',
    });
  });

  it('lets the last of several writers win, whole', async () => {
    const path = join(folder, 'contested');
    const texts = Array.from({ length: 8 }, (_, index) => String(index).repeat(100_000));
    await Promise.all(texts.map((text) => storage.writeAtomic(path, text)));
    expect(texts).toContain(await readFile(path, 'utf8'));
  });
});

describe('fileStorage.append()', () => {
  it('adds text to a file, also one that is not there yet, and tells why it cannot', async () => {
    const path = join(folder, 'lines.jsonl');
    await storage.append(path, 'one\n');
    await storage.append(path, 'two: Grüße\n');
    expect(await readFile(path, 'utf8')).toBe('one\ntwo: Grüße\n');
    await expect(storage.append(join(folder, 'nowhere', 'x'), 'x')).rejects.toMatchObject({
      code: 'storage',
      message: `cannot write ${join(folder, 'nowhere', 'x')}: there is no such file or folder`,
    });
  });
});

describe('fileStorage.createNew()', () => {
  it('lets one of several writers succeed, and leaves no temporary file behind', async () => {
    const inner = join(folder, 'new');
    await mkdir(inner);
    const path = join(inner, 'lock');
    const texts = Array.from({ length: 8 }, (_, index) => `writer ${index}`);
    const outcomes = await Promise.all(texts.map((text) => storage.createNew(path, text)));
    expect(outcomes.filter((isNew) => isNew)).toHaveLength(1);
    expect(await readFile(path, 'utf8')).toBe(texts[outcomes.indexOf(true)]);
    expect(await storage.createNew(path, 'late')).toBe(false);
    expect(await readdir(inner)).toEqual(['lock']);
  });

  it('names a folder that is not there', async () => {
    const path = join(folder, 'no', 'such', 'lock');
    await expect(storage.createNew(path, 'x')).rejects.toMatchObject({
      code: 'storage',
      message: `cannot write ${path}: there is no such file or folder`,
    });
  });
});

describe('storageError()', () => {
  const failure = (code: string) => Object.assign(new Error(`${code}: raw text`), { code });

  it.each([
    ['ENOSPC', 'cannot write /a/b: the disk is full'],
    ['EROFS', 'cannot write /a/b: the disk is read-only'],
    ['EACCES', 'cannot write /a/b: permission denied'],
    ['EISDIR', 'cannot write /a/b: it is a folder, not a file'],
    ['EODD', 'cannot write /a/b: EODD: raw text'],
  ])('puts %s into words', (code, message) => {
    expect(storageError('write', '/a/b', failure(code)).message).toBe(message);
  });

  it('keeps the cause and gives a hint', () => {
    const cause = failure('ENOSPC');
    const error = storageError('write', '/a/b', cause);
    expect(error.cause).toBe(cause);
    expect(error.hint).toBe('Free some space and run again; nothing was overwritten.');
  });
});

describe('fileStorage', () => {
  it('lists entries by name, with links resolved', async () => {
    const inner = join(folder, 'listing');
    await mkdir(join(inner, 'b-folder'), { recursive: true });
    await writeFile(join(inner, 'a-file'), 'x');
    await symlink('b-folder', join(inner, 'c-link'));
    await symlink('nowhere', join(inner, 'd-broken'));
    expect(await storage.list(inner)).toEqual([
      { name: 'a-file', kind: 'file' },
      { name: 'b-folder', kind: 'directory' },
      { name: 'c-link', kind: 'directory' },
      { name: 'd-broken', kind: 'other' },
    ]);
    expect(await storage.realPath(join(inner, 'c-link'))).toBe(
      await storage.realPath(join(inner, 'b-folder')),
    );
  });

  it('tells why a folder cannot be listed or a file read', async () => {
    await expect(storage.list(join(folder, 'absent'))).rejects.toMatchObject({ code: 'storage' });
    await expect(storage.readBytes(folder)).rejects.toMatchObject({
      message: `cannot read ${folder}: it is a folder, not a file`,
    });
    await expect(storage.stat(join(folder, 'absent'))).rejects.toMatchObject({ code: 'storage' });
  });

  it('creates folders with their parents, and removes trees', async () => {
    const deep = join(folder, 'one', 'two', 'three');
    await storage.makeDirectory(deep);
    await storage.makeDirectory(deep);
    expect(await storage.exists(deep)).toBe(true);
    await storage.remove(join(folder, 'one'));
    await storage.remove(join(folder, 'one'));
    expect(await storage.exists(deep)).toBe(false);
  });

  it('gives size, time and SHA-256', async () => {
    const path = join(folder, 'abc');
    await storage.writeAtomic(path, 'abc');
    const { size, modifiedMs } = await storage.stat(path);
    expect(size).toBe(3);
    expect(Math.abs(Date.now() - modifiedMs)).toBeLessThan(60_000);
    // NIST's example for SHA-256.
    expect(storage.sha256(await storage.readBytes(path))).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
  });

  it('reads an empty file', async () => {
    const path = join(folder, 'empty');
    await storage.writeAtomic(path, '');
    expect((await storage.readBytes(path)).length).toBe(0);
  });
});
