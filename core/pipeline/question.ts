import { checkOptions } from '../concepts/check-options.ts';
import type { LayerRecord } from '../concepts/explanation.ts';
import { channelsOf } from '../concepts/latent-rows.ts';
import { chooseScore, type AskedQuestion } from '../concepts/class-question.ts';
import type { RunOptions } from '../concepts/run-options.ts';
import { TesseraError } from '../errors.ts';
import { scanImages, type FolderScan, type ImageFile, type SkippedFile } from '../images/folder-scan.ts';
import type { Storage } from '../platform.ts';
import { proposeEarlierCut } from './earlier-cut.ts';
import { chooseLayer } from './choose-layer.ts';
import { type ModelIntake } from './model-intake.ts';
import type { PictureStamp } from './picture-stamps.ts';

/** A picture as stages know it. */
export interface FileFact {
  readonly path: string;
  /** What its file is, see picture-stamps.ts; absent in a finished run that did not record it. */
  readonly stamp?: PictureStamp;
}

/** What is asked of a model before a class is named. */
export interface OpenQuestion {
  readonly intake: ModelIntake;
  readonly layer: LayerRecord;
  /** Every picture that was found. */
  readonly files: readonly (ImageFile & FileFact)[];
  /** Pictures and folders that cannot be used. */
  readonly skipped: readonly SkippedFile[];
}

/** What a run is about, settled once before its first stage. */
export interface Question extends OpenQuestion, AskedQuestion {}

/** What of a run's options says what is asked, and what may not go together; images are looked for in their folders. */
type AskedOptions = Pick<RunOptions, 'class' | 'select' | 'images' | 'against' | 'reference'> & LayerOptions;

type LayerOptions = Parameters<typeof checkOptions>[0] & Pick<RunOptions, 'layer' | 'recurse' | 'parts'>;

/**
 * Settles what a run is about: the class, the layer, the pictures.
 *
 * Throws TesseraError 'unknown-name' for the class or the layer (the nearest names offered), 'bad-usage' for
 * options that do not go together or not with the layer, 'no-images' where there are none.
 */
export async function resolveQuestion(
  storage: Storage,
  intake: ModelIntake,
  options: AskedOptions,
): Promise<Question> {
  const { layer, ...asked } = checkQuestion(intake, options);
  return { ...(await foundIn(storage, intake, layer, options.images)), ...asked };
}

/** As {@link resolveQuestion}, whatever the class: one is named once the model's predictions are known. */
export async function resolveOpenQuestion(
  storage: Storage,
  intake: ModelIntake,
  options: AskedOptions,
): Promise<OpenQuestion> {
  return foundIn(storage, intake, checkLayer(intake, options), options.images);
}

/** What can be said of a question without the pictures; throws as {@link resolveQuestion}. */
export function checkQuestion(
  intake: ModelIntake,
  options: AskedOptions,
): AskedQuestion & { readonly layer: LayerRecord } {
  return { ...chooseScore(intake.scores, options), layer: checkLayer(intake, options) };
}

/**
 * The layer, whatever the class, by options that allow each other and are allowed by it: it allows as many concepts as it
 * has channels. Throws as {@link resolveQuestion}.
 */
export function checkLayer(intake: ModelIntake, options: LayerOptions): LayerRecord {
  checkOptions(options);
  const layer = chooseLayer(intake, options.layer);
  checkParts(intake, layer, options);
  const channels = channelsOf(layer);
  if (options.concepts === 'auto' || options.concepts <= channels) return layer;
  throw new TesseraError(
    'bad-usage',
    `The layer ${layer.tensor} has ${channels} channels, which allow at most as many concepts; got ${options.concepts}.`,
    { hint: 'Ask for fewer concepts, or choose another layer.', options: ['concepts', 'layer'] },
  );
}

/** Where parts are asked for: without an earlier layer of channels enough for them every concept would be left whole. */
function checkParts(intake: ModelIntake, layer: LayerRecord, { recurse, parts }: LayerOptions): void {
  if (typeof recurse !== 'number') return;
  const earlier = proposeEarlierCut(intake, layer);
  if (earlier === undefined) {
    throw new TesseraError(
      'bad-usage',
      `${layer.tensor} is the first layer at which the model can be cut; its concepts cannot be decomposed into parts.`,
      { hint: 'Leave concepts whole, or choose a later layer', options: ['layer'] },
    );
  }
  const channels = channelsOf(earlier);
  if (parts <= channels) return;
  throw new TesseraError(
    'bad-usage',
    `Parts are looked for at ${earlier.tensor}, whose ${channels} channels allow at most as many parts; got ${parts}.`,
    { hint: 'Ask for fewer parts.', options: ['parts'] },
  );
}

async function foundIn(
  storage: Storage,
  intake: ModelIntake,
  layer: LayerRecord,
  folders: readonly string[],
): Promise<OpenQuestion> {
  const { images, skipped }: FolderScan = await scanImages(storage, folders);
  return { intake, layer, files: images, skipped };
}
