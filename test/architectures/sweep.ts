import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { vjp } from '../../core/autodiff/vjp.ts';
import { cutModel } from '../../core/onnx/cut-model.ts';
import type { Model } from '../../core/onnx/graph.ts';
import { encodeModel } from '../../core/onnx/proto.ts';
import { joinItems } from '../../core/pipeline/batch-items.ts';
import { openModel, type ModelIntake } from '../../core/pipeline/model-intake.ts';
import type { SessionFactory } from '../../core/platform.ts';
import type { Tensor } from '../../core/tensor.ts';
import { explainCommand } from '../../main/cli/explain.ts';
import { inspect } from '../../main/cli/inspect.ts';
import { createNodeEnvironment } from '../../main/compute/node-environment.ts';
import { readSafetensors } from '../fixtures/read-safetensors.ts';

const USAGE = `npx tsx test/architectures/sweep.ts MODELS IMAGES [NAME-START…] [--no-explain] [--jsonl FILE]
    Inspects, differentiates and explains what export.py wrote to MODELS, with the pictures of IMAGES.
    scores    relative L2 error of the scores of one picture against torch in float64
    batch     of those of three pictures at once against one at a time
    gradient  of the gradient of a score by the input; where torch disagrees, also of its slopes in some directions
              against central differences in float64, which decide
    cut       of the same gradient taken to the proposed cut, and from there on to the input`;

/** What one exported model gave. */
interface Row {
  readonly model: string;
  inspect: string;
  explain: string;
  scores?: number;
  batch?: number;
  gradient?: number;
  slopes?: number;
  cut?: number;
  note: string;
}

/** An opened model, and what torch says of it. */
interface Case {
  readonly row: Row;
  readonly sessions: SessionFactory;
  readonly intake: ModelIntake;
  readonly tensors: ReadonlyMap<string, Tensor<'float32'>>;
  readonly score: number;
}

/** Torch and we are taken to disagree beyond this. */
const SAME = 1e-3;
/** The differences themselves are good to half a percent where a kink lies near. */
const SAME_SLOPE = 1e-2;

const reason = (error: unknown) => (error instanceof Error ? error.message.split('\n')[0] : String(error));

/** What a command prints on standard output. */
async function printed(command: () => Promise<void>): Promise<string> {
  const { log, error } = console;
  const write = process.stderr.write.bind(process.stderr);
  const lines: string[] = [];
  console.log = (text: string) => lines.push(text);
  console.error = () => undefined;
  process.stderr.write = () => true;
  try {
    await command();
  } finally {
    Object.assign(console, { log, error });
    process.stderr.write = write;
  }
  return lines.join('\n');
}

async function run(sessions: SessionFactory, model: Model, feeds: Readonly<Record<string, Tensor>>) {
  const session = await sessions.open(encodeModel(model));
  try {
    return await session.run(feeds);
  } finally {
    await session.dispose();
  }
}

const numbers = ({ data }: Tensor) => Array.from(data as ArrayLike<number>);
const dot = (a: readonly number[], b: readonly number[]) =>
  a.reduce((sum, value, i) => sum + value * b[i], 0);
const norm = (values: readonly number[]) => Math.sqrt(dot(values, values));

function relativeError(got: readonly number[], wanted: readonly number[]): number {
  return got.length === wanted.length
    ? norm(got.map((value, i) => value - wanted[i])) / norm(wanted)
    : Infinity;
}

/** The product of one cotangent with the Jacobian between two tensors, and the value of `to`. */
async function product(
  sessions: SessionFactory,
  model: Model,
  ends: { readonly from: string; readonly to: string },
  x: Tensor,
  cotangent: (dims: readonly number[]) => Tensor,
) {
  const backward = vjp(model, { ...ends, inputDims: new Map([[ends.from, x.dims]]), cotangents: 'single' });
  const { inputs, outputs, aDims } = backward;
  const result = await run(sessions, backward.model, { [inputs.x]: x, [inputs.v]: cotangent(aDims) });
  return { a: result[outputs.a], gx: result[outputs.gx] };
}

const unit = (index: number) => (dims: readonly number[]) => {
  const data = new Float32Array(dims.reduce((size, dim) => size * dim, 1));
  data[index] = 1;
  return { type: 'float32' as const, dims, data };
};

async function checkScores({ row, sessions, intake, tensors }: Case) {
  const { model, hasFreeBatch } = intake;
  const [input, output] = [model.graph.inputs[0].name, model.graph.outputs[0].name];
  const scoresOf = async (x: Tensor) => numbers((await run(sessions, model, { [input]: x }))[output]);
  const x = tensors.get('x')!;
  row.scores = relativeError(await scoresOf(x), numbers(tensors.get('y')!));
  if (!hasFreeBatch) {
    row.note += 'fixed batch ';
    return;
  }
  const others = [1, 0.5, -0.7].map((factor) => ({ ...x, data: x.data.map((value) => factor * value) }));
  const alone: number[] = [];
  for (const other of others) alone.push(...(await scoresOf(other)));
  row.batch = relativeError(await scoresOf(joinItems(others)), alone);
}

async function checkGradient({ row, sessions, intake, tensors, score }: Case) {
  const { model } = intake;
  const [from, to] = [model.graph.inputs[0].name, model.graph.outputs[0].name];
  const { gx } = await product(sessions, model, { from, to }, tensors.get('x')!, unit(score));
  const got = numbers(gx);
  row.gradient = relativeError(got, numbers(tensors.get('gx')!));
  const slopes = tensors.get('slopes');
  if (row.gradient <= SAME || slopes === undefined) return;
  const ways = numbers(tensors.get('u')!);
  const ours = numbers(slopes).map((_, i) => dot(got, ways.slice(i * got.length, (i + 1) * got.length)));
  row.slopes = relativeError(ours, numbers(slopes));
  if (row.slopes <= SAME_SLOPE) row.note += 'torch.autograd differs, finite differences agree with us ';
}

async function checkCut({ row, sessions, intake, tensors, score }: Case) {
  const { model } = intake;
  const [from, to] = [model.graph.inputs[0].name, model.graph.outputs[0].name];
  const cut = intake.cutPoints.find(({ proposed }) => proposed)?.tensor;
  if (cut === undefined) return;
  const x = tensors.get('x')!;
  const { latent, head } = cutModel(model, cut, intake.inputDims);
  const at = await run(sessions, latent, { [from]: x });
  const above = await product(sessions, head, { from: cut, to }, at[cut], unit(score));
  const below = await product(sessions, latent, { from, to: cut }, x, () => above.gx);
  const whole = await product(sessions, model, { from, to }, x, unit(score));
  row.cut = relativeError(numbers(below.gx), numbers(whole.gx));
}

async function inspected(file: string): Promise<string> {
  const facts = JSON.parse(await printed(() => inspect([file, '--json']))) as {
    outputs: { role: string }[];
    score: { task: string } | null;
    problem: string | null;
    cutPoints: { tensor: string; shape: number[]; kind: string; proposed: boolean }[];
  };
  const cut = facts.cutPoints.find(({ proposed }) => proposed);
  const place = cut ? `${cut.kind} ${cut.shape.join('x')} of ${facts.cutPoints.length} cuts` : 'no cut';
  return [facts.outputs.map(({ role }) => role).join(' '), facts.score?.task ?? facts.problem, place].join(
    ', ',
  );
}

async function explained(file: string, images: string): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'sweep-'));
  const asked = '--select all --concepts 3 --samples 8 --replicates 1 --evaluate none --device cpu --json';
  const argv = ['--model', file, '--images', images, '--class', '0', '--out', folder, ...asked.split(' ')];
  try {
    const text = await printed(() => explainCommand(argv, new AbortController().signal));
    const { concepts, trust } = JSON.parse(text) as { concepts: unknown[]; trust: { grade: string } };
    return `${concepts.length} concepts, ${trust.grade}`;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function attempt<T>(work: () => Promise<T>): Promise<T | string> {
  try {
    return await work();
  } catch (error) {
    return `FAILED ${reason(error)}`;
  }
}

async function sweep(file: string, images: string | undefined): Promise<Row> {
  const row: Row = { model: path.basename(file, '.onnx'), inspect: '', explain: '-', note: '' };
  row.inspect = await attempt(() => inspected(file));
  if (images !== undefined) row.explain = await attempt(() => explained(file, images));
  const environment = createNodeEnvironment();
  const { sessions } = await environment.openDevice('cpu');
  const intake = await attempt(() => openModel(environment.storage, file));
  if (typeof intake === 'string') return row;
  const { score } = JSON.parse(readFileSync(file.replace(/onnx$/, 'json'), 'utf8')) as { score: number };
  const one = {
    row,
    sessions,
    intake,
    tensors: readSafetensors(file.replace(/onnx$/, 'safetensors')),
    score,
  };
  for (const check of [checkScores, checkGradient, checkCut])
    row.note += (await attempt(() => check(one))) ?? '';
  return row;
}

function line({ model, inspect, explain, scores, batch, gradient, slopes, cut, note }: Row): string {
  const errors = [scores, batch, gradient, cut].map((value) => value?.toExponential(1) ?? '-');
  if (slopes !== undefined) errors[2] += ` (slopes ${slopes.toExponential(1)})`;
  return `| ${[model, inspect, explain, ...errors, note.trim()].join(' | ')} |`;
}

async function main(argv: readonly string[]): Promise<void> {
  const at = argv.indexOf('--jsonl');
  const jsonl = at < 0 ? undefined : argv[at + 1];
  const words = argv.filter((word, index) => !word.startsWith('--') && (at < 0 || index !== at + 1));
  const [models, images, ...starts] = words;
  if (images === undefined || !existsSync(models)) {
    console.error(USAGE);
    process.exitCode = 2;
    return;
  }
  const names = readdirSync(models)
    .filter((name) => name.endsWith('.safetensors'))
    .map((name) => name.replace(/safetensors$/, 'onnx'))
    .filter((name) => starts.length === 0 || starts.some((start) => name.startsWith(start)));
  console.log(
    '| model | inspect | explain | scores | batch | gradient | cut | note |\n|---|---|---|---|---|---|---|---|',
  );
  for (const name of names) {
    const row = await sweep(path.join(models, name), argv.includes('--no-explain') ? undefined : images);
    console.log(line(row));
    if (jsonl !== undefined) await appendFile(jsonl, `${JSON.stringify(row)}\n`);
  }
}

await main(process.argv.slice(2));
