import { describe, expect, it } from 'vitest';
import type { Explanation, ImageRecord } from '../../../core/concepts/explanation.ts';
import { lazyList } from '../../../core/lazy-list.ts';
import { counted, saveExplained, withExplained } from '../../../core/project/explained-file.ts';
import { memoryStorage } from './memory-storage.ts';

const PATH = '/run1/explained.safetensors';

/** Names as file systems have them: quotes, other scripts, a byte that is no UTF-8 (see core/runtime/system-path.ts). */
const NAMES = ['a "b".png', '写真/ü.jpg', '/x/\udcff.png', ''];

const imageAt = (at: number): ImageRecord => ({
  file: `${NAMES[at % NAMES.length]}${at}`,
  predicted: {
    index: at % 3,
    name: `class ${at % 3}`,
    ...(at % 2 === 0 && { probability: at / 1000 }),
    ...(at % 5 === 0 && { value: -at }),
  },
  logit: Math.fround(at / 7),
  reconstructedLogit: at / 3,
  agrees: at % 4 !== 0,
});

const explanationOf = (count: number, concepts = 2) =>
  ({
    className: 'red',
    images: lazyList(count, imageAt),
    removals: Array.from({ length: concepts }, (_, concept) => ({
      concept: `c${concept}`,
      flips: Array.from({ length: concept * 3 }, (__, at) => ({
        image: at,
        to: { index: 1, name: at === 2 ? 'another' : 'class 1' },
      })),
    })),
  }) as unknown as Explanation;

describe('saveExplained() and withExplained()', () => {
  it.each([1, 255, 256, 700])('give back the images and flips of %d images', async (count) => {
    const storage = memoryStorage();
    const explanation = explanationOf(count, 3);
    await saveExplained(storage, PATH, explanation);
    const stored = counted(explanation);
    expect(stored).toEqual({
      className: 'red',
      images: count,
      removals: [
        { concept: 'c0', flips: 0 },
        { concept: 'c1', flips: 3 },
        { concept: 'c2', flips: 6 },
      ],
    });
    const read = await withExplained(storage, PATH, stored);
    expect(read).toEqual({ ...explanation, images: [...explanation.images] });
    expect(JSON.stringify(read)).toBe(JSON.stringify(explanation));
    expect(read.images.at(-1)).toEqual(imageAt(count - 1));
  });

  it('say that the file is damaged where it is of another number', async () => {
    const storage = memoryStorage();
    const explanation = explanationOf(9);
    await saveExplained(storage, PATH, explanation);
    await expect(withExplained(storage, PATH, { ...counted(explanation), images: 8 })).rejects.toMatchObject({
      code: 'bad-project',
      message: `project: ${PATH} is damaged: it has 9 images, and run.json 8.`,
    });
    storage.files.set(PATH, storage.files.get(PATH)!.subarray(0, 100));
    await expect(withExplained(storage, PATH, counted(explanation))).rejects.toMatchObject({
      code: 'bad-project',
    });
  });

  it('refuse a score that is no number', async () => {
    const images = [{ ...imageAt(0), logit: NaN }];
    await expect(saveExplained(memoryStorage(), PATH, { images })).rejects.toThrow('image 0 has scores NaN');
  });

  it('keep a million images in bytes that are read in part', async () => {
    const storage = memoryStorage();
    const explanation = explanationOf(1_000_000);
    await saveExplained(storage, PATH, explanation);
    expect(storage.files.get(PATH)!.length / 1_000_000).toBeLessThan(80);
    let read = 0;
    const counting = {
      openBytes: async (path: string) => {
        const source = await storage.openBytes(path);
        return {
          size: source.size,
          read: (offset: number, length: number) => {
            read += length;
            return source.read(offset, length);
          },
        };
      },
    };
    const { images } = await withExplained(counting, PATH, counted(explanation));
    expect(read).toBeLessThan(100_000);
    expect(images[765_432]).toEqual(imageAt(765_432));
    // The numbers of all, and the names of a few.
    expect(read / 1_000_000).toBeLessThan(42);
  });
});
