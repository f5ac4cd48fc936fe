import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { defaultPatch } from '../../core/pipeline/model-parts.ts';
import { readBatch, requireAll } from '../../core/pipeline/pictures.ts';
import { medianOf } from '../../core/metrics/median.ts';
import type { Tensor } from '../../core/tensor.ts';
import { missingData, realSetting, SHARED } from './shared-models.ts';

/* The whole command, from start to report, beside what deel-ai/Craft does with the same pictures. */

const ROOT = path.join(import.meta.dirname, '../..');
const MODEL = 'mobilenet_v2';
const TENSOR = 'conv62_relu6';
const FOLDER = 'golf_ball';
const CLASS = { name: 'golf ball', index: 575 } as const;
const PHOTOS = 100;
const CONCEPTS = 10;
const THREADS = 2;
/** Both sides take turns; the middle of each counts. `npm run bench whole 5` for five. */
const ROUNDS = 3;

/**
 * What is run of ours. Without its check it does what Craft does, and beside that predicts all images, looks for shortcuts,
 * takes every concept out, draws maps and writes the report; by default it also checks itself, and compares layers and numbers
 * of concepts where they do not carry the decision.
 */
const COMMANDS = [
  { name: 'explain, as it is by default', more: [] },
  { name: 'explain without its check', more: ['--evaluate', 'none'] },
] as const;

/** The stages that do what Craft's fit, importance and transform do. */
const ALIKE = ['rows', 'bank', 'coefficients', 'importance'] as const;

const execute = promisify(execFile);

/** Seconds on the clock, and of processor time, which other programs on the machine disturb less. */
interface Cost {
  readonly wall: number;
  readonly processor: number;
}

/** A whole command, and seconds on the clock of its stages that Craft has too. */
interface OwnCost extends Cost {
  readonly alike: number;
}

const TELL = `data:text/javascript,process.on('exit',()=>{const{user,system}=process.cpuUsage();process.stderr.write('PROCESSOR '+(user+system))})`;

async function ownCost(photos: string, out: string, more: readonly string[]): Promise<OwnCost> {
  const asked = ['--model', path.join(SHARED, 'models', `${MODEL}.onnx`), '--images', photos];
  const how = ['--class', CLASS.name, '--select', 'all', '--rows', 'crops', '--device', 'cpu', '--out', out];
  const program = ['--import', 'tsx', '--import', TELL, path.join(ROOT, 'main/cli/tessera.ts')];
  const start = performance.now();
  const { stderr } = await execute(process.execPath, [...program, 'explain', ...asked, ...how, ...more], {
    cwd: ROOT,
    maxBuffer: 2 ** 26,
  });
  const wall = (performance.now() - start) / 1000;
  const { stages } = JSON.parse(await readFile(path.join(out, 'runs/run1/run.json'), 'utf8')) as {
    stages: Record<(typeof ALIKE)[number], { elapsedMs: number }>;
  };
  const alike = ALIKE.reduce((sum, name) => sum + stages[name].elapsedMs / 1000, 0);
  await rm(out, { recursive: true, force: true });
  return { wall, alike, processor: Number(/PROCESSOR (\d+)/.exec(stderr)![1]) / 1e6 };
}

/** Craft's parts, each [wall, processor] in milliseconds. */
interface CraftTimes {
  readonly fit: readonly [number, number];
  readonly importance: readonly [number, number];
  readonly transform: readonly [number, number];
  readonly crops: number;
}

async function craftTimes(pictures: string, patch: number): Promise<CraftTimes> {
  const script = path.join(import.meta.dirname, 'python/craft_torch.py');
  const file = path.join(SHARED, 'models', `${MODEL}.onnx`);
  const numbers = [PHOTOS, CLASS.index, CONCEPTS, patch, THREADS].map(String);
  return JSON.parse(
    (await execute('python3', [script, file, TENSOR, pictures, ...numbers])).stdout,
  ) as CraftTimes;
}

function craftCost({ fit, importance, transform }: CraftTimes): Cost {
  const sum = (at: 0 | 1): number => (fit[at] + importance[at] + transform[at]) / 1000;
  return { wall: sum(0), processor: sum(1) };
}

/** Pictures [n, height, width, channels] with their channels first. */
function planar({ data, dims: [, height, width, channels] }: Tensor<'float32'>): Float32Array {
  const size = height * width;
  return Float32Array.from(data, (_, at) => {
    const [picture, within] = [Math.floor(at / (size * channels)), at % (size * channels)];
    return data[(picture * size + (within % size)) * channels + Math.floor(within / size)];
  });
}

const middle = (costs: readonly Cost[]): Cost => ({
  wall: medianOf(costs.map(({ wall }) => wall)),
  processor: medianOf(costs.map(({ processor }) => processor)),
});

/** What Craft does against our stages that do the same, which read and decode the pictures too. */
function sameWork(craft: number, own: readonly OwnCost[]): string {
  const alike = medianOf(own.map((cost) => cost.alike));
  return `the same work, ${ALIKE.join(', ')}, decoding included: ${alike.toFixed(1)} s, x${(craft / alike).toFixed(2)}`;
}

const text = ({ wall, processor }: Cost): string =>
  `${wall.toFixed(1)} s (processor ${processor.toFixed(1)} s)`;

async function measure(home: string, rounds: number): Promise<string[]> {
  const { environment, intake, photos } = await realSetting(MODEL, FOLDER);
  const some = photos.slice(0, PHOTOS);
  const folder = path.join(home, 'photos');
  await mkdir(folder);
  for (const file of some) await copyFile(file, path.join(folder, path.basename(file)));
  const files = some.map((file) => ({ path: file }));
  const { preprocessing } = intake.preprocessing;
  const pictures = path.join(home, 'pictures.f32');
  await writeFile(pictures, planar(requireAll(await readBatch(environment.codec, files, preprocessing))));

  const own = COMMANDS.map((): OwnCost[] => []);
  const theirs: CraftTimes[] = [];
  for (let round = 0; round < rounds; round++) {
    for (const [at, { more }] of COMMANDS.entries())
      own[at].push(await ownCost(folder, path.join(home, 'out.tessera'), more));
    theirs.push(await craftTimes(pictures, defaultPatch(intake)));
  }
  const craft = middle(theirs.map(craftCost));
  const parts = (['fit', 'importance', 'transform'] as const).map(
    (part) => `${part} ${(medianOf(theirs.map((times) => times[part][0])) / 1000).toFixed(1)} s`,
  );
  return [
    `${MODEL}, ${PHOTOS} photos, ${theirs[0].crops} crops, medians of ${rounds}`,
    `deel-ai/Craft, of pictures decoded before: ${text(craft)}: ${parts.join(', ')}`,
    sameWork(craft.wall, own.flat()),
    ...COMMANDS.map(({ name }, at) => {
      const cost = middle(own[at]);
      const ratio = (craft.wall / cost.wall).toFixed(2);
      return `${name}, start to report: ${text(cost)}, x${ratio} (wanted: 10; processor x${(craft.processor / cost.processor).toFixed(2)})`;
    }),
  ];
}

export default {
  name: 'The whole command from start to report, beside deel-ai/Craft (fit, importance, transform)',
  async run([rounds = String(ROUNDS)]: readonly string[]): Promise<readonly string[]> {
    if (missingData !== undefined) return [`skipped: ${missingData}`];
    const needed =
      'import torch, onnx, sklearn, scipy; from importlib.metadata import version; version("Craft-xai")';
    const lacking = await execute('python3', ['-c', needed]).then(
      () => undefined,
      () => `python3 cannot "${needed}"`,
    );
    if (lacking !== undefined) return [`skipped: ${lacking}`];
    const home = await mkdtemp(path.join(tmpdir(), 'tessera-whole-'));
    try {
      return await measure(home, Number(rounds));
    } finally {
      await rm(home, { recursive: true, force: true });
    }
  },
};
