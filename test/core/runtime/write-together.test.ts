import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { putInPlace } from '../../../core/runtime/write-atomic.ts';
import { writeTogether } from '../../../core/runtime/write-together.ts';

async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tessera-together-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text);
  return folder;
}

async function contents(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder)).sort();
  const texts = await Promise.all(names.map((name) => readFile(path.join(folder, name), 'utf8')));
  return Object.fromEntries(names.map((name, at) => [name, texts[at]]));
}

const written = (folder: string) =>
  new Map(['a', 'b', 'c'].map((name) => [path.join(folder, name), `new ${name}`]));

/** Puts files in place until one of this name, which another program holds. */
const heldAt =
  (name: string): typeof putInPlace =>
  (draft, target) =>
    path.basename(target) === name
      ? Promise.reject(Object.assign(new Error('EBUSY'), { code: 'EBUSY' }))
      : putInPlace(draft, target);

describe('writeTogether()', () => {
  it('writes all, and leaves nothing else', async () => {
    const folder = await folderWith({ a: 'old a' });
    await writeTogether(written(folder));
    expect(await contents(folder)).toEqual({ a: 'new a', b: 'new b', c: 'new c' });
  });

  it('changes none where one cannot be written', async () => {
    const folder = await folderWith({ a: 'old a' });
    const lost = path.join(folder, 'no', 'c');
    await expect(writeTogether(written(folder).set(lost, 'x'))).rejects.toMatchObject({
      code: 'storage',
      message: `cannot write ${lost}: there is no such file or folder`,
    });
    expect(await contents(folder)).toEqual({ a: 'old a' });
  });

  it('changes none where a folder has the name of one', async () => {
    const folder = await folderWith({ a: 'old a' });
    await mkdir(path.join(folder, 'c'));
    await expect(writeTogether(written(folder))).rejects.toThrow('it is a folder, not a file');
    expect((await readdir(folder)).sort()).toEqual(['a', 'c']);
    expect(await readFile(path.join(folder, 'a'), 'utf8')).toBe('old a');
  });

  it('says which are new where the last is held, and takes back those that were not there', async () => {
    const folder = await folderWith({ a: 'old a', c: 'old c' });
    await expect(writeTogether(written(folder), heldAt('c'))).rejects.toMatchObject({
      code: 'storage',
      message: `cannot write ${path.join(folder, 'c')}: another program is using it. New already: ${path.join(folder, 'a')}.`,
      hint: 'These files belong together; run again when it can be written.',
    });
    expect(await contents(folder)).toEqual({ a: 'new a', c: 'old c' });
  });

  it('leaves nothing where nothing was', async () => {
    const folder = await folderWith({});
    await expect(writeTogether(written(folder), heldAt('c'))).rejects.toMatchObject({
      message: `cannot write ${path.join(folder, 'c')}: another program is using it`,
    });
    expect(await contents(folder)).toEqual({});
  });
});
