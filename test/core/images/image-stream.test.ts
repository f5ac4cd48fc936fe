import { describe, expect, it } from 'vitest';
import { BugError, TesseraError } from '../../../core/errors.ts';
import type { SkippedFile } from '../../../core/images/folder-scan.ts';
import { streamImages, type ImageStreamOptions } from '../../../core/images/image-stream.ts';
import type { ImageCodec } from '../../../core/platform.ts';

/** A codec whose pictures carry their number; files named "bad" are broken, "bug" fails otherwise. */
function codec(watch: { running: number; most: number; started: number }): ImageCodec {
  const unused = () => Promise.reject(new BugError('not used'));
  return {
    decode: unused,
    encodeJpeg: unused,
    encodePng: unused,
    async decodeFitted(path) {
      watch.started++;
      watch.most = Math.max(watch.most, ++watch.running);
      // Later pictures are ready sooner, so that order is not an accident.
      await new Promise((resolve) => setTimeout(resolve, 3 - (watch.started % 3)));
      watch.running--;
      if (path.startsWith('bad')) throw new TesseraError('bad-image', 'corrupt JPEG');
      if (path.startsWith('bug')) throw new BugError('oops');
      return { width: 1, height: 1, data: Uint8Array.of(Number(path)) };
    },
  };
}

const files = (...paths: string[]) => paths.map((path) => ({ path, folder: '', root: '' }));
const fit = { width: 1, height: 1, fit: 'cover', kernel: 'cubic' } as const;

async function collect(paths: string[], options: Partial<ImageStreamOptions> = {}) {
  const watch = { running: 0, most: 0, started: 0 };
  const skipped: SkippedFile[] = [];
  const batches: number[][] = [];
  const onSkip = (file: SkippedFile) => void skipped.push(file);
  const stream = streamImages(codec(watch), files(...paths), { fit, batchSize: 4, onSkip, ...options });
  for await (const { files, images } of stream) {
    expect(files.map(({ path }) => Number(path))).toEqual(images.map(({ data }) => data[0]));
    batches.push(images.map(({ data }) => data[0]));
  }
  return { batches, skipped, ...watch };
}

const numbers = (count: number) => Array.from({ length: count }, (_, index) => String(index));

describe('streamImages()', () => {
  it('gives full batches in order and a smaller last one', async () => {
    const { batches } = await collect(numbers(10));
    expect(batches).toEqual([
      [0, 1, 2, 3],
      [4, 5, 6, 7],
      [8, 9],
    ]);
  });

  it('skips broken pictures, tells them, and keeps batches full', async () => {
    const { batches, skipped } = await collect(['0', 'bad-a', '1', '2', 'bad-b', '3', '4']);
    expect(batches).toEqual([[0, 1, 2, 3], [4]]);
    expect(skipped).toEqual([
      { file: 'bad-a', reason: 'corrupt JPEG' },
      { file: 'bad-b', reason: 'corrupt JPEG' },
    ]);
  });

  it('gives nothing for no files, or only broken ones', async () => {
    expect((await collect([])).batches).toEqual([]);
    expect((await collect(['bad', 'bad2'])).batches).toEqual([]);
  });

  it('never decodes more than it may ahead', async () => {
    expect((await collect(numbers(50), { ahead: 3 })).most).toBe(3);
  });

  it('has the next batch under way while one is in use, and stops when it is left', async () => {
    const watch = { running: 0, most: 0, started: 0 };
    const stream = streamImages(codec(watch), files(...numbers(100)), {
      fit,
      batchSize: 8,
      onSkip: () => undefined,
    });
    await stream.next();
    expect(watch.started).toBe(16);
    await stream.return();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(watch.started).toBe(16);
  });

  it('ends on a failure that is not the picture’s', async () => {
    await expect(collect(['0', 'bug', '1'])).rejects.toThrow('internal: oops');
  });
});
