import type { SkippedFile } from '../../concepts/explanation.ts';
import { TesseraError } from '../../errors.ts';
import { TAKEN_FORMATS } from '../../images/picture-kinds.ts';
import { float32, type Tensor } from '../../tensor.ts';
import { CHUNK, chunked } from '../chunked.ts';
import { runnerFor } from '../model-parts.ts';
import { batchAnswers, NO_SCORES, type BatchAnswers, type PictureAnswer } from '../picture-answers.ts';
import { CHANGED, readBatch, wasChanged } from '../pictures.ts';
import { defineStage, type StageContext } from '../stage.ts';

/** What the model says of one readable image. */
export interface Prediction extends PictureAnswer {
  /** Its place among all files. */
  readonly at: number;
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
    compute: async (batch, start) => predictionPiece(await batchAnswers(runner, batch, files.slice(start))),
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

function predictionPiece({ answers, transparent, skipped }: BatchAnswers) {
  const changed = skipped.find(({ reason }) => reason === CHANGED);
  if (changed !== undefined) throw wasChanged(changed.file);
  const dims = [answers.length];
  const integers = (of: (answer: PictureAnswer, offset: number) => number): Tensor => ({
    type: 'int32',
    dims,
    data: Int32Array.from(answers, ({ answer, offset }) => of(answer, offset)),
  });
  const shares = (of: (answer: PictureAnswer) => number): Tensor =>
    float32(
      Float32Array.from(answers, ({ answer }) => of(answer)),
      dims,
    );
  return {
    tensors: new Map<string, Tensor>([
      ['readable', integers((_, offset) => offset)],
      ['index', integers(({ index }) => index)],
      ['probability', shares(({ probability }) => probability)],
      ['runnerUp', integers(({ runnerUp }) => runnerUp?.index ?? NONE)],
      ['runnerUpProbability', shares(({ runnerUp }) => runnerUp?.probability ?? 0)],
    ]),
    value: { transparent, skipped: skipped.map(({ file, reason }) => ({ file, reason })) },
  };
}

/** In the place of a class where there is none. */
const NONE = -1;

function readPredictions(tensors: ReadonlyMap<string, Tensor>, start: number): Prediction[] {
  const [readable, index, probability, runnerUp, runnerUpProbability] = [
    'readable',
    'index',
    'probability',
    'runnerUp',
    'runnerUpProbability',
  ].map((name) => tensors.get(name)!.data as Int32Array | Float32Array);
  return Array.from(readable, (offset, i) => ({
    at: start + offset,
    index: index[i],
    probability: probability[i],
    ...(runnerUp[i] !== NONE && {
      runnerUp: { index: runnerUp[i], probability: runnerUpProbability[i] },
    }),
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
