import { argMax, classProbabilities } from '../../concepts/class-probabilities.ts';
import type { SkippedFile } from '../../concepts/explanation.ts';
import { TesseraError } from '../../errors.ts';
import type { ImageFile } from '../../images/folder-scan.ts';
import { float32, type Tensor } from '../../tensor.ts';
import { CHUNK, chunked } from '../chunked.ts';
import { fromJsonTensor, jsonTensor } from '../json-tensor.ts';
import { runnerFor } from '../model-parts.ts';
import { readBatch, type PictureBatch } from '../pictures.ts';
import type { RunScope } from '../run-context.ts';

/** What the model says of one readable image. */
export interface Prediction {
  readonly file: ImageFile;
  readonly index: number;
  readonly probability: number;
}

/** Runs the whole model once over every image; broken images and those without finite scores are listed, not fatal. */
export async function predictImages(
  context: RunScope,
  files: readonly ImageFile[],
  fingerprint: string,
): Promise<{ predictions: Prediction[]; skipped: SkippedFile[] }> {
  const { intake, environment } = context;
  const runner = runnerFor(context, intake.model);
  const predictions: Prediction[] = [];
  const skipped: SkippedFile[] = [];
  const stage = chunked<PictureBatch>(context, {
    stage: 'predictions',
    fingerprint,
    count: files.length,
    prepare: (start, end) =>
      readBatch(environment.codec, files.slice(start, end), intake.preprocessing.preprocessing),
    compute: async (batch, start) =>
      predictionTensors(batch, batch.input && (await runner.run(batch.input)), files.slice(start)),
  });
  try {
    let start = 0;
    for await (const chunk of stage) {
      collect(chunk, files, start, predictions);
      skipped.push(...fromJsonTensor<{ file: string; reason: string }[]>(chunk.get('skipped')));
      start += CHUNK;
    }
  } finally {
    await runner.dispose();
  }
  if (predictions.length === 0) throw noneUsable(skipped);
  return { predictions, skipped };
}

const NO_SCORES = 'the model gives scores for it that are not finite numbers';

function predictionTensors(
  { readable, skipped }: PictureBatch,
  logits: Tensor<'float32'> | undefined,
  files: readonly ImageFile[],
): Map<string, Tensor> {
  const classes = logits === undefined ? 0 : logits.data.length / readable.length;
  const scores = readable.map((offset, i) => ({
    offset,
    row: logits!.data.subarray(i * classes, (i + 1) * classes),
  }));
  const usable = scores.filter(({ row }) => row.every(Number.isFinite));
  const unusable = scores.filter(({ row }) => !row.every(Number.isFinite));
  const probabilities = usable.map(({ row }) => classProbabilities(row));
  const index = Int32Array.from(probabilities, argMax);
  const left = [
    ...skipped.map(({ file, reason }) => ({ file, reason })),
    ...unusable.map(({ offset }) => ({ file: files[offset].path, reason: NO_SCORES })),
  ];
  const dims = [usable.length];
  return new Map<string, Tensor>([
    ['readable', { type: 'int32', dims, data: Int32Array.from(usable, ({ offset }) => offset) }],
    ['index', { type: 'int32', dims, data: index }],
    [
      'probability',
      float32(
        Float32Array.from(probabilities, (row, i) => row[index[i]]),
        dims,
      ),
    ],
    ['skipped', jsonTensor(left)],
  ]);
}

function collect(
  chunk: ReadonlyMap<string, Tensor>,
  files: readonly ImageFile[],
  start: number,
  into: Prediction[],
): void {
  const readable = chunk.get('readable')!.data as Int32Array;
  const index = chunk.get('index')!.data as Int32Array;
  const probability = chunk.get('probability')!.data as Float32Array;
  readable.forEach((offset, i) =>
    into.push({ file: files[start + offset], index: index[i], probability: probability[i] }),
  );
}

function noneUsable(skipped: readonly SkippedFile[]): TesseraError {
  const examples = skipped.slice(0, 3).map(({ file, reason }) => `${file} (${reason})`);
  const hint = skipped.some(({ reason }) => reason === NO_SCORES)
    ? 'Check the preprocessing, and that the weights of the model are finite.'
    : 'Give a folder of JPEG, PNG, WebP, GIF, TIFF, AVIF or BMP pictures.';
  return new TesseraError(
    'no-images',
    `None of the ${skipped.length} images could be used: ${examples.join('; ')}.`,
    { hint },
  );
}
