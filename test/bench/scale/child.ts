import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { prevalences } from '../../../core/pipeline/assemble-explanation.ts';
import { DEFAULT_OPTIONS } from '../../../core/concepts/run-options.ts';
import { orderPlaces } from '../../../core/concepts/place-order.ts';
import { strongest } from '../../../core/concepts/strongest.ts';
import { lazyList } from '../../../core/lazy-list.ts';
import { matrix } from '../../../core/linalg/matrix.ts';
import { openModel } from '../../../core/pipeline/model-intake.ts';
import { openOrCreateProject } from '../../../core/pipeline/open-project.ts';
import { openCoefficients, saveCoefficients } from '../../../core/project/coefficients-file.ts';
import { createProject } from '../../../core/project/project-folder.ts';
import { fileStorage } from '../../../core/runtime/storage.ts';
import { bootstrapImportance } from '../../../core/sensitivity/bootstrap.ts';
import { createNodeEnvironment } from '../../../main/compute/node-environment.ts';
import { createJobs } from '../../../main/compute/jobs/all-jobs.ts';
import { explainOptions } from '../../core/pipeline/explain-options.ts';

/** What a process of its own measured: seconds and bytes by name, and the most memory that it took. */
export interface Measured {
  readonly seconds: Readonly<Record<string, number>>;
  readonly bytes: Readonly<Record<string, number>>;
  readonly peakMb: number;
}

type Figures = Omit<Measured, 'peakMb'>;

const CONTEXT = {
  signal: new AbortController().signal,
  onProgress: () => undefined,
  onNews: () => undefined,
};

/** Explains a folder of pictures; seconds of each stage, bytes that it left on the disk. */
async function explainFolder(model: string, images: string, out: string): Promise<Figures> {
  const environment = createNodeEnvironment();
  const intake = await openModel(environment.storage, model);
  const device = await environment.openDevice('cpu');
  const project = await openOrCreateProject(environment, out, intake, [images]);
  const begunMs = Date.now();
  const { run } = await explainOptions(
    { environment, device, intake, project, onProgress: () => undefined, signal: undefined },
    {
      ...DEFAULT_OPTIONS,
      ...{ model: intake.path, images: [images], class: 'red', select: 'all', concepts: 2, device: 'cpu' },
    },
  );
  const seconds: Record<string, number> = {};
  for (const [name, { elapsedMs = 0 }] of Object.entries(run.stages)) seconds[name] = elapsedMs / 1000;
  const whole = (Date.now() - begunMs) / 1000;
  const bytes: [string, number][] = [];
  for (const name of await readdir(path.join(out, 'cache'))) {
    const size = await sizeOfFolder(path.join(out, 'cache', name));
    bytes.push([name.replace(/-[0-9a-f]{32}$/, ''), size]);
  }
  for (const name of await readdir(path.join(out, 'runs/run1')))
    bytes.push([name, (await stat(path.join(out, 'runs/run1', name))).size]);
  return { seconds: { ...seconds, whole }, bytes: Object.fromEntries(bytes) };
}

async function sizeOfFolder(folder: string): Promise<number> {
  const names = await readdir(folder).catch(() => undefined);
  if (names === undefined) return (await stat(folder)).size;
  const sizes = await Promise.all(names.map(async (name) => (await stat(path.join(folder, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Opens a finished run as the window does; seconds of each question, and of the same once more. */
async function look(folder: string): Promise<Figures> {
  const jobs = createJobs({});
  const question = { folder, key: 'key', runId: 'run1' };
  const seconds: Record<string, number> = {};
  const bytes: Record<string, number> = {};
  const timed = async <T>(name: string, ask: () => Promise<T>): Promise<T> => {
    const begun = performance.now();
    const answer = await ask();
    seconds[name] = (performance.now() - begun) / 1000;
    bytes[name] = JSON.stringify(answer).length;
    return answer;
  };
  await timed('list of runs', () => jobs.listRuns({ folder, key: 'key' }, CONTEXT));
  const { concepts } = await timed('open', () => jobs.readResult(question, CONTEXT));
  await timed('open again', () => jobs.readResult(question, CONTEXT));
  const page = { ...question, concept: concepts[0].id, offset: 0, limit: 60 } as const;
  await timed('first page', () => jobs.listCrops(page, CONTEXT));
  await timed('first page again', () => jobs.listCrops(page, CONTEXT));
  await timed('first page of another', () => jobs.listCrops({ ...page, concept: concepts[1].id }, CONTEXT));
  const images = { ...question, offset: 0, limit: 500 };
  await timed('first page of strongest', () => jobs.listCrops({ ...page, places: 'strongest' }, CONTEXT));
  await timed('first images', () => jobs.listRunImages(images, CONTEXT));
  await timed('more images', () => jobs.listRunImages({ ...images, offset: 500, limit: 5000 }, CONTEXT));
  await timed('changes of files', () => jobs.readInputs(question, CONTEXT));
  return { seconds, bytes };
}

const [POSITIONS, CONCEPTS] = [49, 10];

/** The arrays of a run whose coefficients are made of numbers: written, opened, put in order, resampled. */
async function synthetic(count: number, folder: string): Promise<Figures> {
  const project = await createProject(fileStorage, folder, {
    model: { path: 'none', sha256: '0'.repeat(64) },
    preprocessing: {},
    labels: { source: 'none' },
    imageRoots: [],
  });
  const own = { ...project, file: { ...project.file, runs: ['run1'] } };
  await fileStorage.makeDirectory(path.join(folder, 'runs/run1'));
  const seconds: Record<string, number> = {};
  const timed = async <T>(name: string, work: () => T | Promise<T>): Promise<T> => {
    const begun = performance.now();
    const result = await work();
    seconds[name] = (performance.now() - begun) / 1000;
    return result;
  };
  const coefficients = lazyList(count, (image) => matrix(POSITIONS, CONCEPTS, someNumbers(image)));
  await timed('write coefficients', () =>
    saveCoefficients(own, 'run1', {
      coefficients,
      imageImportance: lazyList(count, (image) =>
        Float64Array.from(someNumbers(image).subarray(0, CONCEPTS)),
      ),
      strengths: lazyList(count, (image) => strongest(coefficients[image])),
    }),
  );
  const opened = await timed('open coefficients', () => openCoefficients(own, 'run1'));
  await timed('prevalences', () => prevalences(opened.strengths));
  const placed = { coefficients: opened.coefficients, cells: POSITIONS, firstPosition: 0 };
  await timed('first places of a concept', () => orderPlaces(placed, 0, { places: 'all', most: 1024 }));
  const indices = lazyList(count, (image) => [opened.imageImportance[image]]);
  await timed('bootstrap', () => bootstrapImportance(indices, { seed: 1 }));
  const file = path.join(folder, 'runs/run1/coefficients.safetensors');
  return { seconds, bytes: { coefficients: (await stat(file)).size } };
}

/** Cheap numbers in [0, 1), a third of them 0, other ones for every image. */
function someNumbers(image: number): Float32Array {
  let state = (image + 1) * 2654435761;
  return Float32Array.from({ length: POSITIONS * CONCEPTS }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.max(0, (1.5 * state) / 2 ** 32 - 0.5);
  });
}

const [kind, ...given] = process.argv.slice(2);
const figures =
  kind === 'explain'
    ? await explainFolder(given[0], given[1], given[2])
    : kind === 'look'
      ? await look(given[0])
      : await synthetic(Number(given[0]), given[1]);
const measured: Measured = { ...figures, peakMb: process.resourceUsage().maxRSS / 1024 };
process.stdout.write(`${JSON.stringify(measured)}\n`, () => process.exit());
