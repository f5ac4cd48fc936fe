import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect } from 'vitest';
import { createRandom } from '../../../core/random.ts';
import { projectFacts } from '../../campaign/project-facts.ts';
import { colourModel } from '../../fixtures/colour-model.ts';
import { BLUE, RED, scene, temporaryFolder, writeModel, type Blob, type Rgb } from './colour-case.ts';
import { tessera } from './run-tessera.ts';

const GREEN: Rgb = [20, 220, 20];

/** Squares of two colours a picture, most of them with red. */
export function sharedBlobs(index: number): Blob[] {
  const random = createRandom(index);
  const blob = (colour: Rgb): Blob => ({
    left: 4 * random.integer(5),
    top: 4 * random.integer(5),
    side: 4 + 4 * random.integer(3),
    colour,
  });
  return index % 4 === 3 ? [blob(BLUE)] : [blob(index % 2 === 0 ? GREEN : BLUE), blob(RED)];
}

/** A question, and what an undivided run says of it. */
export interface SharedRunCase {
  readonly folder: string;
  /** The project folder, which every run of the case has in turn. */
  readonly out: string;
  /** Options of `explain` and of `plan`. */
  readonly question: readonly string[];
  readonly whole: ReadonlyMap<string, string>;
}

/** So many small pictures, and what `explain` says of them. */
export async function explainedWhole(count: number, ...more: string[]): Promise<SharedRunCase> {
  const folder = await temporaryFolder();
  const model = await writeModel(path.join(folder, 'model'), colourModel());
  const images = path.join(folder, 'images');
  await mkdir(images);
  for (let index = 0; index < count; index++)
    await writeFile(
      path.join(images, `${String(index).padStart(3, '0')}.png`),
      await scene(sharedBlobs(index)),
    );
  const out = path.join(folder, 'colours.tessera');
  const asked = [
    '--model',
    model,
    '--images',
    images,
    '--class',
    'red',
    '--concepts',
    '3',
    '--select',
    'all',
  ];
  const question = [...asked, '--device', 'cpu', ...more, '--out', out];
  expect(await tessera('explain', ...question)).toMatchObject({ code: 0 });
  const whole = await factsOf(out);
  await rm(out, { recursive: true });
  return { folder, out, question, whole };
}

/** What a project says, without the records of who computed it. */
export async function factsOf(out: string): Promise<ReadonlyMap<string, string>> {
  return new Map([...(await projectFacts(out))].filter(([name]) => !name.startsWith('work/')));
}

/** What `status --json` says. */
export async function statusOf(out: string) {
  const { stdout } = await tessera('status', out, '--json');
  return JSON.parse(stdout) as {
    run: string | null;
    stages: {
      stage: string;
      state: string;
      pieces: number;
      stored: number;
      shards: { state: string; pid: number }[];
    }[];
    failures: { message: string; isFinal: boolean }[];
  };
}

/** Every file that a stage keeps. */
export async function piecesOf(out: string, stage: string): Promise<string[]> {
  const folders = (await readdir(path.join(out, 'cache'))).filter((name) => name.startsWith(`${stage}-`));
  expect(folders).toHaveLength(1);
  const folder = path.join(out, 'cache', folders[0]);
  return (await readdir(folder)).map((name) => path.join(folder, name));
}
