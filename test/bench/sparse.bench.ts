import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { toRows } from '../../core/concepts/latent-rows.ts';
import { codesOf } from '../../core/factorization/sparse-codes.ts';
import { sparseDictionary } from '../../core/factorization/sparse-dictionary.ts';
import { matrix, type Matrix } from '../../core/linalg/matrix.ts';
import { reconstructionError } from '../../core/metrics/reconstruction.ts';
import { chooseLayer } from '../../core/pipeline/choose-layer.ts';
import { cutAt, runnerFor } from '../../core/pipeline/model-parts.ts';
import { readBatch, requireAll } from '../../core/pipeline/pictures.ts';
import { float32, type Tensor } from '../../core/tensor.ts';
import { missingData, realSetting, secondsOf, SHARED } from './shared-models.ts';

/** The target: as many rows of as many channels, in so many seconds. */
const [ROWS, CHANNELS, WANTED_SECONDS] = [40_000, 768, 60];
const [ATOMS, ACTIVE] = [64, 5];
const BATCH = 25;
const CLASSES = ['airliner', 'english_springer', 'golf_ball', 'parachute', 'tench'];

const script = path.join(import.meta.dirname, 'python/sparse_sklearn.py');
const execute = promisify(execFile);

interface Theirs {
  readonly seconds: number;
  readonly processor: number;
  readonly active: number;
  readonly lasso: number;
  readonly kept: number;
  readonly version: string;
}

/** Columns reversed within rows, [1, C, H, W] or [1, H, W, C]: the picture in a mirror. */
function mirrored({ data, dims }: Tensor<'float32'>, isNhwc: boolean): Tensor<'float32'> {
  const [width, inner] = isNhwc ? [dims[2], dims[3]] : [dims[3], 1];
  const out = new Float32Array(data.length);
  for (let at = 0; at < data.length; at++) {
    const [column, rest] = [Math.floor(at / inner) % width, at % inner];
    const line = Math.floor(at / inner / width);
    out[(line * width + (width - 1 - column)) * inner + rest] = data[at];
  }
  return float32(out, dims);
}

/** Activations of photos, then of photos in a mirror, of MobileNetV2's last map: the first channels of {@link ROWS} rows. */
async function activations(): Promise<Matrix> {
  const { environment, intake, device } = await realSetting('mobilenet_v2', CLASSES[0]);
  const layer = chooseLayer(intake, undefined);
  const runner = runnerFor({ environment, intake, device }, cutAt(intake, layer).latent);
  const { preprocessing } = intake.preprocessing;
  const result = matrix(ROWS, CHANNELS);
  let row = 0;
  const files: { path: string }[] = [];
  for (const name of CLASSES) {
    const root = path.join(SHARED, 'images', name);
    files.push(...(await readdir(root)).sort().map((file) => ({ path: path.join(root, file) })));
  }
  try {
    for (let at = 0; row < ROWS; at += BATCH) {
      const start = at % files.length;
      const input = requireAll(
        await readBatch(environment.codec, files.slice(start, start + BATCH), preprocessing),
      );
      const shown = at < files.length ? input : mirrored(input, preprocessing.layout === 'NHWC');
      const found = toRows(await runner.run(shown), layer);
      for (let i = 0; i < found.rows && row < ROWS; i++, row++) {
        const from = i * found.cols;
        result.data.set(found.data.subarray(from, from + CHANNELS), row * CHANNELS);
      }
    }
  } finally {
    await runner.dispose();
  }
  return result;
}

async function run(): Promise<readonly string[]> {
  if (missingData !== undefined) return [`not run: ${missingData}`];
  const lacking = await execute('python3', ['-c', 'import numpy, scipy, sklearn']).then(
    () => undefined,
    () => 'python3 cannot "import numpy, scipy, sklearn"',
  );
  const a = await activations();
  const { device } = await realSetting('mobilenet_v2', CLASSES[0]);
  const used = process.cpuUsage();
  let found: Awaited<ReturnType<typeof sparseDictionary>> | undefined;
  const seconds = await secondsOf(async () => {
    found = await sparseDictionary(a, { nComponents: ATOMS, active: ACTIVE, gemm: device.gemm });
  });
  const { user, system } = process.cpuUsage(used);
  const ours = reconstructionError(a, found!.coefficients, found!.conceptBank).r2;
  const rows = [
    `MobileNetV2's last map [${ROWS}, ${CHANNELS}], ${ATOMS} atoms, at most ${ACTIVE} a row`,
    `  tessera  ${seconds.toFixed(1)} s (processor ${((user + system) / 1e6).toFixed(1)}; wanted ${WANTED_SECONDS} s), R² ${ours.toFixed(4)}, ${found!.stats.iterations} iterations`,
  ];
  if (lacking !== undefined) return [...rows, `  not compared: ${lacking}`];
  return [...rows, ...(await compared(a, ours, (user + system) / 1e6))];
}

async function compared(a: Matrix, ours: number, processor: number): Promise<string[]> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'tessera-sparse-'));
  try {
    const [file, out] = [path.join(folder, 'a.f32'), path.join(folder, 'w.f32')];
    await writeFile(file, new Uint8Array(a.data.buffer));
    const args = [script, file, ...[a.rows, a.cols, ATOMS, ACTIVE].map(String), out];
    const theirs = JSON.parse((await execute('python3', args)).stdout) as Theirs;
    const data = new Float32Array(Uint8Array.from(await readFile(out)).buffer);
    const bank = { ...matrix(ATOMS, a.cols, data), active: ACTIVE };
    const recoded = reconstructionError(a, (await codesOf(a, bank)).coefficients, bank).r2;
    const best = Math.max(theirs.lasso, theirs.kept, recoded);
    return [
      `  scikit-learn ${theirs.version}  ${theirs.seconds.toFixed(1)} s (processor ${theirs.processor.toFixed(1)}), R² ${theirs.lasso.toFixed(4)} by its own codes (${theirs.active.toFixed(2)} a row in the mean), ${theirs.kept.toFixed(4)} by the ${ACTIVE} largest, ${recoded.toFixed(4)} by ours`,
      `  R² ${(ours / best).toFixed(3)} times the best of these (wanted above 1); ${(theirs.processor / processor).toFixed(2)} times faster in processor time`,
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export default { name: 'Sparse dictionary against scikit-learn', run };
