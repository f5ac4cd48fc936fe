import type { AskedScore } from '../concepts/class-question.ts';
import { TesseraError } from '../errors.ts';
import { scanImages } from '../images/folder-scan.ts';
import { rowView } from '../linalg/matrix.ts';
import { tensorMatrix } from '../linalg/matrix-tensor.ts';
import type { Storage } from '../platform.ts';
import { isUndecided, runAnswer, unitVector } from '../score/decision.ts';
import type { Reference } from '../score/explained.ts';
import { scoreOf, type Score } from '../score/score.ts';
import { CHUNK } from './chunked.ts';
import { runnerFor } from './model-parts.ts';
import { readBatch } from './pictures.ts';
import type { ModelScope } from './run-context.ts';
import { withScore, type ScoredModel } from './scored-model.ts';
import type { Prediction } from './prediction.ts';

/** A model of the score that is explained, and what it says of every picture that was looked at. */
export interface SettledScore {
  readonly intake: ScoredModel;
  readonly answers: readonly Prediction[];
}

/**
 * Settles the score, once the model was asked about the pictures: a number without a threshold is split at its mean over
 * them, a vector is compared with the mean of the reference's pictures.
 *
 * Throws TesseraError 'no-images' where the reference has no picture that can be read.
 */
export async function settleScore(
  scope: ModelScope,
  explained: AskedScore,
  reference: string | undefined,
  predictions: readonly Prediction[],
): Promise<SettledScore> {
  const { scores } = scope.intake;
  const known =
    explained.kind === 'similarity'
      ? { ...explained, reference: await readReference(scope, reference!) }
      : explained;
  const asked = scoreOf(scores, known);
  const at = meanValue(asked, predictions);
  const score = at === undefined ? asked : scoreOf(scores, known, at);
  const answers = predictions.map((prediction) => ({ ...runAnswer(score, prediction), at: prediction.at }));
  return { intake: withScore(scope.intake, score), answers };
}

/** Of a number that no threshold splits; undefined for all else. */
function meanValue(score: Score, predictions: readonly Prediction[]): number | undefined {
  if (!isUndecided(score)) return undefined;
  return predictions.reduce((sum, one) => sum + runAnswer(score, one).value! / predictions.length, 0);
}

/** The mean of the vectors of a picture, or of all in a folder, each and the mean brought to length 1. */
async function readReference(scope: ModelScope, path: string): Promise<Reference> {
  const { environment, intake } = scope;
  const { storage, codec } = environment;
  const files = await picturesAt(storage, path);
  const sum = new Float64Array(intake.scores.width);
  const runner = runnerFor(scope, intake.model);
  const reasons: string[] = [];
  try {
    for (let start = 0; start < files.length; start += CHUNK) {
      const some = files.slice(start, start + CHUNK);
      const { input, skipped } = await readBatch(codec, some, intake.preprocessing.preprocessing);
      reasons.push(...skipped.map(({ file, reason }) => `${file} (${reason})`));
      const rows = input && tensorMatrix(await runner.run(input));
      for (let row = 0; row < (rows?.rows ?? 0); row++)
        unitVector(rowView(rows!, row)).forEach((value, i) => (sum[i] += value));
    }
  } finally {
    await runner.dispose();
  }
  const vector = [...unitVector(sum)];
  if (vector.every(Number.isFinite)) return { name: storage.basename(path), vector };
  throw new TesseraError(
    'no-images',
    `Nothing can be compared with ${path}: ${reasons.slice(0, 3).join('; ')}.`,
    {
      hint: 'Name a picture that can be read, or a folder of such.',
      options: ['reference'],
    },
  );
}

async function picturesAt(storage: Storage, path: string): Promise<readonly { readonly path: string }[]> {
  const isFolder = await storage.list(path).then(
    () => true,
    () => false,
  );
  return isFolder ? (await scanImages(storage, [path])).images : [{ path: storage.resolve(path) }];
}
