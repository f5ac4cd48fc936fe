import type { SkippedFile } from '../../concepts/explanation.ts';
import { TesseraError } from '../../errors.ts';
import { TAKEN_FORMATS } from '../../images/picture-kinds.ts';
import type { PictureAnswer } from '../../score/model-scores.ts';
import type { Tensor } from '../../tensor.ts';
import { originText, type PreprocessingOrigin } from '../../wording/preprocessing-words.ts';
import { CHUNK, chunked } from '../chunked.ts';
import { runnerFor } from '../model-parts.ts';
import { NOTHING_KEPT, openKeptAnswers } from '../kept-answers.ts';
import { NO_SCORES, type BatchAnswers } from '../picture-answers.ts';
import { CHANGED, requireFound, wasChanged } from '../pictures.ts';
import { answersOf, readUnknown } from '../unknown-pictures.ts';
import type { Json } from '../../project/canonical-json.ts';
import type { Prediction } from '../prediction.ts';
import { defineStage, type StageContext } from '../stage.ts';

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
  facts: ['model', 'device', 'files'],
  version: 4,
  chunk: CHUNK,
  isShared: true,
  compute: (context) => predict(context),
});

type PredictContext = StageContext<'predictions', 'model' | 'device' | 'files'>;

/** How files are asked about: by as many at once as are stored, unless somebody waits to see the answers come. */
interface Asking {
  /** @default CHUNK */
  readonly atOnce?: number;
  /** Hears of the answers as they come. */
  readonly onAnswers?: (answers: Predictions) => void;
  /** Hears of every row of raw scores; then all pictures are asked about anew, since answers are kept without them. */
  readonly onScores?: (file: string, scores: Float32Array) => void;
}

/** How much of the answers a crash may cost. */
const SAVE_MS = 5000;

/** Asks about all files. What is kept of the model's answers (see kept-answers.ts) is not asked for again. */
export async function predict(
  context: PredictContext,
  { atOnce = CHUNK, onAnswers, onScores }: Asking = {},
): Promise<Predictions> {
  const { environment, files } = context;
  const intake = context.model;
  const runner = runnerFor({ ...context, intake }, intake.model);
  const { scores } = intake;
  const asked = { runner, scores, ...(onScores && { onScores }) };
  const kept = onScores ? NOTHING_KEPT : await openKeptAnswers(environment, { ...context, intake });
  const predictions: Prediction[] = [];
  const skipped: SkippedFile[] = [];
  let transparent = 0;
  let savedMs = Date.now();
  const pieces = chunked(context, {
    stage: 'predictions',
    count: files.length,
    size: atOnce,
    prepare: (start, end) => readUnknown({ environment, intake }, kept, files.slice(start, end)),
    compute: async (unknown, start, end) => {
      requireFound(unknown.batch.skipped);
      return predictionPiece(await answersOf(asked, kept, files.slice(start, end), unknown));
    },
  });
  try {
    let start = 0;
    for await (const { value } of pieces) {
      const { answers, ...rest } = value;
      const found = (answers as unknown as Stored[]).map(({ offset, ...answer }): Prediction => ({
        ...answer,
        at: start + offset,
      }));
      const piece = { predictions: found, ...rest };
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
  if (predictions.length === 0) throw noneUsable(skipped, context.model.preprocessing);
  return { predictions, transparent, skipped };
}

/** An answer as it is stored, with the picture's place in its piece. */
type Stored = PictureAnswer & { readonly offset: number };

function predictionPiece({ answers, transparent, skipped }: BatchAnswers) {
  const changed = skipped.find(({ reason }) => reason === CHANGED);
  if (changed !== undefined) throw wasChanged(changed.file);
  // An answer differs in form with what the model tells; as text every form is kept exactly.
  return {
    tensors: new Map<string, Tensor>(),
    value: {
      answers: answers.map(({ offset, answer }) => ({ offset, ...answer })) as unknown as Json,
      transparent,
      skipped: skipped.map(({ file, reason }) => ({ file, reason })),
    },
  };
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
