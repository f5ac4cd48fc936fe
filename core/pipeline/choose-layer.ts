import type { LayerRecord } from '../concepts/explanation.ts';
import { TesseraError } from '../errors.ts';
import { nearestNames } from '../nearest-names.ts';
import type { ModelIntake } from './model-intake.ts';

/** The cut point to use: the one asked for, or the proposed one. 'unknown-name' offers the nearest. */
export function chooseLayer({ cutPoints }: ModelIntake, tensor: string | undefined): LayerRecord {
  const chosen = cutPoints.find((cut) => (tensor === undefined ? cut.proposed : cut.tensor === tensor));
  if (chosen !== undefined) {
    const { shape, kind, channelAxis, grid, computeShare } = chosen;
    return { tensor: chosen.tensor, shape, kind, channelAxis, grid, computeShare };
  }
  if (tensor === undefined) {
    throw new TesseraError('bad-model', 'The model has no tensor at which it can be cut.', {
      hint: 'Every path from the image to the scores must run through one tensor.',
    });
  }
  const names = cutPoints.map((cut) => cut.tensor);
  throw new TesseraError('unknown-name', `The model has no cut point called "${tensor}".`, {
    hint: `Near to it: ${nearestNames(tensor, names).join(', ')}. It has ${names.length} in all.`,
  });
}
