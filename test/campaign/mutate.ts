/*
 * Damages models, pictures and project files at random and gives them to the program: nothing may end in a native abort,
 * a wait of more than ten seconds, or a message that is no words. By hand:
 *
 *   npx tsx test/campaign/mutate.ts [COUNT] [COMMANDS] [SEED]
 *
 * 10,000 mutations in process and 500 commands unless said otherwise; a short form runs in the long lane.
 */
import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { TesseraError } from '../../core/errors.ts';
import { encodeModel } from '../../core/onnx/proto.ts';
import { openModel } from '../../core/pipeline/model-intake.ts';
import { loadEvaluation } from '../../core/project/evaluation-file.ts';
import { loadRun, openProject } from '../../core/project/project-folder.ts';
import { loadRunPictures } from '../../core/project/run-pictures.ts';
import { loadRunTensors } from '../../core/project/tensors-file.ts';
import { createRandom, type Random } from '../../core/random.ts';
import { sharpCodec } from '../../core/runtime/image-codec.ts';
import { fileStorage } from '../../core/runtime/storage.ts';
import { colourModel } from '../fixtures/colour-model.ts';
import { loadNotes } from '../../core/project/run-notes.ts';

/** No answer may take longer. */
const LONGEST_MS = 10_000;
const FORMATS = ['jpeg', 'png', 'webp', 'gif', 'tiff', 'avif'] as const;
const PROJECT = path.join(import.meta.dirname, '../..');
const OLD = path.join(PROJECT, 'test/fixtures/project-0.1');

/** What a campaign came to. */
export interface CampaignCounts {
  readonly tried: Record<string, number>;
  readonly taken: number;
  readonly refused: number;
  readonly slowestMs: number;
  /** What went wrong, with the bytes' place. */
  readonly faults: readonly string[];
}

interface Seeds {
  readonly models: readonly Uint8Array[];
  readonly pictures: readonly Uint8Array[];
  /** A whole project, and the files of it that are damaged one at a time. */
  readonly project: string;
  readonly files: readonly string[];
}

/** A damaged copy: flipped, overwritten, left out, doubled or cut bytes, or a number that is as large as can be. */
function mutated(bytes: Uint8Array, random: Random): Uint8Array {
  let out = Uint8Array.from(bytes);
  const times = 1 + Math.floor(random.uniform() * 4);
  for (let i = 0; i < times; i++) {
    // The heads of files are where sizes and places stand.
    const reach = random.uniform() < 0.5 ? Math.min(128, out.length) : out.length;
    const at = Math.floor(random.uniform() * reach);
    const length = 1 + Math.floor(random.uniform() * 16);
    const kind = Math.floor(random.uniform() * 6);
    if (kind === 0) out[at] ^= 1 << Math.floor(random.uniform() * 8);
    else if (kind === 1) out.fill(0xff, at, at + length);
    else if (kind === 2) out.fill(0, at, at + length);
    else if (kind === 3) out = Uint8Array.from([...out.subarray(0, at), ...out.subarray(at + length)]);
    else if (kind === 4) out = Uint8Array.from([...out.subarray(0, at + length), ...out.subarray(at)]);
    else out = out.slice(0, Math.max(1, at));
  }
  return out;
}

async function seedsIn(folder: string): Promise<Seeds> {
  const noise = sharp({
    create: {
      ...{ width: 40, height: 30, channels: 3, background: 'red' },
      noise: { type: 'gaussian', mean: 128, sigma: 40 },
    },
  });
  const pictures = await Promise.all(FORMATS.map((format) => noise.clone().toFormat(format).toBuffer()));
  const { data } = await noise.clone().raw().toBuffer({ resolveWithObject: true });
  const project = path.join(folder, 'project');
  await cp(path.join(OLD, 'project'), project, { recursive: true });
  const all = await readdir(project, { recursive: true });
  return {
    models: [encodeModel(colourModel()), await readFile(path.join(OLD, 'colours.onnx'))],
    pictures: [...pictures, bmpOf(40, 30, data)],
    project,
    files: all.filter((name) => /\.(json|safetensors)$/.test(name)),
  };
}

function bmpOf(width: number, height: number, data: Uint8Array): Uint8Array {
  const bytes = Buffer.alloc(54 + data.length);
  bytes.write('BM');
  bytes.writeUInt32LE(54, 10);
  bytes.writeUInt32LE(40, 14);
  bytes.writeInt32LE(width, 18);
  bytes.writeInt32LE(height, 22);
  bytes.writeUInt16LE(1, 26);
  bytes.writeUInt16LE(24, 28);
  bytes.set(data, 54);
  return bytes;
}

type Kind = 'model' | 'picture' | 'project';
const KINDS: readonly Kind[] = ['picture', 'model', 'project'];

/** Where one damaged file is tried. */
interface Trial {
  readonly kind: Kind;
  readonly i: number;
  readonly seeds: Seeds;
  readonly folder: string;
  readonly random: Random;
}

/** What became of it: taken, refused in words, or neither. */
interface Verdict {
  readonly outcome: 'taken' | 'refused' | undefined;
  readonly tookMs: number;
  readonly faults: readonly string[];
}

async function campaign(
  count: number,
  seed: number,
  tried: (trial: Trial) => Promise<Verdict>,
): Promise<CampaignCounts> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tessera-mutate-'));
  const random = createRandom(seed);
  const counts = {
    tried: {} as Record<string, number>,
    taken: 0,
    refused: 0,
    slowestMs: 0,
    faults: [] as string[],
  };
  try {
    const seeds = await seedsIn(folder);
    await mkdir(path.join(folder, 'images'));
    for (let i = 0; i < count; i++) {
      const kind = KINDS[i % KINDS.length];
      counts.tried[kind] = (counts.tried[kind] ?? 0) + 1;
      const { outcome, tookMs, faults } = await tried({ kind, i, seeds, folder, random });
      if (outcome !== undefined) counts[outcome]++;
      counts.slowestMs = Math.max(counts.slowestMs, tookMs);
      counts.faults.push(...faults);
    }
    return counts;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Gives `count` damaged files to the core, in this process. */
export function mutateInProcess(count: number, seed: number): Promise<CampaignCounts> {
  return campaign(count, seed, async ({ kind, i, seeds, folder, random }) => {
    const begun = performance.now();
    const error = await tryOne(kind, seeds, folder, random).then(
      () => undefined,
      (thrown: unknown) => ({ thrown }),
    );
    const tookMs = performance.now() - begun;
    const isRefused = error !== undefined && isInWords(error.thrown);
    const faults = [
      ...(error !== undefined && !isRefused ? [`${kind} ${i}: ${stackOf(error.thrown)}`] : []),
      ...(tookMs > LONGEST_MS ? [`${kind} ${i}: took ${Math.round(tookMs)} ms`] : []),
    ];
    return { outcome: error === undefined ? 'taken' : isRefused ? 'refused' : undefined, tookMs, faults };
  });
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** A TesseraError whose message is a sentence, not what a library said of its insides. */
function isInWords(error: unknown): boolean {
  if (!(error instanceof TesseraError)) return false;
  return (
    error.message.length > 3 && !/\n\s+at |undefined|NaN|\[object|TypeError|RangeError/.test(error.message)
  );
}

function oneOf<T>(items: readonly T[], random: Random): T {
  return items[Math.floor(random.uniform() * items.length)];
}

async function tryOne(kind: Kind, seeds: Seeds, folder: string, random: Random): Promise<void> {
  if (kind === 'picture') {
    const file = path.join(folder, 'picture.jpg');
    await writeFile(file, mutated(oneOf(seeds.pictures, random), random));
    const fit = oneOf(['cover', 'stretch', 'contain'] as const, random);
    await sharpCodec.decodeFitted(file, { width: 32, height: 32, fit, kernel: 'cubic' });
  } else if (kind === 'model') {
    const file = path.join(folder, 'model.onnx');
    await writeFile(file, mutated(oneOf(seeds.models, random), random));
    await openModel(fileStorage, file);
  } else await tryProject(seeds, random);
}

async function tryProject({ project, files }: Seeds, random: Random): Promise<void> {
  const name = path.join(project, oneOf(files, random));
  const whole = await readFile(name);
  await writeFile(name, mutated(whole, random));
  try {
    const opened = await openProject(fileStorage, project);
    for (const id of opened.file.runs) {
      const { explanation } = await loadRun(opened, id);
      await loadNotes(opened, id);
      await loadEvaluation(opened, id);
      await loadRunPictures(opened, id);
      if (explanation !== undefined) await loadRunTensors(opened, id);
    }
  } finally {
    await writeFile(name, whole);
  }
}

/** Gives `count` damaged files to commands, each in a process of its own; `program` starts the command line. */
export function mutateByCommand(
  count: number,
  seed: number,
  program: readonly string[],
): Promise<CampaignCounts> {
  return campaign(count, seed, async ({ kind, i, seeds, folder, random }) => {
    const { argv, restore } = await commandOf(kind, seeds, folder, random);
    const begun = performance.now();
    const { code, signal, stderr } = await ended([...program, ...argv]);
    const tookMs = performance.now() - begun;
    await restore();
    const isFault =
      signal !== null || ![0, 1, 2].includes(code ?? -1) || /\n\s+at |this is a bug/.test(stderr);
    if (!isFault && tookMs <= LONGEST_MS)
      return { outcome: code === 0 ? 'taken' : 'refused', tookMs, faults: [] };
    const fault = `${argv[0]} ${i}: code ${code}, ${signal}, ${Math.round(tookMs)} ms\n${stderr}`;
    return { outcome: undefined, tookMs, faults: [fault] };
  });
}

async function commandOf(kind: Kind, seeds: Seeds, folder: string, random: Random) {
  const keep = (): Promise<void> => Promise.resolve();
  if (kind === 'model') {
    const model = path.join(folder, 'model.onnx');
    await writeFile(model, mutated(oneOf(seeds.models, random), random));
    return { argv: ['inspect', model], restore: keep };
  }
  if (kind === 'picture') {
    const images = path.join(folder, 'images');
    await writeFile(path.join(images, 'damaged.jpg'), mutated(oneOf(seeds.pictures, random), random));
    await writeFile(path.join(images, 'whole.png'), seeds.pictures[1]);
    const model = path.join(OLD, 'colours.onnx');
    const asked = [
      '--model',
      model,
      '--images',
      images,
      '--class',
      '0',
      '--select',
      'all',
      '--concepts',
      '2',
    ];
    const quick = [
      '--evaluate',
      'none',
      '--samples',
      '8',
      '--map',
      'upsampled-coefficients',
      '--device',
      'cpu',
    ];
    return {
      argv: ['explain', ...asked, ...quick, '--out', path.join(folder, 'out.tessera')],
      restore: keep,
    };
  }
  const name = path.join(seeds.project, oneOf(seeds.files, random));
  const whole = await readFile(name);
  await writeFile(name, mutated(whole, random));
  return { argv: ['report', seeds.project], restore: () => writeFile(name, whole) };
}

function ended(argv: readonly string[]) {
  const [program, ...rest] = argv;
  const child = spawn(program, rest, { cwd: PROJECT, timeout: 4 * LONGEST_MS, killSignal: 'SIGKILL' });
  let stderr = '';
  child.stdout.resume();
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise<{ code: number | null; signal: NodeJS.Signals | null; stderr: string }>(
    (resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code, signal) => resolve({ code, signal, stderr }));
    },
  );
}

if (process.argv[1] === import.meta.filename) {
  const [count = 10_000, commands = 500, seed = 1] = process.argv.slice(2).map(Number);
  const all = [await mutateInProcess(count, seed)];
  console.log(
    'in process',
    { ...all[0], faults: all[0].faults.length },
    all[0].faults.slice(0, 8).join('\n'),
  );
  all.push(
    await mutateByCommand(commands, seed, [
      process.execPath,
      process.env['TESSERA_CLI'] ?? '--import',
      ...(process.env['TESSERA_CLI'] === undefined ? ['tsx', 'main/cli/tessera.ts'] : []),
    ]),
  );
  console.log(
    'by command',
    { ...all[1], faults: all[1].faults.length },
    all[1].faults.slice(0, 8).join('\n'),
  );
  process.exitCode = all.some(({ faults }) => faults.length > 0) ? 1 : 0;
}
