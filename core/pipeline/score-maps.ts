import type { ValueMethod } from '../attribution/methods.ts';
import { chooseScore, usualClass, type AskedScore } from '../concepts/class-question.ts';
import type { SkippedFile } from '../concepts/explanation.ts';
import { frameOf } from '../images/preprocessing.ts';
import { rowView } from '../linalg/matrix.ts';
import { tensorMatrix } from '../linalg/matrix-tensor.ts';
import type { OnProgress } from '../platform.ts';
import { UNKEPT_ENTRY } from '../project/stage-entry.ts';
import { TesseraError } from '../errors.ts';
import type { ModelScores } from '../score/model-scores.ts';
import type { Score } from '../score/score.ts';
import type { Tensor } from '../tensor.ts';
import { drawScoreMap, passesOf, type DrawnMap } from './draw-score-map.ts';
import { runnerFor } from './model-parts.ts';
import { NO_SCORES } from './picture-answers.ts';
import { readBatch } from './pictures.ts';
import type { Prediction } from './prediction.ts';
import type { FileFact } from './question.ts';
import type { ModelScope } from './run-context.ts';
import { settleScore } from './settle-score.ts';
import { predict } from './stages/predictions.ts';

/** What is drawn of pictures. */
export interface MapsQuestion {
  /** Absent: in each picture what the model itself says of it. */
  readonly class?: string | undefined;
  readonly against?: string | undefined;
  readonly reference?: string | undefined;
  readonly method: ValueMethod;
  readonly seed: number;
}

/** Where a score comes from in one picture. */
export interface ScoreMap extends DrawnMap {
  readonly file: string;
  readonly score: Score;
}

/** What is known at the end, beside the maps. */
export interface MapsEnd {
  /** Files that were of no use, with the reason. */
  readonly skipped: readonly SkippedFile[];
  /** Images with pixels that are not opaque. */
  readonly transparent: number;
}

/** Who hears of the maps as they come. */
export interface MapsListener {
  readonly onMap: (map: ScoreMap) => Promise<void> | void;
  readonly onProgress: OnProgress;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Draws where a raw score comes from in each of some pictures, by a method that asks for values alone, so that it works
 * with every model, also one without a cut. Holds one picture and its map at a time.
 *
 * Throws 'bad-usage' and 'unknown-name' for what the model cannot be asked, 'no-images' where no picture can be used, and
 * the signal's reason between two passes through the model once it is aborted.
 */
export async function drawScoreMaps(
  scope: ModelScope,
  files: readonly FileFact[],
  question: MapsQuestion,
  { onMap, onProgress, signal }: MapsListener,
): Promise<MapsEnd> {
  const { environment, device, intake } = scope;
  const asked = checkMapsQuestion(intake.scores, question);
  const work = { environment, device, model: intake, files, signal, onProgress };
  const { predictions, transparent, skipped } = await predict({
    ...work,
    entry: UNKEPT_ENTRY,
    options: {},
    inputs: {},
  });
  const settle = scoreFinder(scope, question, predictions);
  const left = [...skipped];
  const { preprocessing } = intake.preprocessing;
  const { width, height } = frameOf(preprocessing);
  const each = passesOf(question.method, [height, width]);
  const runner = runnerFor(scope, intake.model);
  let done = 0;
  const ask = async (batch: Tensor<'float32'>): Promise<Float32Array[]> => {
    signal?.throwIfAborted();
    const rows = tensorMatrix(await runner.run(batch));
    done += batch.dims[0];
    onProgress({ stage: 'maps', done, total: each * predictions.length });
    return Array.from({ length: rows.rows }, (_, row) => rowView(rows, row));
  };
  try {
    for (const { at, index } of predictions) {
      const file = files[at];
      const { input, skipped: bad } = await readBatch(environment.codec, [file], preprocessing);
      left.push(...bad);
      const score = await settle(asked ?? ownAnswer(intake.scores, index));
      const drawn = input && (await drawScoreMap(preprocessing, score, question, input, ask));
      if (drawn) await onMap({ file: file.path, score, ...drawn });
      else if (input) left.push({ file: file.path, reason: NO_SCORES });
    }
  } finally {
    await runner.dispose();
  }
  onProgress({ stage: 'maps', done: each * predictions.length, total: each * predictions.length });
  return { skipped: left, transparent };
}

/** What is asked of every picture; undefined: its own answer. Throws what the model cannot be asked. */
export function checkMapsQuestion(
  scores: ModelScores,
  { class: name, against, reference }: Pick<MapsQuestion, 'class' | 'against' | 'reference'>,
): AskedScore | undefined {
  if (name === undefined && against !== undefined)
    throw new TesseraError('bad-usage', `Which class is to be compared with "${against}"?`, {
      hint: 'Name the class too.',
      options: ['class'],
    });
  const asked = {
    class: name ?? usualClass(scores) ?? '0',
    select: 'all' as const,
    ...(against !== undefined && { against }),
    ...(reference !== undefined && { reference }),
  };
  const { explained } = chooseScore(scores, asked);
  return name === undefined ? undefined : explained;
}

/** What the model says by itself, to be explained; of labels the likeliest. */
function ownAnswer({ task }: ModelScores, index: number): AskedScore {
  switch (task) {
    case 'multiclass':
      return { kind: 'class', index };
    case 'binary':
      return { kind: 'side', side: index === 0 ? 0 : 1 };
    case 'multilabel':
      return { kind: 'side', side: 1, label: index };
    case 'regression':
      return { kind: 'side', side: 1 };
    case 'embedding':
      return { kind: 'similarity', side: 1 };
  }
}

/** Settles each score that comes up once. */
function scoreFinder(
  scope: ModelScope,
  { reference }: MapsQuestion,
  predictions: readonly Prediction[],
): (asked: AskedScore) => Promise<Score> {
  const known = new Map<string, Score>();
  return async (asked) => {
    const key = JSON.stringify(asked);
    const found = known.get(key) ?? (await settleScore(scope, asked, reference, predictions)).intake.score;
    known.set(key, found);
    return found;
  };
}
