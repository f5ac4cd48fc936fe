import type { LayerRecord } from '../../../core/concepts/explanation.ts';
import { channelsOf, positionsOf } from '../../../core/concepts/latent-rows.ts';
import { createSpecialisedMaskedHead } from '../../../core/concepts/specialised-masked-head.ts';
import type { RunOptions } from '../../../core/concepts/run-options.ts';
import { cropBoxes } from '../../../core/images/crops.ts';
import { frameOf } from '../../../core/images/preprocessing.ts';
import { matrix, type Matrix } from '../../../core/linalg/matrix.ts';
import { chooseLayer } from '../../../core/pipeline/choose-layer.ts';
import { type ModelIntake } from '../../../core/pipeline/model-intake.ts';
import { defaultPatch, runnerFor, cutAt } from '../../../core/pipeline/model-parts.ts';
import type { Environment } from '../../../core/pipeline/environment.ts';
import { createRandom } from '../../../core/random.ts';
import { float32, sizeOf } from '../../../core/tensor.ts';
import type { OpenIntake } from './intakes.ts';
import type { Jobs } from './job-context.ts';

/** Masks in the timed batch of the head. */
const TIMED_MASKS = 32;
/** Pictures in the timed batch. */
const TIMED = 4;
/** As in the rows stage: the activation matrix grows no larger. */
const MATRIX_BYTES = 2 ** 27;

/** What the estimate leaves out, by how thoroughly the explanation is checked. */
const ON_TOP: Readonly<Record<RunOptions['evaluate'], string>> = {
  none: 'Looking for shortcuts comes on top.',
  quick:
    'The quick check and looking for shortcuts come on top; with a small model they take longer than the rest.',
  full: 'The full check and looking for shortcuts come on top, usually several times as long.',
};

/** Says before a run what it will take, from one timed batch of the model and of the head's masks on the CPU. */
export function estimateJobs(environment: Environment, openIntake: OpenIntake): Jobs<'estimate'> {
  const measured = new Map<string, Promise<number>>();
  const once = (key: string, measure: () => Promise<number>): Promise<number> => {
    const seconds = measured.get(key) ?? measure();
    measured.set(key, seconds);
    seconds.catch(() => measured.delete(key));
    return seconds;
  };
  return {
    async estimate({ images, selected, options, ...question }) {
      const intake = await openIntake(question);
      const layer = chooseLayer(intake, options.layer);
      const patch = options.patch ?? defaultPatch(intake);
      const perImage =
        options.rows === 'crops'
          ? cropBoxes({ ...frameOf(intake.preprocessing.preprocessing), patch }).length
          : positionsOf(layer);
      const channels = channelsOf(layer);
      const explained = selected ?? images.length;
      const kept = Math.min(
        perImage,
        Math.max(1, Math.floor(MATRIX_BYTES / (4 * channels) / Math.max(1, explained))),
      );
      const rows = explained * kept;
      const concepts = Math.min(channels, options.concepts === 'auto' ? 25 : options.concepts);
      const forward = await once(intake.sha256, () => timeModel(environment, intake));
      const mask = await once(`${intake.sha256} ${layer.tensor} ${concepts}`, () =>
        timeMasks(environment, intake, layer, concepts),
      );
      const latent = forward * layer.computeShare;
      const passes = options.rows === 'crops' ? latent * perImage : latent;
      const masks = options.samples * (concepts + 2) * options.replicates * mask;
      const seconds =
        images.length * forward + explained * (passes + latent + 2 * (forward - latent) + masks);
      return {
        seconds: { low: 0.7 * seconds, high: 2 * seconds },
        // The matrix and its transpose, coefficients twice, one batch, the model itself.
        memoryBytes: Math.round(8 * rows * channels + 8 * rows * concepts + environment.memoryBudget),
        images: explained,
        rows,
        channels,
        basis: [
          `${milliseconds(forward)} an image${mask > 0 ? ` and ${milliseconds(mask)} a mask` : ''}, measured on the CPU.`,
          ON_TOP[options.evaluate],
          'What an earlier run has stored takes no time.',
          ...(options.recurse === undefined
            ? []
            : ['Decomposing concepts comes on top, several times as long.']),
        ].join(' '),
      };
    },
  };
}

function milliseconds(seconds: number): string {
  const value = 1000 * seconds;
  return `${value >= 10 ? Math.round(value) : Number(value.toPrecision(1))} ms`;
}

/** Seconds a mask on one image takes after the head's affine part; 0 where the importance has a closed form. */
async function timeMasks(
  environment: Environment,
  intake: ModelIntake,
  layer: LayerRecord,
  concepts: number,
): Promise<number> {
  const random = createRandom(0);
  const filled = (rows: number, cols: number): Matrix =>
    matrix(
      rows,
      cols,
      Float32Array.from({ length: rows * cols }, () => random.uniform()),
    );
  const { sessions } = await environment.openDevice('cpu');
  const head = await createSpecialisedMaskedHead(
    cutAt(intake, layer).head,
    layer,
    filled(concepts, channelsOf(layer)),
    0,
    { sessions, memoryBudget: environment.memoryBudget },
  );
  try {
    const logit = await head.prepare(filled(positionsOf(layer), concepts));
    if (logit.slopes !== undefined) return 0;
    const masks = filled(TIMED_MASKS, concepts);
    await logit.evaluate(masks); // the first run also plans memory
    const begun = performance.now();
    await logit.evaluate(masks);
    return (performance.now() - begun) / 1000 / TIMED_MASKS;
  } finally {
    await head.dispose();
  }
}

async function timeModel(environment: Environment, intake: ModelIntake): Promise<number> {
  const device = await environment.openDevice('cpu');
  const runner = runnerFor({ environment, device, intake }, intake.model);
  const dims = [...intake.inputDims.get(intake.signature.input.name)!];
  dims[0] = intake.hasFreeBatch ? TIMED : 1;
  const input = float32(new Float32Array(sizeOf(dims)), dims);
  try {
    await runner.run(input); // the first run also plans memory
    const begun = performance.now();
    await runner.run(input);
    return (performance.now() - begun) / 1000 / dims[0];
  } finally {
    await runner.dispose();
  }
}
