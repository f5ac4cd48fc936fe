import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DEFAULT_OPTIONS } from '../../core/concepts/run-options.ts';
import { scoredBy } from '../../core/pipeline/scored-model.ts';
import { chooseLayer } from '../../core/pipeline/choose-layer.ts';
import { cropModel, defaultPatch, runnerFor } from '../../core/pipeline/model-parts.ts';
import { openOrCreateProject } from '../../core/pipeline/open-project.ts';
import { withStamps } from '../../core/pipeline/picture-stamps.ts';
import { openStages } from '../../core/pipeline/stage-runner.ts';
import { rowsStage } from '../../core/pipeline/stages/rows.ts';
import { float32 } from '../../core/tensor.ts';
import { missingData, realSetting, secondsOf } from './shared-models.ts';

const PHOTOS = 40;
/** The target: the whole stage (decode, fit, cut, run, store) over the bare forward passes of as many crops. */
const WANTED = 1.15;

async function run(): Promise<string[]> {
  if (missingData !== undefined) return [`left out: ${missingData}`];
  const folder = await mkdtemp(path.join(tmpdir(), 'tessera-bench-'));
  try {
    return await compare(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function compare(folder: string): Promise<string[]> {
  const { environment, device, intake, photos } = await realSetting('squeezenet1_1', 'parachute');
  const files = photos.slice(0, PHOTOS);
  const layer = chooseLayer(intake, undefined);
  const options = {
    ...DEFAULT_OPTIONS,
    rows: 'crops',
    model: intake.path,
    images: files,
    class: '701',
  } as const;
  const project = await openOrCreateProject(environment, folder, intake, files);
  const images = await withStamps(
    project,
    files.map((file) => ({ path: file })),
  );
  const setting = { environment, project, signal: undefined, onProgress: () => undefined };
  const stages = openStages(
    setting,
    { intake: scoredBy(intake, { kind: 'class', index: 0 }), device, layer, images },
    options,
  );
  const side = defaultPatch(intake);
  const runner = runnerFor({ environment, device, intake }, cropModel(intake, layer, side));
  const bare = async (count: number): Promise<void> => {
    for (let done = 0; done < count; done += 64) {
      const crops = Math.min(64, count - done);
      await runner.run(float32(new Float32Array(crops * 3 * side * side), [crops, 3, side, side]));
    }
  };
  await bare(64);
  // The stage between two halves of the bare passes, so that a drift of the machine's speed falls on both.
  let rows = 0;
  const first = await secondsOf(() => bare(PHOTOS * 8));
  const stage = await secondsOf(async () => {
    rows = (await stages.get(rowsStage)).activations.rows;
  });
  const second = await secondsOf(() => bare(PHOTOS * 8));
  const forward = ((first + second) * rows) / (PHOTOS * 16);
  return [
    `SqueezeNet 1.1, ${PHOTOS} photos, ${rows} crops of ${side} px`,
    `  crop stage     ${stage.toFixed(2)} s (${(rows / stage).toFixed(0)} crops/s)`,
    `  bare forwards  ${forward.toFixed(2)} s`,
    `  ratio ${(stage / forward).toFixed(2)} (wanted at most ${WANTED})`,
  ];
}

export default { name: 'Crop stage against the bare forward passes', run };
