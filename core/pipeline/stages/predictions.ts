import { argMax, classProbabilities } from '../../concepts/class-probabilities.ts';
import type { SkippedFile } from '../../concepts/explanation.ts';
import { TesseraError } from '../../errors.ts';
import { TAKEN_FORMATS } from '../../images/picture-kinds.ts';
import { float32, type Tensor } from '../../tensor.ts';
import { CHUNK, chunked } from '../chunked.ts';
import { runnerFor } from '../model-parts.ts';
import { CHANGED, readBatch, wasChanged, type PictureBatch } from '../pictures.ts';
import type { FileFact } from '../question.ts';
import { defineStage, type StageContext } from '../stage.ts';

/** What the model says of one readable image. */
export interface Prediction {
  /** Its place among all files. */
  readonly at: number;
  readonly index: number;
  readonly probability: number;
}

/** What the model says of all files. */
export interface Predictions {
  readonly predictions: readonly Prediction[];
  /** Images with pixels that are not opaque. */
  readonly transparent: number;
  readonly skipped: readonly SkippedFile[];
}

/** Runs the whole model once over every image; broken images and those without finite scores are listed, not fatal. */
export const predictionsStage = defineStage({
  name: 'predictions',
  inputs: {},
  facts: ['intake', 'device', 'files'],
  version: 3,
  chunk: CHUNK,
  compute: predict,
});

async function predict(
  context: StageContext<'predictions', 'intake' | 'device' | 'files'>,
): Promise<Predictions> {
  const { intake, environment, files } = context;
  const runner = runnerFor(context, intake.model);
  const predictions: Prediction[] = [];
  const skipped: SkippedFile[] = [];
  let transparent = 0;
  const pieces = chunked(context, {
    stage: 'predictions',
    count: files.length,
    prepare: (start, end) =>
      readBatch(environment.codec, files.slice(start, end), intake.preprocessing.preprocessing),
    compute: async (batch, start) =>
      predictionPiece(batch, batch.input && (await runner.run(batch.input)), files.slice(start)),
  });
  try {
    let start = 0;
    for await (const { tensors, value } of pieces) {
      predictions.push(...readPredictions(tensors, start));
      skipped.push(...value.skipped);
      transparent += value.transparent;
      start += CHUNK;
    }
  } finally {
    await runner.dispose();
  }
  if (predictions.length === 0) throw noneUsable(skipped);
  return { predictions, transparent, skipped };
}

const NO_SCORES = 'the model gives scores for it that are not finite numbers';

function predictionPiece(
  { readable, transparent, skipped }: PictureBatch,
  logits: Tensor<'float32'> | undefined,
  files: readonly FileFact[],
) {
  const changed = skipped.find(({ reason }) => reason === CHANGED);
  if (changed !== undefined) throw wasChanged(changed.file);
  const classes = logits === undefined ? 0 : logits.data.length / readable.length;
  const scores = readable.map((offset, i) => ({
    offset,
    row: logits!.data.subarray(i * classes, (i + 1) * classes),
  }));
  const usable = scores.filter(({ row }) => row.every(Number.isFinite));
  const unusable = scores.filter(({ row }) => !row.every(Number.isFinite));
  const probabilities = usable.map(({ row }) => classProbabilities(row));
  const index = Int32Array.from(probabilities, argMax);
  const dims = [usable.length];
  const probability = Float32Array.from(probabilities, (row, i) => row[index[i]]);
  return {
    tensors: new Map<string, Tensor>([
      ['readable', { type: 'int32', dims, data: Int32Array.from(usable, ({ offset }) => offset) }],
      ['index', { type: 'int32', dims, data: index }],
      ['probability', float32(probability, dims)],
    ]),
    value: {
      transparent: transparent.filter((is) => is).length,
      skipped: [
        ...skipped.map(({ file, reason }) => ({ file, reason })),
        ...unusable.map(({ offset }) => ({ file: files[offset].path, reason: NO_SCORES })),
      ],
    },
  };
}

function readPredictions(tensors: ReadonlyMap<string, Tensor>, start: number): Prediction[] {
  const readable = tensors.get('readable')!.data as Int32Array;
  const index = tensors.get('index')!.data as Int32Array;
  const probability = tensors.get('probability')!.data as Float32Array;
  return Array.from(readable, (offset, i) => ({
    at: start + offset,
    index: index[i],
    probability: probability[i],
  }));
}

function noneUsable(skipped: readonly SkippedFile[]): TesseraError {
  const examples = skipped.slice(0, 3).map(({ file, reason }) => `${file} (${reason})`);
  const hint = skipped.some(({ reason }) => reason === NO_SCORES)
    ? 'Check the preprocessing, and that the weights of the model are finite.'
    : `Give a folder of ${TAKEN_FORMATS} pictures.`;
  return new TesseraError(
    'no-images',
    `None of the ${skipped.length} images could be used: ${examples.join('; ')}.`,
    { hint },
  );
}
