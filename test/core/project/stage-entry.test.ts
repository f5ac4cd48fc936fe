import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStageEntry, type StagePiece } from '../../../core/project/stage-entry.ts';
import { fileStorage as storage } from '../../../core/runtime/storage.ts';
import { float32 } from '../../../core/tensor.ts';

const piece = (): StagePiece<{ count: number; gap: null }> => ({
  tensors: new Map([['a', float32(Float32Array.of(1, 2, 3), [3])]]),
  value: { count: 3, gap: null },
});

describe('openStageEntry() on a disk', () => {
  let folder: string;
  let warnings: string[];
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tessera-entry-'));
    warnings = [];
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const open = () => openStageEntry({ storage, folder }, 'predictions', 'f0', (text) => warnings.push(text));

  it('uses no byte of a piece that was changed: it computes it again and says so', async () => {
    await (await open()).get(0, () => Promise.resolve(piece()));
    const file = path.join(folder, 'cache/predictions-f0/000.safetensors');
    const whole = await readFile(file);
    let unnoticed = 0;
    for (let at = 0; at < whole.length; at++) {
      const damaged = Uint8Array.from(whole);
      damaged[at] ^= 1 << (at % 8);
      await writeFile(file, damaged);
      warnings.length = 0;
      let computed = false;
      const { tensors, value } = await (
        await open()
      ).get(0, () => {
        computed = true;
        return Promise.resolve(piece());
      });
      expect([...(tensors.get('a')!.data as Float32Array)]).toEqual([1, 2, 3]);
      expect(value).toEqual({ count: 3, gap: null });
      expect(warnings).toEqual(computed ? [`${file} is damaged and is computed again.`] : []);
      if (!computed) unnoticed++;
    }
    // Spaces that fill the header up mean nothing.
    expect(unnoticed).toBeLessThan(8);
  });

  it.each([0, 1, 7, 8, 20])('computes a piece again that was cut to %d bytes', async (length) => {
    await (await open()).get(0, () => Promise.resolve(piece()));
    const file = path.join(folder, 'cache/predictions-f0/000.safetensors');
    await writeFile(file, (await readFile(file)).subarray(0, length));
    await (await open()).get(0, () => Promise.resolve(piece()));
    expect(warnings).toEqual([`${file} is damaged and is computed again.`]);
    expect((await readFile(file)).length).toBeGreaterThan(20);
  });

  it('goes on when the cache is deleted at any time', async () => {
    const entry = await open();
    await entry.get(0, () => Promise.resolve(piece()));
    let isOver = false;
    const deleting = (async () => {
      while (!isOver)
        await rm(path.join(folder, 'cache'), { recursive: true, force: true }).catch(() => undefined);
    })();
    for (let i = 1; i < 60; i++) await entry.get(i % 7, () => Promise.resolve(piece()));
    isOver = true;
    await deleting;
    await entry.get(8, () => Promise.resolve(piece()));
    expect(await readdir(path.join(folder, 'cache/predictions-f0'))).toEqual(['008.safetensors']);
    expect(warnings).toEqual([]);
  });

  it('gives what was computed as it will be read', async () => {
    const odd = { nan: Number.NaN, zero: -0, list: [1, Number.POSITIVE_INFINITY] };
    const compute = () => Promise.resolve({ tensors: new Map(), value: odd });
    const computed = await (await open()).get(0, compute);
    const read = await (await open()).get(0, compute);
    expect(computed.value).toEqual(read.value);
  });
});
