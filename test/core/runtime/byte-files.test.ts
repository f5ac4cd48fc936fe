import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { fileStorage } from '../../../core/runtime/storage.ts';

async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tessera-bytes-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

describe('fileStorage.openBytes()', () => {
  it('gives any range, and says what is wrong when the file is gone or shorter', async () => {
    const file = path.join(await emptyFolder(), 'numbers');
    await writeFile(
      file,
      Uint8Array.from({ length: 100 }, (_, i) => i),
    );
    const bytes = await fileStorage.openBytes(file);
    expect(bytes.size).toBe(100);
    expect([...bytes.read(98, 2)]).toEqual([98, 99]);
    expect([...bytes.read(3, 0)]).toEqual([]);
    expect(() => bytes.read(99, 2)).toThrow(`cannot read ${file}: it ends too early`);
    await rm(file);
    expect(() => bytes.read(0, 1)).toThrow(`cannot read ${file}: there is no such file or folder`);
  });
});

describe('fileStorage.openSpool()', () => {
  it('gives back what was put aside, little or much, and leaves nothing in its folder', async () => {
    const folder = await emptyFolder();
    const spool = fileStorage.openSpool(folder);
    const piece = Uint8Array.from({ length: 3_000_000 }, (_, i) => i % 251);
    for (let part = 0; part < 4; part++) {
      spool.append(piece);
      expect(spool.size).toBe((part + 1) * piece.length);
      const middle = part * piece.length + 1000;
      expect(spool.read(middle, 5000)).toEqual(piece.slice(1000, 6000));
      expect([...spool.read(0, 3)]).toEqual([0, 1, 2]);
    }
    expect(await readdir(folder)).toEqual([]);
    // Whoever deletes the cache in the middle of a run does not take away what the run has put aside.
    await rm(folder, { recursive: true });
    expect(spool.read(11_999_999, 1)[0]).toBe(piece[2_999_999]);
    const elsewhere = fileStorage.openSpool(folder);
    for (let part = 0; part < 2; part++) elsewhere.append(piece);
    expect(elsewhere.read(3_000_001, 1)[0]).toBe(1);
  });
});
