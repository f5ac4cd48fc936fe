import path from 'node:path';
import { createSpecialisedMaskedHead } from '../../core/concepts/specialised-masked-head.ts';
import { positionsOf } from '../../core/concepts/latent-rows.ts';
import type { LayerRecord } from '../../core/concepts/explanation.ts';
import { createBackwardRunner } from '../../core/attribution/backward-runner.ts';
import { vjp } from '../../core/autodiff/vjp.ts';
import { matrix } from '../../core/linalg/matrix.ts';
import { encodeModel } from '../../core/onnx/proto.ts';
import { chooseLayer } from '../../core/pipeline/choose-layer.ts';
import { type ModelIntake } from '../../core/pipeline/model-intake.ts';
import { cutAt } from '../../core/pipeline/model-parts.ts';
import { openModel } from '../../core/pipeline/model-intake.ts';
import type { DeviceName, SessionFactory } from '../../core/platform.ts';
import { createRandom } from '../../core/random.ts';
import { openChecked } from '../../core/runtime/checked-session.ts';
import { probeDevices } from '../../core/runtime/device.ts';
import { createGemm } from '../../core/runtime/gemm.ts';
import { fileStorage } from '../../core/runtime/storage.ts';
import { createSessionFactory } from '../../core/runtime/session.ts';
import { replicatedDesign } from '../../core/sampling/replicated-design.ts';
import { float32, sizeOf, type Tensor } from '../../core/tensor.ts';
import { medianSeconds, missingData, SHARED } from './shared-models.ts';

const CASES = [
  { model: 'squeezenet1_1', classIndex: 701 },
  { model: 'mobilenet_v2', classIndex: 701 },
] as const;
const CONCEPTS = 25;
const IMAGES = 32;
const REPEATS = 5;
/** Rows and channels of the matrix of the NMF bench. */
const ACTIVATIONS = [12_250, 1280] as const;

/** One piece of a run's work: milliseconds on each device, and what it computed there. */
interface Work {
  readonly name: string;
  /** Does it once; `sessions` opens on the device, and what is returned is compared between devices. */
  readonly open: (sessions: SessionFactory) => Promise<() => Promise<ArrayLike<number>>>;
}

const random = createRandom(1);
const noise = (...dims: number[]): Tensor<'float32'> =>
  float32(
    Float32Array.from({ length: sizeOf(dims) }, () => random.normal()),
    dims,
  );
const positive = (rows: number, cols: number) =>
  matrix(
    rows,
    cols,
    noise(rows, cols).data.map((value) => Math.max(value, 0)),
  );

function forward(intake: ModelIntake, layer: LayerRecord): Work {
  const { latent } = cutAt(intake, layer);
  const [, ...image] = intake.inputDims.values().next().value as number[];
  const batch = noise(IMAGES, ...image);
  return {
    name: `${IMAGES} images to ${layer.tensor}`,
    async open(sessions) {
      const session = await sessions.open(encodeModel(latent));
      return async () =>
        (await session.run({ [session.inputNames[0]]: batch }))[layer.tensor].data as Float32Array;
    },
  };
}

function gradients({ model, inputDims }: ModelIntake, layer: LayerRecord): Work {
  const [[from, [, ...image]]] = [...inputDims];
  const backward = vjp(model, { from, to: layer.tensor, inputDims });
  const [x, v] = [noise(1, ...image), noise(CONCEPTS, ...backward.aDims)];
  return {
    name: `gradients of ${CONCEPTS} concepts of one image`,
    open(sessions) {
      const runner = createBackwardRunner(backward, sessions);
      return Promise.resolve(() => runner.run(x, v.data));
    },
  };
}

function masks(intake: ModelIntake, layer: LayerRecord, classIndex: number): Work {
  const bank = positive(CONCEPTS, layer.shape[layer.channelAxis]);
  const coefficients = positive(positionsOf(layer), CONCEPTS);
  const design = replicatedDesign({ kind: 'sobol', nConcepts: CONCEPTS, samples: 128 });
  return {
    name: `${design.rows} masks of one image, specialised head`,
    async open(sessions) {
      const { head } = cutAt(intake, layer);
      const masked = await createSpecialisedMaskedHead(head, layer, bank, classIndex, {
        sessions,
        memoryBudget: 2 ** 29,
      });
      return async () => (await masked.prepare(coefficients)).evaluate(design);
    },
  };
}

function products(): Work {
  const [a, b] = [positive(...ACTIVATIONS), positive(CONCEPTS, ACTIVATIONS[1])];
  return {
    name: `A·Wᵀ and UᵀA, A [${ACTIVATIONS.join(', ')}], r = ${CONCEPTS}`,
    async open(sessions) {
      const bound = await createGemm(sessions).bind(a);
      return async () => (await bound.transposedTimes(await bound.timesTransposed(b))).data;
    },
  };
}

/** Sessions that prove themselves against the CPU, with the reasons of those that moved there. */
function sessionsOn(device: DeviceName, reasons: string[]): SessionFactory {
  if (device === 'cpu') return createSessionFactory({ device });
  const onFallback = (reason: string) => reasons.push(reason);
  return { device, open: (model) => openChecked(model, { device, onFallback }) };
}

async function measure({ name, open }: Work, devices: readonly DeviceName[]): Promise<string> {
  const texts: string[] = [];
  let [cpuMs, want]: [number, ArrayLike<number>] = [0, []];
  for (const device of devices) {
    const reasons: string[] = [];
    const once = await open(sessionsOn(device, reasons));
    // The first run compiles kernels and is compared with the CPU.
    const got = await once();
    const ms = 1000 * (await medianSeconds(REPEATS, once));
    if (device === 'cpu') {
      [cpuMs, want] = [ms, got];
      texts.push(`cpu ${ms.toFixed(1)} ms`);
    } else {
      const fallback = reasons.length > 0 ? `, NOT THERE: ${reasons[0]}` : '';
      texts.push(
        `${device} ${ms.toFixed(1)} ms, ${(cpuMs / ms).toFixed(1)}x, relative difference ${difference(got, want).toExponential(1)}${fallback}`,
      );
    }
  }
  return `${name}: ${texts.join(' | ')}`;
}

function difference(got: ArrayLike<number>, want: ArrayLike<number>): number {
  let [error, norm] = [0, 0];
  for (let i = 0; i < want.length; i++) {
    error += (got[i] - want[i]) ** 2;
    norm += want[i] ** 2;
  }
  return Math.sqrt(error / norm);
}

async function run(): Promise<string[]> {
  if (missingData !== undefined) return [`left out: ${missingData}`];
  const reports = await probeDevices();
  const rows = reports.map(
    ({ name, available, reason, detail }) => `${name}: ${available ? detail : `absent, ${reason}`}`,
  );
  const devices = reports.filter(({ available }) => available).map(({ name }) => name);
  rows.push(await measure(products(), devices));
  for (const { model, classIndex } of CASES) {
    const intake = await openModel(fileStorage, path.join(SHARED, 'models', `${model}.onnx`));
    const layer = chooseLayer(intake, undefined);
    for (const work of [forward(intake, layer), gradients(intake, layer), masks(intake, layer, classIndex)])
      rows.push(`${model}: ${await measure(work, devices)}`);
  }
  return rows;
}

export default { name: 'The same work on every device of this machine, beside the CPU', run };
