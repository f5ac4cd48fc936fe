import { TesseraError } from '../errors.ts';
import type { FitOptions, ImageCodec, RgbImage } from '../platform.ts';
import type { ImageFile, SkippedFile } from './folder-scan.ts';

/** Decoded pictures and the files they come from, in order. */
export interface ImageBatch {
  readonly files: readonly ImageFile[];
  readonly images: readonly RgbImage[];
}

export interface ImageStreamOptions {
  readonly fit: FitOptions;
  /** Pictures in a batch; the last one may be smaller. */
  readonly batchSize: number;
  /**
   * Pictures that may be decoding or waiting beside the batch that is in use. A model's run blocks JavaScript, so only
   * what was started before it goes on meanwhile. Memory: (batchSize + ahead) fitted pictures.
   * @default batchSize, at least 4
   */
  readonly ahead?: number;
  /** Called for every picture that cannot be read; the others go on. */
  readonly onSkip: (skipped: SkippedFile) => void;
}

/**
 * Decodes pictures ahead of their use and gives them in batches, in the order of the files. Broken pictures are told to
 * `onSkip` and left out, so that batches stay full; other failures end the stream.
 */
export async function* streamImages(
  codec: ImageCodec,
  files: readonly ImageFile[],
  { fit, batchSize, ahead = Math.max(4, batchSize), onSkip }: ImageStreamOptions,
): AsyncGenerator<ImageBatch, void, void> {
  const window: Promise<Decoded>[] = [];
  let started = 0;
  const startDecoding = () => {
    while (window.length < Math.max(1, ahead) && started < files.length) {
      window.push(decode(codec, files[started++], fit));
    }
  };
  let batch: { files: ImageFile[]; images: RgbImage[] } = { files: [], images: [] };
  for (startDecoding(); window.length > 0; startDecoding()) {
    const decoded = await (window.shift() as Promise<Decoded>);
    if ('failure' in decoded) throw decoded.failure;
    if ('reason' in decoded) {
      onSkip({ file: decoded.file.path, reason: decoded.reason });
      continue;
    }
    batch.files.push(decoded.file);
    batch.images.push(decoded.image);
    if (batch.images.length < batchSize) continue;
    startDecoding();
    yield batch;
    batch = { files: [], images: [] };
  }
  if (batch.images.length > 0) yield batch;
}

type Decoded =
  | { readonly file: ImageFile; readonly image: RgbImage }
  | { readonly file: ImageFile; readonly reason: string }
  | { readonly failure: unknown };

/** Never rejects: a stream that is left early must not leave a rejection that nobody handles. */
async function decode(codec: ImageCodec, file: ImageFile, fit: FitOptions): Promise<Decoded> {
  try {
    return { file, image: await codec.decodeFitted(file.path, fit) };
  } catch (failure) {
    const isBroken = failure instanceof TesseraError && ['bad-image', 'storage'].includes(failure.code);
    return isBroken ? { file, reason: failure.message } : { failure };
  }
}
