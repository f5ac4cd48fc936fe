import type { RunOptions } from '../../concepts/run-options.ts';
import type { Explanation } from '../../concepts/explanation.ts';
import { TesseraError } from '../../errors.ts';
import { matrix } from '../../linalg/matrix.ts';
import type { Evaluation, EvaluationLevel, RankCurve } from '../../metrics/evaluation.ts';
import { loadEvaluation, saveEvaluation } from '../../project/evaluation-file.ts';
import { loadRun, loadTensors } from '../../project/project-folder.ts';
import type { RunFile } from '../../project/schema.ts';
import type { Tensor } from '../../tensor.ts';
import { predictionsFingerprint, fingerprintsOf, rankFingerprint } from '../fingerprints.ts';
import { chooseLayer } from '../model-intake.ts';
import { columnOf } from '../report-maps.ts';
import type { ClassScope, RunScope } from '../run-context.ts';
import { chooseClass, selectImages } from '../selection.ts';
import { predictImages } from '../stages/predictions.ts';
import { activationRows, type ActivationRows } from '../stages/rows.ts';
import { coefficientsOf } from '../write-report.ts';
import { scanImages } from '../../images/folder-scan.ts';
import { evaluate } from './evaluate.ts';
import { rankCurve } from './rank-curve.ts';

/**
 * Evaluates a finished run (again), and stores the outcome with it. Activations come from the cache, or from the
 * pictures again where it was deleted.
 *
 * Throws TesseraError 'bad-project' for a run that has not finished, 'bad-image' for a picture that is gone; the
 * signal's reason when aborted.
 */
export async function evaluateRun(
  scope: RunScope,
  runId: string,
  level: EvaluationLevel,
): Promise<Evaluation> {
  const { context, explanation, rows } = await openFinished(scope, runId);
  const tensors = await loadTensors(scope.project, runId);
  const bank = tensors.get('conceptBank') as Tensor<'float32'>;
  const importance = tensors.get('imageImportance') as Tensor<'float64'>;
  const r = bank.dims[0];
  const subject = {
    explanation,
    rows,
    conceptBank: matrix(r, bank.dims[1], bank.data),
    coefficients: coefficientsOf(tensors),
    order: explanation.concepts.map((_, rank) => columnOf(explanation, rank)),
    imageImportance: explanation.images.map((_, i) => importance.data.subarray(i * r, (i + 1) * r)),
  };
  const before = await loadEvaluation(scope.project, runId);
  const fresh = await evaluate(context, subject, level);
  const evaluation = { ...fresh, ...(before?.rank && { rank: before.rank }) };
  await saveEvaluation(scope.project, runId, evaluation);
  return evaluation;
}

/** The evidence for a number of concepts on the rows of a finished run; kept with its evaluation, if it has one. */
export async function rankOfRun(scope: RunScope, runId: string): Promise<RankCurve> {
  const { context, rows, fingerprint } = await openFinished(scope, runId);
  const rank = await rankCurve(context, rows, fingerprint);
  const evaluation = await loadEvaluation(scope.project, runId);
  if (evaluation !== undefined) await saveEvaluation(scope.project, runId, { ...evaluation, rank });
  return rank;
}

/** The same before there is a run: the images are chosen as the options say, and what is computed serves the run. */
export async function rankOfOptions(scope: RunScope, options: RunOptions): Promise<RankCurve> {
  const { environment, intake, device } = scope;
  const { storage } = environment;
  const question = chooseClass(intake.labels.names, options);
  const { classIndex } = question;
  const layer = chooseLayer(intake, options.layer);
  const files = (scope.scan ?? (await scanImages(storage, options.images))).images;
  const asked = await predictionsFingerprint(storage, intake, device.used, files);
  const { predictions } = await predictImages(scope, files, asked);
  const images = selectImages(predictions, intake.labels.names, question).map(({ file }) => file);
  const context: ClassScope = { ...scope, options, classIndex, layer, images };
  const keys = fingerprintsOf(storage, asked, layer, classIndex, images, options);
  const rows = await activationRows(context, keys.rows);
  return rankCurve(context, rows, rankFingerprint(storage, keys.rows, classIndex, options));
}

interface Finished {
  readonly context: ClassScope;
  readonly explanation: Explanation;
  readonly rows: ActivationRows;
  /** Names the evidence for a number of concepts. */
  readonly fingerprint: string;
}

async function openFinished(scope: RunScope, runId: string): Promise<Finished> {
  const { storage } = scope.environment;
  const run = await loadRun(scope.project, runId);
  const explanation = requireFinished(run);
  const options = run.options;
  const { classIndex, layer } = explanation;
  const images = explanation.images.map(({ file }) => {
    const folder = storage.dirname(file);
    return { path: file, folder: storage.basename(folder), root: folder };
  });
  const context: ClassScope = { ...scope, options, classIndex, layer, images };
  const { fingerprint } = run.stages['rows'];
  return {
    context,
    explanation,
    rows: await activationRows(context, fingerprint),
    fingerprint: rankFingerprint(storage, fingerprint, classIndex, options),
  };
}

function requireFinished({ id, explanation, stages }: RunFile): Explanation {
  if (explanation !== undefined && stages['rows'] !== undefined) return explanation;
  throw new TesseraError('bad-project', `Run ${id} has not ended; there is nothing to evaluate.`, {
    hint: 'Start the run again: it continues where it stopped.',
  });
}
