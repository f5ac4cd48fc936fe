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
    throw new TesseraError('bad-model', noCutReason(intake), {
      hint: 'Concepts are looked for in a tensor that every path from the picture to the scores runs through.',
    });
  }
  if (tensor === undefined) throw new BugError('no cut point is proposed');
  const names = cutPoints.map((cut) => cut.tensor);
  throw new TesseraError('unknown-name', `The model has no cut point called "${tensor}".`, {
    hint: `Near to it: ${nearestNames(tensor, names).join(', ')}. It has ${names.length} in all.`,
  });
}

/** Why a model has no tensor at which it can be cut, in a sentence. */
export function noCutReason({
  model,
  inputDims,
  hasFreeBatch,
  signature: { input },
}: Pick<ModelIntake, 'model' | 'inputDims' | 'hasFreeBatch' | 'signature'>): string {
  if (!hasFreeBatch && (input.batch ?? 1) > 1)
    return `The model takes ${input.batch} images at once, no more and no fewer, and looks at them together, so that no tensor belongs to one picture: ${input.name} [${input.dims.map((dim) => dim ?? '?').join(', ')}]; a free batch axis, or 1, is needed.`;
  return whyNoCut(model, inputDims);
}
