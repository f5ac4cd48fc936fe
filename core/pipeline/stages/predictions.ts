import { argMax, classProbabilities } from '../../concepts/class-probabilities.ts';
import type { SkippedFile } from '../../concepts/explanation.ts';
import { TesseraError } from '../../errors.ts';
import type { ImageFile } from '../../images/folder-scan.ts';
import type { Tensor } from '../../tensor.ts';
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

/** Runs the whole model once over every image; broken images are listed, not fatal. */
export async function predictImages(
  context: RunScope,
  files: readonly ImageFile[],
  fingerprint: string,
): Promise<{ predictions: Prediction[]; skipped: SkippedFile[] }> {
  const { intake, workbench } = context;
  const runner = runnerFor(context, intake.model);
  const predictions: Prediction[] = [];
  const skipped: SkippedFile[] = [];
  const stage = chunked<PictureBatch>(context, {
    stage: 'predictions',
    fingerprint,
    count: files.length,
    prepare: (start, end) =>
      readBatch(workbench.codec, files.slice(start, end), intake.preprocessing.preprocessing),
    compute: async (batch) => predictionTensors(batch, batch.input && (await runner.run(batch.input))),
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
  if (predictions.length === 0) throw noneReadable(skipped);
  return { predictions, skipped };
}

function predictionTensors(
  { readable, skipped }: PictureBatch,
  logits: Tensor<'float32'> | undefined,
): Map<string, Tensor> {
  const count = readable.length;
  const index = new Int32Array(count);
  const probability = new Float32Array(count);
  const classes = logits === undefined ? 0 : logits.data.length / count;
  for (let i = 0; i < count; i++) {
    const probabilities = classProbabilities(logits!.data.subarray(i * classes, (i + 1) * classes));
    index[i] = argMax(probabilities);
    probability[i] = probabilities[index[i]];
  }
  return new Map<string, Tensor>([
    ['readable', { type: 'int32', dims: [count], data: Int32Array.from(readable) }],
    ['index', { type: 'int32', dims: [count], data: index }],
    ['probability', { type: 'float32', dims: [count], data: probability }],
    ['skipped', jsonTensor(skipped.map(({ file, reason }) => ({ file, reason })))],
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

function noneReadable(skipped: readonly SkippedFile[]): TesseraError {
  const examples = skipped.slice(0, 3).map(({ file, reason }) => `${file} (${reason})`);
  return new TesseraError(
    'no-images',
    `None of the ${skipped.length} images could be read: ${examples.join('; ')}.`,
    {
      hint: 'Give a folder of JPEG, PNG, WebP, GIF, TIFF, AVIF or BMP pictures.',
    },
  );
}
