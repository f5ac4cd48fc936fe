import type { SkippedFile } from '../../concepts/explanation.ts';
import { TesseraError } from '../../errors.ts';
import { TAKEN_FORMATS } from '../../images/picture-kinds.ts';
import { float32, type Tensor } from '../../tensor.ts';
import { originText, type PreprocessingOrigin } from '../../wording/preprocessing-words.ts';
import { CHUNK, chunked } from '../chunked.ts';
import { runnerFor } from '../model-parts.ts';
import { openKeptAnswers } from '../kept-answers.ts';
import { NO_SCORES, type BatchAnswers, type PictureAnswer } from '../picture-answers.ts';
import { CHANGED, wasChanged } from '../pictures.ts';
import { answersOf, readUnknown } from '../unknown-pictures.ts';
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
  compute: (context) => predict(context),
});

type PredictContext = StageContext<'predictions', 'intake' | 'device' | 'files'>;

/** How files are asked about: by as many at once as are stored, unless somebody waits to see the answers come. */
interface Asking {
  /** @default CHUNK */
  readonly atOnce?: number;
  /** Hears of the answers as they come. */
  readonly onAnswers?: (answers: Predictions) => void;
}

/** How much of the answers a crash may cost. */
const SAVE_MS = 5000;

/** Asks about all files. What is kept of the model's answers (see kept-answers.ts) is not asked for again. */
export async function predict(
  context: PredictContext,
  { atOnce = CHUNK, onAnswers }: Asking = {},
): Promise<Predictions> {
  const { environment, files } = context;
  const runner = runnerFor(context, context.intake.model);
  const kept = await openKeptAnswers(environment, context);
  const predictions: Prediction[] = [];
  const skipped: SkippedFile[] = [];
  let transparent = 0;
  let savedMs = Date.now();
  const pieces = chunked(context, {
    stage: 'predictions',
    count: files.length,
    size: atOnce,
    prepare: (start, end) => readUnknown(context, kept, files.slice(start, end)),
    compute: async (unknown, start, end) =>
      predictionPiece(await answersOf(runner, kept, files.slice(start, end), unknown)),
  });
  try {
    let start = 0;
    for await (const { tensors, value } of pieces) {
      const piece = { predictions: readPredictions(tensors, start), ...value };
      predictions.push(...piece.predictions);
      skipped.push(...piece.skipped);
      transparent += piece.transparent;
      onAnswers?.(piece);
      start += atOnce;
      if (Date.now() - savedMs < SAVE_MS) continue;
      await kept.save();
      savedMs = Date.now();
    }
  } finally {
    await runner.dispose();
    await kept.save();
  }
  if (predictions.length === 0) throw noneUsable(skipped, context.intake.preprocessing);
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

function noneUsable(skipped: readonly SkippedFile[], origin: PreprocessingOrigin): TesseraError {
  const examples = skipped.slice(0, 3).map(({ file, reason }) => `${file} (${reason})`);
  const hint = skipped.some(({ reason }) => reason === NO_SCORES)
    ? `Check the preprocessing, and that the weights of the model are finite. ${originText(origin)}`
    : `Give a folder of ${TAKEN_FORMATS} pictures.`;
  return new TesseraError(
    'no-images',
    `None of the ${skipped.length} images could be used: ${examples.join('; ')}.`,
    { hint },
  );
}
