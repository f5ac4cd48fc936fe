import { channelsOf, positionsOf } from '../../../core/concepts/latent-rows.ts';
import { cropBoxes } from '../../../core/images/crops.ts';
import { frameOf } from '../../../core/images/preprocessing.ts';
import { chooseLayer, type ModelIntake } from '../../../core/pipeline/model-intake.ts';
import { defaultPatch, runnerFor } from '../../../core/pipeline/model-parts.ts';
import type { Workbench } from '../../../core/pipeline/workbench.ts';
import { float32, sizeOf } from '../../../core/tensor.ts';
import type { OpenIntake } from './intakes.ts';
import type { Jobs } from './job-context.ts';

/** Pictures in the timed batch. */
const TIMED = 4;
/** As in the rows stage: the activation matrix grows no larger. */
const MATRIX_BYTES = 2 ** 27;

/** Says before a run what it will take, from one timed batch of the model on the CPU. */
export function estimateJobs(workbench: Workbench, openIntake: OpenIntake): Jobs<'estimate'> {
  const measured = new Map<string, Promise<number>>();
  const secondsPerImage = (intake: ModelIntake): Promise<number> => {
    const seconds = measured.get(intake.sha256) ?? timeModel(workbench, intake);
    measured.set(intake.sha256, seconds);
    seconds.catch(() => measured.delete(intake.sha256));
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
      const forward = await secondsPerImage(intake);
      const latent = forward * layer.computeShare;
      const passes = options.rows === 'crops' ? latent * perImage : latent;
      const seconds = images.length * forward + explained * (passes + latent + 2 * (forward - latent));
      const concepts = options.concepts === 'auto' ? 25 : options.concepts;
      // Masks after the head's affine part: nothing for a pooled linear head, at most the whole head for each.
      const masks = explained * options.samples * (concepts + 2) * options.replicates * (forward - latent);
      return {
        seconds: { low: 0.7 * seconds, high: 1.5 * seconds + masks },
        // The matrix and its transpose, coefficients twice, one batch, the model itself.
        memoryBytes: Math.round(8 * rows * channels + 8 * rows * concepts + workbench.memoryBudget),
        images: explained,
        rows,
        channels,
        basis: `${(1000 * forward).toPrecision(2)} ms an image, measured on the CPU; importance may take less than the upper figure, which assumes that nothing of the head can be evaluated in advance.`,
      };
    },
  };
}

async function timeModel(workbench: Workbench, intake: ModelIntake): Promise<number> {
  const device = await workbench.openDevice('cpu');
  const runner = runnerFor({ workbench, device, intake }, intake.model);
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
