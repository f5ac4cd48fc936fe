import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { scanImages } from '../../../core/images/folder-scan.ts';
import type { Storage } from '../../../core/platform.ts';
import { fileStorage } from '../../../core/runtime/storage.ts';
import { TesseraError } from '../../../core/errors.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'tessera-scan-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function put(...names: string[]): Promise<void> {
  for (const name of names) {
    const path = join(root, name);
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(path, 'x');
  }
}

const pathsOf = (scan: { images: readonly { path: string }[] }) =>
  scan.images.map(({ path }) => path.slice(root.length + 1));

describe('scanImages()', () => {
  it('finds pictures in subfolders, sorted, labelled by their folder', async () => {
    await put('b/2.PNG', 'b/1.jpg', 'a/deep/3.webp', 'top.jpeg', 'notes.txt', 'b/readme');
    const scan = await scanImages(fileStorage, [root]);
    expect(pathsOf(scan)).toEqual(['a/deep/3.webp', 'b/1.jpg', 'b/2.PNG', 'top.jpeg']);
    expect(scan.images.map(({ folder }) => folder)).toEqual(['deep', 'b', 'b', '']);
    expect(scan).toMatchObject({ otherFiles: 2, skipped: [] });
    expect(scan.images[0].root).toBe(root);
  });

  it('takes names in any script, composed or decomposed', async () => {
    await put('çà/é.jpg', 'c\u0327a\u0300/e\u0301.jpg', '写真/猫.jpg', 'صور/قطة.jpg', '🦭/🐟 .jpg');
    expect((await scanImages(fileStorage, [root])).images.length).toBe(5);
  });

  it('passes over hidden files and folders', async () => {
    await put('.hidden/1.jpg', '._1.jpg', '1.jpg');
    expect(pathsOf(await scanImages(fileStorage, [root]))).toEqual(['1.jpg']);
  });

  it('ends on link loops and takes each file once', async () => {
    await put('a/1.jpg');
    await symlink('..', join(root, 'a', 'up'));
    await symlink('a', join(root, 'again'));
    await symlink('1.jpg', join(root, 'a', '2.jpg'));
    expect(pathsOf(await scanImages(fileStorage, [root, root]))).toEqual(['a/1.jpg']);
  });

  it('skips empty files and broken links, with the reason', async () => {
    await put('1.jpg');
    await writeFile(join(root, '0.jpg'), '');
    await symlink('nowhere.jpg', join(root, '2.jpg'));
    expect((await scanImages(fileStorage, [root])).skipped).toEqual([
      { file: join(root, '0.jpg'), reason: 'empty file' },
      { file: join(root, '2.jpg'), reason: 'broken link or not a regular file' },
    ]);
  });

  it('reports a folder that cannot be read and goes on', async () => {
    await put('a/1.jpg', 'locked/2.jpg');
    const locked = join(root, 'locked');
    const refusal = new TesseraError('storage', `cannot list ${locked}: permission denied`);
    const storage: Storage = {
      ...fileStorage,
      list: (path) => (path === locked ? Promise.reject(refusal) : fileStorage.list(path)),
    };
    const scan = await scanImages(storage, [root]);
    expect(pathsOf(scan)).toEqual(['a/1.jpg']);
    expect(scan.skipped).toEqual([{ file: locked, reason: refusal.message }]);
  });

  it('takes a file as a root', async () => {
    await put('a/1.jpg', 'a/2.jpg');
    expect(pathsOf(await scanImages(fileStorage, [join(root, 'a', '2.jpg')]))).toEqual(['a/2.jpg']);
  });

  it('says that nothing was found, and what was there instead', async () => {
    await writeFile(join(root, 'model.onnx'), 'x');
    await writeFile(join(root, '0.png'), '');
    await expect(scanImages(fileStorage, [root])).rejects.toMatchObject({
      code: 'no-images',
      message: `no picture was found in ${root}; 1 could not be used (first: ${join(root, '0.png')}: empty file); 1 other files are there`,
      hint: 'Give a folder that holds JPEG, PNG, WebP, GIF, TIFF, AVIF or BMP files.',
    });
    await expect(scanImages(fileStorage, [])).rejects.toThrow('no folder was given');
  });

  it('tells of given folders without a picture beside others, and not of one that was given twice', async () => {
    await put('a/1.jpg', 'a/deep/2.jpg', 'texts/notes.txt');
    await mkdir(join(root, 'empty'));
    const given = ['a', 'a/deep', 'texts', 'empty', 'a'].map((name) => join(root, name));
    const scan = await scanImages(fileStorage, given);
    expect(pathsOf(scan)).toEqual(['a/1.jpg', 'a/deep/2.jpg']);
    expect(scan.skipped).toEqual([
      { file: join(root, 'texts'), reason: 'a folder without pictures' },
      { file: join(root, 'empty'), reason: 'an empty folder' },
    ]);
  });

  it('refuses a root that is not there', async () => {
    await expect(scanImages(fileStorage, [join(root, 'absent')])).rejects.toMatchObject({
      code: 'no-images',
      message: `cannot read ${join(root, 'absent')}: there is no such file or folder`,
    });
  });
});
