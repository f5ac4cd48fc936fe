import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { nmf } from '../../core/factorization/nmf.ts';
import { nnls } from '../../core/factorization/nnls.ts';
import { matrix, type Matrix } from '../../core/linalg/matrix.ts';
import type { Gemm } from '../../core/platform.ts';
import { createGemm } from '../../core/runtime/gemm.ts';
import { createSessionFactory } from '../../core/runtime/session.ts';

/** The target: scikit-learn's time over ours on the large matrix. */
const WANTED_SPEED_UP = 5;
/** The target: how far our relative error may lie above scikit-learn's. */
const WANTED_EXCESS_PERCENT = 0.1;

interface Case {
  readonly model: string;
  readonly tensor: string;
  readonly photos: number;
  readonly nComponents: number;
}
const CASES: readonly Case[] = [
  { model: 'mobilenet_v2', tensor: 'conv62_relu6', photos: 250, nComponents: 25 },
  { model: 'mobilenet_v2', tensor: 'conv62_relu6', photos: 100, nComponents: 10 },
  { model: 'mobilenet_v2', tensor: 'conv62_relu6', photos: 100, nComponents: 25 },
  { model: 'squeezenet1_1', tensor: 'concat_61', photos: 100, nComponents: 10 },
  { model: 'squeezenet1_1', tensor: 'concat_61', photos: 100, nComponents: 25 },
];
const CLASSES = ['airliner', 'english_springer', 'golf_ball', 'parachute', 'tench'];

const scripts = path.join(import.meta.dirname, 'python');
const shared = path.join(import.meta.dirname, '../../../shared/data');
const execute = promisify(execFile);

async function python(script: string, args: readonly string[]): Promise<unknown> {
  const { stdout } = await execute('python3', [path.join(scripts, script), ...args]);
  return JSON.parse(stdout);
}

/** Real activations, written to `file` by the Python script and read back. */
async function realActivations({ model, tensor, photos }: Case, file: string): Promise<Matrix> {
  const base = path.join(shared, 'models', model);
  const folders = CLASSES.map((name) => path.join(shared, 'images', name));
  const args = [`${base}.onnx`, `${base}.json`, tensor, String(photos), file, ...folders];
  const { rows, cols } = (await python('make_activations.py', args)) as { rows: number; cols: number };
  const bytes = await readFile(file);
  return matrix(rows, cols, new Float32Array(Uint8Array.from(bytes).buffer));
}

async function measure(gemm: Gemm, item: Case, file: string): Promise<string[]> {
  const activations = await realActivations(item, file);
  const { nComponents } = item;
  const [start, used] = [performance.now(), process.cpuUsage()];
  const ours = await nmf(activations, { nComponents, gemm });
  const seconds = (performance.now() - start) / 1000;
  const spent = process.cpuUsage(used);
  const processor = (spent.user + spent.system) / 1e6;
  const nnlsStart = performance.now();
  await nnls(activations, ours.conceptBank, { gemm });
  const nnlsMs = performance.now() - nnlsStart;
  const { rows, cols } = activations;
  const theirs = (await python('nmf_sklearn.py', [file, rows, cols, nComponents].map(String))) as {
    seconds: number;
    processor: number;
    relativeError: number;
    iterations: number;
    version: string;
  };
  const excess = (ours.stats.relativeError / theirs.relativeError - 1) * 100;
  return [
    `${item.model} ${item.tensor} [${rows}, ${cols}] r = ${nComponents}`,
    `  tessera             ${seconds.toFixed(2)} s (processor ${processor.toFixed(2)})  error ${ours.stats.relativeError.toFixed(5)}  ${ours.stats.iterations} iterations; NNLS ${nnlsMs.toFixed(0)} ms`,
    `  scikit-learn ${theirs.version}  ${theirs.seconds.toFixed(2)} s (processor ${theirs.processor.toFixed(2)})  error ${theirs.relativeError.toFixed(5)}  ${theirs.iterations} iterations`,
    `  ${(theirs.seconds / seconds).toFixed(1)}x faster (wanted ${WANTED_SPEED_UP}x at [12250, 1280]), ${(theirs.processor / processor).toFixed(1)}x in processor time; error ${excess.toFixed(3)} % above (allowed ${WANTED_EXCESS_PERCENT} %)`,
  ];
}

/** What stands in the way of a comparison, or undefined. */
async function whatIsMissing(): Promise<string | undefined> {
  if (!existsSync(shared)) return 'the photos and models of ../shared/data are not here';
  const needed = 'import numpy, onnx, onnxruntime, PIL, sklearn';
  return execute('python3', ['-c', needed]).then(
    () => undefined,
    () => `python3 cannot "${needed}"`,
  );
}

async function run(): Promise<readonly string[]> {
  const missing = await whatIsMissing();
  if (missing !== undefined) return [`not run: ${missing}`];
  const folder = await mkdtemp(path.join(os.tmpdir(), 'tessera-nmf-'));
  try {
    const gemm = createGemm(createSessionFactory({ device: 'cpu' }));
    const rows: string[] = [];
    // The products' sessions open with the first use; that belongs to no matrix.
    await nmf(matrix(2, 2, Float32Array.of(1, 2, 3, 4)), { nComponents: 1, gemm });
    for (const item of CASES) rows.push(...(await measure(gemm, item, path.join(folder, 'activations.f32'))));
    return rows;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export default { name: 'NMF against scikit-learn at its defaults', run };
