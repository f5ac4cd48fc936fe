import { rowOfId } from '../../concepts/recursion/concept-tree.ts';
import type { RunOptions } from '../../concepts/run-options.ts';
import type { Explanation } from '../../concepts/explanation.ts';
import { TesseraError } from '../../errors.ts';
import type { Evaluation, EvaluationLevel, RankCurve } from '../../metrics/evaluation.ts';
import { loadEvaluation, saveEvaluation } from '../../project/evaluation-file.ts';
import { loadRun } from '../../project/project-folder.ts';
import type { RunTensors } from '../../project/run-tensors.ts';
import { loadRunTensors } from '../../project/tensors-file.ts';
import type { RunFile } from '../../project/schema.ts';
import { loadBank } from '../../project/bank-folder.ts';
import { asRunFound, imagesOfRun, requireSameImages } from '../input-changes.ts';
import { knownBank } from '../known-bank.ts';
import { reopenSharedBank } from '../open-shared-bank.ts';
import type { SharedBank } from '../shared-bank.ts';
import { withStamps } from '../picture-stamps.ts';
import type { Question } from '../question.ts';
import type { ScoredScope, WorkScope } from '../run-context.ts';
import { selectImages } from '../selection.ts';
import { settleScore } from '../settle-score.ts';
import { openStages, type CachePlace, type Stages } from '../stage-runner.ts';
import { predictionsStage } from '../stages/predictions.ts';
import { rankStage } from '../stages/rank.ts';
import { rowsStage } from '../stages/rows.ts';
import type { Frontier } from '../../metrics/frontier.ts';
import { compareCuts } from './compare-cuts.ts';
import { evaluate } from './evaluate.ts';
import { furtherEvidence } from './further-evidence.ts';
import { UNFINISHED_HINT, unfinishedText } from '../../wording/unfinished-words.ts';

/** The model of a finished run, and its project. */
export type EvaluatedScope = ScoredScope & WorkScope;

/**
 * Evaluates a finished run (again), and stores the outcome with it. Activations come from the cache, or from the
 * pictures again where it was deleted.
 *
 * Throws TesseraError 'bad-project' for a run that has not finished, 'bad-image' for a picture that is gone; the
 * signal's reason when aborted.
 */
export async function evaluateRun(
  scope: EvaluatedScope,
  runId: string,
  level: EvaluationLevel,
): Promise<Evaluation> {
  const { project } = scope;
  const { explanation, options, facts, stages, tensors } = await openFinished(scope, runId);
  const { conceptBank, coefficients, imageImportance } = tensors;
  const subject = {
    explanation,
    rows: await stages.get(rowsStage),
    conceptBank,
    coefficients,
    order: explanation.concepts.map(({ id }) => rowOfId(id)),
    imageImportance,
  };
  const before = await loadEvaluation(project, runId);
  const context = { ...scope, ...facts, labels: scope.intake.labels, options };
  const figures = await evaluate(context, subject, level);
  const asked = stages.given({ evaluate: level });
  const evaluation = {
    ...figures,
    // Which numbers and cuts were compared does not depend on the level.
    ...(before?.rank && { rank: before.rank }),
    ...(before?.frontier && { frontier: before.frontier }),
    ...(await furtherEvidence(asked, scope.intake, level, options, figures, subject)),
  };
  await saveEvaluation(project, runId, evaluation);
  return evaluation;
}

/** The evidence for a number of concepts on the rows of a finished run; kept with its evaluation, if it has one. */
export async function rankOfRun(scope: EvaluatedScope, runId: string): Promise<RankCurve> {
  const { stages } = await openFinished(scope, runId);
  const rank = await stages.get(rankStage);
  const evaluation = await loadEvaluation(scope.project, runId);
  if (evaluation !== undefined) await saveEvaluation(scope.project, runId, { ...evaluation, rank });
  return rank;
}

/** The same before there is a run: the images are chosen as in the run, which what is computed serves. */
export async function rankOfQuestion(
  scope: QuestionScope,
  question: Question,
  options: RunOptions,
): Promise<RankCurve> {
  return (await stagesOfQuestion(scope, question, options)).get(rankStage);
}

/** Cuts and numbers of concepts compared before there is a run; undefined where there is nothing to compare. */
export async function frontierOfQuestion(
  scope: QuestionScope,
  question: Question,
  options: RunOptions,
): Promise<Frontier | undefined> {
  const stages = await stagesOfQuestion(scope, question, options);
  return compareCuts(stages, question.intake, question.layer, options);
}

type QuestionScope = Omit<WorkScope, 'project'> & { readonly project: CachePlace };

async function stagesOfQuestion(scope: QuestionScope, question: Question, options: RunOptions) {
  const { layer, explained } = question;
  const { device, environment } = scope;
  const files = await withStamps(scope.project, question.files);
  const open = openStages(scope, { model: question.intake, device, layer, files }, options);
  const { predictions } = await open.get(predictionsStage);
  const model = { environment, device, intake: question.intake };
  const { intake, answers } = await settleScore(model, explained, options.reference, predictions);
  const images = selectImages(answers, { select: question.select, intake, files }).map(({ at }) => files[at]);
  return open.about({ intake, classIndex: intake.score.column, images });
}

/** The bank of all classes that a finished run has, with its rows; null where it has one of its own. */
async function sharedBankOf(
  scope: EvaluatedScope,
  run: RunFile,
  { layer, factorization }: Explanation,
): Promise<SharedBank | null> {
  const { shared, method, status, iterations } = factorization;
  if (shared === undefined) return null;
  const { project, device, intake } = scope;
  const { images: files } = await loadBank(project, shared.bank);
  const images = await asRunFound(
    project,
    run,
    files.map((file) => ({ file })),
  );
  const { conceptBank } = await loadRunTensors(project, run.id);
  const bank = { conceptBank, method, status, iterations };
  const made = { fingerprint: shared.bank, bank, sample: { images, classes: shared.classes } };
  return reopenSharedBank(scope, { intake, device, layer }, made, run.options);
}

type FinishedFact = 'intake' | 'device' | 'layer' | 'classIndex' | 'images' | 'sharedBank';

interface Finished {
  readonly explanation: Explanation;
  readonly options: RunOptions;
  readonly facts: Parameters<typeof openStages<FinishedFact>>[1];
  readonly stages: Stages<FinishedFact>;
  readonly tensors: RunTensors;
}

/** A finished run's stages, under the fingerprints that it recorded. */
async function openFinished(scope: EvaluatedScope, runId: string): Promise<Finished> {
  const run = await loadRun(scope.project, runId);
  const explanation = requireFinished(run);
  const options = run.options;
  const { classIndex, layer } = explanation;
  await requireSameImages(scope.project, run);
  const images = await imagesOfRun(scope.project, run);
  const { intake, device } = scope;
  const sharedBank = await sharedBankOf(scope, run, explanation);
  const facts = { intake, device, layer, classIndex, images, sharedBank };
  const tensors = await loadRunTensors(scope.project, runId);
  const { storage } = scope.environment;
  const known = [
    { stage: rowsStage, fingerprint: run.stages['rows'].fingerprint },
    // What follows from the bank is found again where this version made it, and else made of the bank that the run has.
    knownBank(storage, { run, conceptBank: tensors.conceptBank }),
  ];
  return { explanation, options, facts, stages: openStages(scope, facts, options, { known }), tensors };
}

function requireFinished({ id, explanation, stages }: RunFile): Explanation {
  if (explanation !== undefined && stages['rows'] !== undefined) return explanation;
  throw new TesseraError('bad-project', unfinishedText(id, 'evaluate'), { hint: UNFINISHED_HINT });
}
