import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DEFAULT_OPTIONS } from '../../core/concepts/run-options.ts';
import { openOrCreateProject } from '../../core/pipeline/open-project.ts';
import { explainOptions } from '../core/pipeline/explain-options.ts';
import { createRandom } from '../../core/random.ts';
import { ComputeClient } from '../../main/compute/client.ts';
import { spawnFork } from '../../main/compute/spawn-fork.ts';
import { missingData, realSetting, secondsOf } from './shared-models.ts';

const COMPUTE = path.join(import.meta.dirname, '../../main/compute/process.ts');
const MODELS = [
  { model: 'squeezenet1_1', folder: 'parachute', className: 'parachute' },
  { model: 'mobilenet_v2', folder: 'golf_ball', className: 'golf ball' },
];
const IMAGES = 24;
const REQUESTS = 200;
/** The target for one image, from request to answer: 95th percentile in ms. */
const WANTED_MS = 50;

/** Sliders of one image and of a run on real models, through the compute process and its messages. */
async function run(): Promise<string[]> {
  if (missingData !== undefined) return [`left out: ${missingData}`];
  const rows: string[] = [];
  for (const { model, folder, className } of MODELS) rows.push(...(await ofModel(model, folder, className)));
  return rows;
}

async function ofModel(model: string, folder: string, className: string): Promise<string[]> {
  const place = await mkdtemp(path.join(tmpdir(), 'tessera-bench-'));
  const client = new ComputeClient({
    spawn: () => spawnFork(COMPUTE, 'bench', (text) => console.error(text)),
    concurrency: 4,
  });
  try {
    const question = await explained(model, folder, className, place);
    const random = createRandom(0);
    const concepts = (await client.run('readResult', question)).concepts.map(({ id }) => id);
    const factors = () => Object.fromEntries(concepts.map((id) => [id, 2 * random.uniform()]));
    const ask = () => client.run('ablateImage', { ...question, image: 3, factors: factors() });
    const first = await secondsOf(ask);
    const next = await secondsOf(() => client.run('ablateImage', { ...question, image: 4, factors: {} }));
    const times = await timesOf(REQUESTS, ask);
    const all = () => client.run('ablateRun', { ...question, factors: factors() });
    const firstRun = await secondsOf(all);
    const runs = await timesOf(10, all);
    const counterfactual = await secondsOf(() => client.run('findCounterfactual', { ...question, image: 3 }));
    const p95 = quantile(times, 0.95);
    return [
      `${model}, ${concepts.length} concepts, ${REQUESTS} requests for one image, through the compute process`,
      `  median ${ms(quantile(times, 0.5))}, 95th percentile ${ms(p95)} (wanted ${WANTED_MS} ms), slowest ${ms(quantile(times, 1))}`,
      `  first request with the model's opening ${ms(first)}, another image ${ms(next)}; smallest change that flips the decision ${ms(counterfactual)}`,
      `  all ${IMAGES} images: first ${ms(firstRun)}, then median ${ms(quantile(runs, 0.5))}`,
    ];
  } finally {
    client.close();
    await rm(place, { recursive: true, force: true });
  }
}

async function explained(model: string, folder: string, className: string, place: string) {
  const { environment, device, intake, photos } = await realSetting(model, folder);
  const images = photos.slice(0, IMAGES);
  const project = await openOrCreateProject(environment, place, intake, images);
  const { run } = await explainOptions(
    { environment, device, intake, project, onProgress: () => undefined, signal: undefined },
    {
      ...DEFAULT_OPTIONS,
      model: intake.path,
      images,
      class: className,
      select: 'all',
      device: 'cpu',
      maps: ['upsampled-coefficients'],
    },
  );
  return { folder: place, runId: run.id, key: 'bench' };
}

async function timesOf(count: number, work: () => Promise<unknown>): Promise<number[]> {
  const seconds: number[] = [];
  for (let i = 0; i < count; i++) seconds.push(await secondsOf(work));
  return seconds;
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

function ms(seconds: number): string {
  return `${(1000 * seconds).toFixed(1)} ms`;
}

export default { name: 'Ablation: what if this concept were not there, live', run };
