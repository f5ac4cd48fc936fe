import { meanRow, positionsIn } from '../../concepts/box-rows.ts';
import type { Box, CropRef, LayerRecord } from '../../concepts/explanation.ts';
import { toRows } from '../../concepts/latent-rows.ts';
import { invariant } from '../../errors.ts';
import { frameOf } from '../../images/preprocessing.ts';
import { rowCosines } from '../../linalg/row-cosines.ts';
import { stackRows, type Matrix } from '../../linalg/matrix.ts';
import type { OnProgress } from '../../platform.ts';
import { ownActivations } from '../own-activations.ts';
import type { FileFact } from '../question.ts';
import type { ScoredScope } from '../run-context.ts';

/** A crop, and where others like it are looked for. */
export interface AlikeQuestion {
  readonly layer: LayerRecord;
  readonly images: readonly FileFact[];
  /** The parts of an image that are compared. */
  readonly boxes: readonly Box[];
  readonly crop: { readonly image: number; readonly box: Box };
}

/**
 * The crops of a run's images that the layer sees most alike: of each image the one whose activations, averaged over its
 * part of the picture, have the largest cosine with those of the crop, the most alike first. `coefficient` is the cosine.
 *
 * Throws TesseraError 'bad-image' when a picture can no longer be read; the signal's reason when aborted.
 * Limits cosines of activations that are never negative are above 0 for any two crops.
 */
export async function findAlike(
  scope: ScoredScope,
  { layer, images, boxes, crop }: AlikeQuestion,
  { onProgress, signal }: { readonly onProgress?: OnProgress; readonly signal?: AbortSignal } = {},
): Promise<CropRef[]> {
  const { environment, device, intake } = scope;
  const frame = frameOf(intake.preprocessing.preprocessing);
  const work = { ...{ environment, device, intake, layer, images }, signal };
  const places = boxes.map((box) => positionsIn(layer, frame, box));
  const pooled = (rows: Matrix): Matrix => stackRows(places.map((positions) => meanRow(rows, positions)));
  const first = await ownActivations(work, [crop.image]).next();
  invariant(first.done !== true, `no activations of image ${crop.image}`);
  const asked = meanRow(toRows(first.value.own, layer), positionsIn(layer, frame, crop.box));
  const found: CropRef[] = [];
  for await (const { image, own } of ownActivations(work, [...images.keys()])) {
    const cosines = rowCosines(pooled(toRows(own, layer)), asked);
    let best = -1;
    cosines.forEach((cosine, box) => {
      if (!Number.isNaN(cosine) && (best < 0 || cosine > cosines[best])) best = box;
    });
    if (best >= 0) found.push({ image, box: boxes[best], coefficient: cosines[best] });
    onProgress?.({ stage: 'alike', done: image + 1, total: images.length });
  }
  return found.sort((a, b) => b.coefficient - a.coefficient || a.image - b.image);
}
