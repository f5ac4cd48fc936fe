import { createPlainMaskedHead } from '../../core/concepts/plain-masked-head.ts';
import { createSpecialisedMaskedHead } from '../../core/concepts/specialised-masked-head.ts';
import { positionsOf } from '../../core/concepts/latent-rows.ts';
import { matrix } from '../../core/linalg/matrix.ts';
import { cutAt } from '../../core/pipeline/model-parts.ts';
import { chooseLayer } from '../../core/pipeline/choose-layer.ts';
import { createRandom } from '../../core/random.ts';
import { replicatedDesign } from '../../core/sampling/replicated-design.ts';
import { medianSeconds, missingData, realSetting, secondsOf } from './shared-models.ts';

const CONCEPTS = 25;
const PARACHUTE = 701;
/** The target: plain time over specialised time. */
const WANTED = 200;

/** All masks of one image's default design, through the whole head and through the specialised one. */
async function run(): Promise<string[]> {
  if (missingData !== undefined) return [`left out: ${missingData}`];
  const { environment, device, intake } = await realSetting('squeezenet1_1', 'parachute');
  const layer = chooseLayer(intake, undefined);
  const { head } = cutAt(intake, layer);
  const random = createRandom(0);
  const noise = (rows: number, cols: number) =>
    matrix(
      rows,
      cols,
      Float32Array.from({ length: rows * cols }, () => Math.max(0, random.normal())),
    );
  const bank = noise(CONCEPTS, layer.shape[layer.channelAxis]);
  const coefficients = noise(positionsOf(layer), CONCEPTS);
  const masks = replicatedDesign({ kind: 'sobol', nConcepts: CONCEPTS, samples: 128 });
  const { sessions } = device;
  const plain = await createPlainMaskedHead(head, layer, bank, PARACHUTE, sessions);
  const special = await createSpecialisedMaskedHead(head, layer, bank, PARACHUTE, {
    sessions,
    memoryBudget: environment.memoryBudget,
  });
  const runSpecial = async () => (await special.prepare(coefficients)).evaluate(masks);
  const few = matrix(64, CONCEPTS, masks.data.subarray(0, 64 * CONCEPTS));
  await (await plain.prepare(coefficients)).evaluate(few);
  const want = await runSpecial();
  let got: Float64Array = new Float64Array();
  const plainSeconds = await secondsOf(async () => {
    got = await (await plain.prepare(coefficients)).evaluate(masks);
  });
  const specialSeconds = await medianSeconds(15, runSpecial);
  const worst = got.reduce(
    (most, value, i) => Math.max(most, Math.abs(value - want[i]) / Math.abs(value)),
    0,
  );
  return [
    `SqueezeNet 1.1 ${layer.tensor}, r = ${CONCEPTS}, ${masks.rows} masks of one image`,
    `  plain head        ${plainSeconds.toFixed(2)} s`,
    `  specialised head  ${(1000 * specialSeconds).toFixed(1)} ms, with the folding of the concepts`,
    `  ${(plainSeconds / specialSeconds).toFixed(0)}x faster (wanted ${WANTED}x); largest relative difference ${worst.toExponential(1)}`,
  ];
}

export default { name: 'Sobol masks: plain head against specialised head', run };
