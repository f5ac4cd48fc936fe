import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openLines, readLines, writeLines } from '../../../core/project/line-file.ts';
import { memoryStorage } from './memory-storage.ts';

const SHAPE = z.object({ file: z.string(), size: z.number() });
const NAMES = ['/a/plain.jpg', '/b/"quoted".jpg', '/c/back\\slash\\', '/d/\\"', '/ü/雪\n.jpg', ''];
const RECORDS = NAMES.map((file, size) => ({ file, size }));
const PATH = '/list.jsonl';

describe('openLines()', () => {
  it.each(NAMES)('finds the record of %j by its first field alone', async (name) => {
    const storage = memoryStorage();
    await writeLines(storage, PATH, RECORDS);
    const lines = (await openLines(storage, PATH, SHAPE))!;
    expect(lines.placeOf(name)).toBe(NAMES.indexOf(name));
    expect(lines.find(name)).toEqual(RECORDS[NAMES.indexOf(name)]);
    expect(lines.find(`${name}x`)).toBeUndefined();
    expect([...lines.records]).toEqual(RECORDS);
  });

  it('knows an empty list, one that is not there, and one that was changed', async () => {
    const storage = memoryStorage();
    expect(await openLines(storage, PATH, SHAPE)).toBeUndefined();
    await writeLines(storage, PATH, []);
    expect((await openLines(storage, PATH, SHAPE))!.records).toHaveLength(0);
    await writeLines(storage, PATH, RECORDS);
    const bytes = storage.files.get(PATH)!.slice();
    bytes[bytes.length - 3] ^= 1;
    storage.files.set(PATH, bytes);
    expect(await readLines(storage, PATH, SHAPE)).toBeUndefined();
  });

  it('tells at once of records of another shape', async () => {
    const storage = memoryStorage();
    await writeLines(storage, PATH, [{ file: 'a' }]);
    await expect(openLines(storage, PATH, SHAPE)).rejects.toThrow(z.ZodError);
  });
});
