import { TesseraError } from '../errors.ts';
import type { SkippedFile } from '../concepts/explanation.ts';
import { channelCount, fitOf, toInputTensor, type Preprocessing } from '../images/preprocessing.ts';
import type { FilePicture, FitOptions, ImageCodec } from '../platform.ts';
import type { Tensor } from '../tensor.ts';
import type { FileFact } from './question.ts';

/** Pictures decoded at once: enough to keep a decoder busy on every core. */
const IN_FLIGHT = 4;

/** A file that is of no use, and whether it was read before: then it is the disk, or the way to it, that fails now. */
export interface UnreadFile extends SkippedFile {
  readonly isLost: boolean;
}

/** The pictures of a batch of files, scaled to the model's input size; broken ones are reported, not thrown. */
async function readPictures(
  codec: ImageCodec,
  files: readonly FileFact[],
  fit: FitOptions,
): Promise<(FilePicture | UnreadFile)[]> {
  const results: (FilePicture | UnreadFile)[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < files.length) {
      const index = next++;
      results[index] = await readPicture(codec, files[index], fit);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  return results;
}

/** One picture, scaled to the model's input size; a broken or changed one is reported, not thrown. */
export async function readPicture(
  codec: ImageCodec,
  { path: file, stamp }: FileFact,
  fit: FitOptions,
): Promise<FilePicture | UnreadFile> {
  try {
    const picture = await codec.decodeFitted(file, fit);
    const isSame = stamp === undefined || stamp.sha256 === picture.sha256;
    return isSame ? picture : { file, reason: CHANGED, isLost: false };
  } catch (error) {
    if (error instanceof TesseraError && (error.code === 'bad-image' || error.code === 'storage')) {
      const isLost = stamp?.sha256 !== undefined && isOfDisk(error.cause);
      return { file, reason: error.message, isLost };
    }
    throw error;
  }
}

/** Did the system refuse the file, not a decoder its content? */
function isOfDisk(cause: unknown): boolean {
  return cause instanceof Error && 'syscall' in cause;
}

/** Why a picture is of no use that is not the one that was asked about. */
export const CHANGED = 'the file was changed since';

function isSkipped(result: FilePicture | UnreadFile): result is UnreadFile {
  return 'reason' in result;
}

/** A batch ready for the model. */
export interface PictureBatch {
  /** Which of the files could be read, as positions in the batch. */
  readonly readable: readonly number[];
  /** The readable ones as the model's input; undefined when there are none. */
  readonly input: Tensor<'float32'> | undefined;
  /** Which of the readable ones have pixels that are not opaque, of which the model is not told. */
  readonly transparent: readonly boolean[];
  readonly skipped: readonly UnreadFile[];
}

/** Decodes, fits and normalises a batch of files; one that is no longer what its stamp says is skipped. */
export async function readBatch(
  codec: ImageCodec,
  files: readonly FileFact[],
  preprocessing: Preprocessing,
): Promise<PictureBatch> {
  const results = await readPictures(codec, files, fitOf(preprocessing));
  const skipped = results.filter(isSkipped);
  const pictures = results.filter((result): result is FilePicture => !isSkipped(result));
  return {
    readable: [...results.keys()].filter((index) => !isSkipped(results[index])),
    // A model with a channel for alpha is shown all that there is.
    transparent: pictures.map(({ isTransparent }) => isTransparent && channelCount(preprocessing) !== 4),
    input: pictures.length > 0 ? toInputTensor(pictures, preprocessing) : undefined,
    skipped,
  };
}

/** The input of a batch whose files were all readable a moment ago; 'bad-image' if one no longer is. */
export function requireAll({ input, skipped }: PictureBatch): Tensor<'float32'> {
  if (input !== undefined && skipped.length === 0) return input;
  requireFound(skipped);
  const changed = skipped.find(({ reason }) => reason === CHANGED);
  if (changed !== undefined) throw wasChanged(changed.file);
  throw new TesseraError(
    'bad-image',
    `${skipped[0].file} could be read before and no longer can: ${skipped[0].reason}`,
    { hint: 'Do not change the pictures during a run. Start the run again to continue.' },
  );
}

/**
 * Throws TesseraError 'storage', which passes, where a file is not to be had that was there: a disk that is not mounted, or a
 * folder that was moved. What such a picture is must not be settled by whoever happens not to see it.
 */
export function requireFound(skipped: readonly UnreadFile[]): void {
  const lost = skipped.find(({ isLost }) => isLost);
  if (lost === undefined) return;
  throw new TesseraError('storage', `${lost.file} was there before and cannot be read now: ${lost.reason}.`, {
    hint: 'Make the folder available again, or start anew without the file. What was computed is kept.',
  });
}

/** A picture is no longer the one that the run had. */
export function wasChanged(file: string): TesseraError {
  return new TesseraError(
    'bad-image',
    `${file} is no longer the picture that the run had: the file was changed.`,
    {
      hint: 'Put the file back as it was, or run again on what is there now.',
    },
  );
}
