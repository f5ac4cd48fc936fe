import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Factorization } from '../../core/factorization/factorization.ts';
import { nmf } from '../../core/factorization/nmf.ts';
import { nnls } from '../../core/factorization/nnls.ts';
import { matrix, type Matrix } from '../../core/linalg/matrix.ts';
import { squaredResidual, squaredRowNorms } from '../../core/linalg/norms.ts';
import { medianOf } from '../../core/metrics/median.ts';
import { transpose } from '../../core/linalg/transpose.ts';
import { withGraph } from '../../core/onnx/graph-edits.ts';
import { encodeModel } from '../../core/onnx/proto.ts';
import { readBatch, requireAll } from '../../core/pipeline/pictures.ts';
import type { Gemm } from '../../core/platform.ts';
import { createGemm } from '../../core/runtime/gemm.ts';
import { createSessionFactory } from '../../core/runtime/session.ts';
import { expectFloat32 } from '../../core/tensor.ts';

import { missingData, realSetting, SHARED } from './shared-models.ts';

/** The target: scikit-learn's time over ours. */
const WANTED_SPEED_UP = 8;
/** The target: how far our relative error may lie above scikit-learn's. */
const WANTED_EXCESS_PERCENT = 0.1;
/** Runs of each side, in turns. */
const ROUNDS = 5;

interface Case {
  readonly model: string;
  readonly tensor: string;
  readonly photos: number;
  readonly nComponents: number;
}
const CASES: readonly Case[] = [
  { model: 'mobilenet_v2', tensor: 'conv62_relu6', photos: 100, nComponents: 10 },
  { model: 'mobilenet_v2', tensor: 'conv62_relu6', photos: 100, nComponents: 25 },
  { model: 'mobilenet_v2', tensor: 'conv62_relu6', photos: 250, nComponents: 25 },
  { model: 'squeezenet1_1', tensor: 'concat_61', photos: 100, nComponents: 10 },
  { model: 'squeezenet1_1', tensor: 'concat_61', photos: 100, nComponents: 25 },
];
const CLASSES = ['airliner', 'english_springer', 'golf_ball', 'parachute', 'tench'];

const script = path.join(import.meta.dirname, 'python/nmf_sklearn.py');
const execute = promisify(execFile);

interface Cost {
  readonly seconds: number;
  readonly processor: number;
  readonly relativeError: number;
}
interface Theirs extends Cost {
  readonly iterations: number;
  readonly exact: Cost;
  readonly version: string;
}

/** Real activations [photos · positions, channels], photos of the classes in turn. */
async function realActivations({ model, tensor, photos }: Case): Promise<Matrix> {
  const { environment, intake } = await realSetting(model, CLASSES[0]);
  const folders = CLASSES.map((name) => path.join(SHARED, 'images', name));
  const lists = await Promise.all(folders.map(async (folder) => (await readdir(folder)).sort()));
  const latent = withGraph(intake.model, { outputs: [{ name: tensor, type: 'float32', dims: undefined }] });
  const session = await createSessionFactory({ device: 'cpu' }).open(
    encodeModel(latent, { declareOutputs: false }),
  );
  const maps: Matrix[] = [];
  for (let photo = 0; photo < photos; photo++) {
    const folder = photo % folders.length;
    const file = path.join(folders[folder], lists[folder][Math.floor(photo / folders.length)]);
    const x = requireAll(
      await readBatch(environment.codec, [{ path: file }], intake.preprocessing.preprocessing),
    );
    const { data, dims } = expectFloat32(
      (await session.run({ [intake.signature.input.name]: x }))[tensor],
      tensor,
    );
    maps.push(transpose(matrix(dims[1], dims[2] * dims[3], data)));
  }
  await session.dispose();
  const [{ rows, cols }] = maps;
  const data = new Float32Array(photos * rows * cols);
  maps.forEach((map, index) => data.set(map.data, index * rows * cols));
  return matrix(photos * rows, cols, data);
}

async function timed<T>(work: () => Promise<T>): Promise<{ seconds: number; processor: number; result: T }> {
  const [start, used] = [performance.now(), process.cpuUsage()];
  const result = await work();
  const { user, system } = process.cpuUsage(used);
  return { seconds: (performance.now() - start) / 1000, processor: (user + system) / 1e6, result };
}

async function ours(activations: Matrix, nComponents: number, gemm: Gemm) {
  const factorised = await timed(() => nmf(activations, { nComponents, gemm }));
  const { conceptBank } = factorised.result;
  return { factorised, exact: await timed(() => nnls(activations, conceptBank, { gemm })) };
}

async function theirsOf(files: readonly [string, string], { rows, cols }: Matrix, nComponents: number) {
  const args = [script, ...files, ...[rows, cols, nComponents].map(String)];
  return JSON.parse((await execute('python3', args)).stdout) as Theirs;
}

/** Middles of the seconds and of the processor seconds, as text. */
function costText(costs: readonly Pick<Cost, 'seconds' | 'processor'>[]): string {
  const [wall, processor] = [costs.map((cost) => cost.seconds), costs.map((cost) => cost.processor)];
  return `${medianOf(wall).toFixed(2)} s (processor ${medianOf(processor).toFixed(2)})`;
}

function ratioText(
  mine: readonly Pick<Cost, 'seconds' | 'processor'>[],
  others: readonly Pick<Cost, 'seconds' | 'processor'>[],
): string {
  const ratio = (name: 'seconds' | 'processor') =>
    (medianOf(others.map((cost) => cost[name])) / medianOf(mine.map((cost) => cost[name]))).toFixed(1);
  return `${ratio('seconds')}x faster (wanted ${WANTED_SPEED_UP}x), ${ratio('processor')}x in processor time`;
}

async function measure(gemm: Gemm, item: Case, folder: string): Promise<string[]> {
  const activations = await realActivations(item);
  const { nComponents } = item;
  const files = [path.join(folder, 'activations.f32'), path.join(folder, 'bank.f32')] as const;
  await writeFile(files[0], activations.data);
  const [own, others]: [Awaited<ReturnType<typeof ours>>[], Theirs[]] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    own.push(await ours(activations, nComponents, gemm));
    if (round === 0) await writeFile(files[1], own[0].factorised.result.conceptBank.data);
    others.push(await theirsOf(files, activations, nComponents));
  }
  const { stats, conceptBank }: Factorization = own[0].factorised.result;
  const [{ relativeError, iterations, version, exact }] = others;
  const norm = squaredRowNorms(activations).reduce((sum, value) => sum + value, 0);
  const residual = squaredResidual(activations, own[0].exact.result.coefficients, conceptBank);
  const excess = (error: number, than: number) => `${((error / than - 1) * 100).toFixed(4)} % above`;
  const factorised = own.map((round) => round.factorised);
  const exactOwn = own.map((round) => round.exact);
  const exactOthers = others.map((round) => round.exact);
  return [
    `${item.model} ${item.tensor} [${activations.rows}, ${activations.cols}] r = ${nComponents}, medians of ${ROUNDS}`,
    `  NMF   ${costText(factorised)}, ${stats.iterations} iterations | scikit-learn ${version} ${costText(others)}, ${iterations} iterations`,
    `        ${ratioText(factorised, others)}; error ${stats.relativeError.toFixed(5)}, ${excess(stats.relativeError, relativeError)} (allowed ${WANTED_EXCESS_PERCENT} %)`,
    `  NNLS  ${costText(exactOwn)} | LinearRegression(positive=True) ${costText(exactOthers)}`,
    `        ${ratioText(exactOwn, exactOthers)}; error ${excess(Math.sqrt(residual / norm), exact.relativeError)}`,
  ];
}

async function run(): Promise<readonly string[]> {
  if (missingData !== undefined) return [`not run: ${missingData}`];
  const isReady = await execute('python3', ['-c', 'import numpy, sklearn']).then(
    () => true,
    () => false,
  );
  if (!isReady) return ['not run: python3 cannot "import numpy, sklearn"'];
  const folder = await mkdtemp(path.join(os.tmpdir(), 'tessera-nmf-'));
  try {
    const gemm = createGemm(createSessionFactory({ device: 'cpu' }));
    const rows: string[] = [];
    // The products' sessions and threads open with the first use; that belongs to no matrix.
    await nmf(
      matrix(
        2,
        8,
        Float32Array.from({ length: 16 }, (_, k) => (k % 8 === 0 ? 1 + k : 0)),
      ),
      {
        nComponents: 1,
        gemm,
      },
    );
    for (const item of CASES) rows.push(...(await measure(gemm, item, folder)));
    return rows;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export default { name: 'NMF and NNLS against scikit-learn at its defaults', run };
