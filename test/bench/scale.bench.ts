import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { writeModel } from '../main/cli/colour-files.ts';
import { makePictures } from './scale/make-pictures.ts';
import type { Measured } from './scale/child.ts';
import type { Bench } from './run.ts';

/** Pictures that are made, explained and looked at; and images of which only the numbers are made. */
const COUNTS = [20_000, 100_000];
const SYNTHETIC = 1_000_000;

/** The targets: most memory of any process, and seconds until a project is open and a gallery has its first page. */
const WANTED = { peakMb: 700, open: 2, page: 0.2 };

const CHILD = path.join(import.meta.dirname, 'scale/child.ts');
const HOUR_MS = 3_600_000;

/** Bytes and seconds an image of each stage and file, the peak of each process. `given`: other numbers of pictures. */
async function run(given: readonly string[]): Promise<string[]> {
  const counts = given.length > 0 ? given.map(Number) : COUNTS;
  const folder = await mkdtemp(path.join(tmpdir(), 'tessera-scale-'));
  try {
    const rows: string[] = [];
    for (const count of counts) rows.push(...(await ofPictures(folder, count)));
    const numbers = await measure('synthetic', String(SYNTHETIC), path.join(folder, 'numbers'));
    return [
      ...rows,
      `${SYNTHETIC} images of 49 × 10 made of numbers`,
      ...perImage(numbers, SYNTHETIC),
      peak(numbers),
    ];
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function ofPictures(folder: string, count: number): Promise<string[]> {
  const own = path.join(folder, String(count));
  const model = await writeModel(path.join(own, 'model'));
  const images = await makePictures(path.join(own, 'images'), count);
  const out = path.join(own, 'p.tessera');
  const explained = await measure('explain', model, images, out);
  const looked = await measure('look', out);
  await rm(own, { recursive: true });
  const waits = Object.entries(looked.seconds).map(
    ([name, seconds]) => `    ${name.padEnd(26)} ${seconds.toFixed(2)} s, ${kilobytes(looked.bytes[name])}`,
  );
  return [
    `${count} pictures of 64 px, explained`,
    ...perImage(explained, count),
    peak(explained),
    `  looked at (wanted: open in ${WANTED.open} s, a first page in ${WANTED.page} s)`,
    ...waits,
    peak(looked),
  ];
}

async function measure(...given: readonly string[]): Promise<Measured> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', CHILD, ...given], {
    timeout: HOUR_MS,
    maxBuffer: 2 ** 24,
  });
  return JSON.parse(stdout) as Measured;
}

function perImage({ seconds, bytes }: Measured, count: number): string[] {
  const names = [...new Set([...Object.keys(seconds), ...Object.keys(bytes)])];
  return names.map((name) => {
    const time = name in seconds ? `${((1000 * seconds[name]) / count).toFixed(3)} ms an image` : '';
    const size = name in bytes ? `${(bytes[name] / count).toFixed(0)} B an image` : '';
    return `    ${name.padEnd(26)} ${[time, size].filter((text) => text !== '').join(', ')}`;
  });
}

function peak({ peakMb }: Measured): string {
  return `  peak ${peakMb.toFixed(0)} MB (wanted at most ${WANTED.peakMb})`;
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(0)} kB`;
}

export default { name: 'Many images', run } satisfies Bench;
