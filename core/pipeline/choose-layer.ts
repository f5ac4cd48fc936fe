import type { LayerRecord } from '../concepts/explanation.ts';
import { BugError, TesseraError } from '../errors.ts';
import { nearestNames } from '../nearest-names.ts';
import { whyNoCut } from '../onnx/why-no-cut.ts';
import type { ModelIntake } from './model-intake.ts';

/** The cut point to use: the one asked for, or the proposed one. 'unknown-name' offers the nearest. */
export function chooseLayer(intake: ModelIntake, tensor: string | undefined): LayerRecord {
  const { cutPoints } = intake;
  const chosen = cutPoints.find((cut) => (tensor === undefined ? cut.proposed : cut.tensor === tensor));
  if (chosen !== undefined) {
    const { shape, kind, channelAxis, grid, computeShare } = chosen;
    return { tensor: chosen.tensor, shape, kind, channelAxis, grid, computeShare };
  }
  if (cutPoints.length === 0) {
    throw new TesseraError('bad-model', whyNoCut(intake.model, intake.inputDims), {
      hint: 'Maps can still show where in pictures its answers come from.',
      options: ['command=maps'],
    });
  }
  if (tensor === undefined) throw new BugError('no cut point is proposed');
  const names = cutPoints.map((cut) => cut.tensor);
  throw new TesseraError('unknown-name', `The model has no cut point called "${tensor}".`, {
    hint: `Near to it: ${nearestNames(tensor, names).join(', ')}. It has ${names.length} in all.`,
  });
}
