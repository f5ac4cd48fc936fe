import type { Explanation } from '../concepts/explanation.ts';
import { strongestPlaces } from '../concepts/gallery.ts';
import { classImportance, meanIndicesOf } from '../concepts/importance.ts';
import type { RunOptions } from '../concepts/run-options.ts';
import type { Evaluation } from '../metrics/evaluation.ts';
import { saveEvaluation } from '../project/evaluation-file.ts';
import { explainedPath, type Project, type RunContent } from '../project/project-folder.ts';
import { markReported, startRun } from '../project/start-run.ts';
import { savePredictions, type GivenImage } from '../project/predictions-file.ts';
import { saveExplained } from '../project/explained-file.ts';
import { saveRunTensors } from '../project/tensors-file.ts';
import type { RunFile } from '../project/schema.ts';
import { saveRunPictures } from '../project/run-pictures.ts';
import { openStageStore, type StageStore } from '../project/stage-store.ts';
import { assembleExplanation, type Findings } from './assemble-explanation.ts';
import { chooseImages } from './chosen-images.ts';
import { evaluateFindings } from './evaluation/evaluate-findings.ts';
import { exampleMaps } from './example-maps.ts';
import { firstLook } from './first-look.ts';
import { givenWith } from './input-changes.ts';
import { withMissingStamps } from './picture-stamps.ts';
import type { Question } from './question.ts';
import { mergeAsInBank } from './bank-merges.ts';
import { keepSharedBank } from './keep-shared-bank.ts';
import { passOverImages } from './image-pass.ts';
import { growTree, type GrownTree } from './recursion.ts';
import type { RunScope } from './run-context.ts';
import { shortcutSearch } from './shortcut-search.ts';
import type { ScoredModel } from './scored-model.ts';
import { openStages } from './stage-runner.ts';
import { bankStage } from './stages/bank.ts';
import { coefficientsStage } from './stages/coefficients.ts';
import { importanceStage } from './stages/importance.ts';
import { explainedMistakes, mistakesStage } from './stages/mistakes.ts';
import type { Prediction } from './prediction.ts';
import { removalsOf, removalsStage } from './stages/removals.ts';
import { movementOf, restStage } from './stages/rest.ts';
import { rowsStage } from './stages/rows.ts';
import { shortcutsStage } from './stages/shortcuts.ts';
import type { RunStages } from './stages/run-stages.ts';

/** A finished run and the project that now holds it. */
export interface ExplainOutcome {
  readonly project: Project;
  readonly run: RunFile;
  readonly resumed: boolean;
  /** Absent where the options want none. */
  readonly evaluation?: Evaluation;
}

/** A run that has begun. */
interface Running {
  readonly scope: RunScope;
  readonly question: Question;
  readonly options: RunOptions;
  readonly store: StageStore;
}

/**
 * Explains one class of a model on a set of images: predictions, activation rows, concept bank, coefficients,
 * importance, maps, removals, parts, evaluation. Every stage is stored as it is done; the same call after an
 * interruption continues.
 *
 * Throws TesseraError for anything a person can correct, and the signal's reason when aborted; what was computed is kept.
 */
export async function explain(
  scope: RunScope,
  asked: Question,
  options: RunOptions,
  command?: string,
): Promise<ExplainOutcome> {
  const { device, environment } = scope;
  const given = await givenWith(environment.storage, asked.intake);
  const begun = { ...content(scope, options, command), given };
  const { project, run: started, resumed } = await startRun(scope.project, begun, environment.self);
  if (resumed) scope.onResume?.(started.id);
  const files = await withMissingStamps(project, asked.files);
  const question = { ...asked, files };
  await saveRunPictures(
    project,
    started.id,
    files.map(({ path, stamp }) => ({ file: path, ...stamp })),
  );
  const store = openStageStore(project, started, {
    fallbacks: () => device.fallbackReasons,
    ...(scope.environment.warn && { warn: scope.environment.warn }),
  });
  const running = { scope: { ...scope, project }, question, options, store };
  if (!resumed) await showFirst(running);
  const { stages, findings, intake } = await findConcepts(running);
  const { shared } = findings;
  if (shared) await keepSharedBank(project, started.id, shared, question.layer, environment.warn);
  const scored = { ...question, intake };
  const whole = assembleExplanation(scored, options, findings);
  const drawn = await drawConcepts({ ...running, question: scored }, stages, findings, whole);
  await savePredictions(project, started.id, givenImages(question.files, findings.predictions.predictions));
  const { explanation, tensors } = await growTree(
    { ...running.scope, intake, keep: store.stage, options },
    drawn,
  );
  await saveRunTensors(project, started.id, tensors);
  const evaluation = await evaluateFindings(stages, intake, options, findings, whole);
  if (evaluation) await saveEvaluation(project, started.id, evaluation);
  if (shared) await mergeAsInBank({ ...running.scope, intake }, { ...store.run, explanation });
  await saveExplained(environment.storage, explainedPath(project, started.id), explanation);
  const isReported = scope.reportFollows !== true;
  const run = await store.finish({ explanation, ...(!isReported && { reportPending: true }) });
  if (isReported) await markReported(project, run);
  return { project, run, resumed, ...(evaluation && { evaluation }) };
}

function content(
  { environment, device }: RunScope,
  options: RunOptions,
  command: string | undefined,
): RunContent {
  return {
    options,
    seed: options.seed,
    ...(command !== undefined && { command }),
    versions: { ...environment.versions },
    device: { requested: options.device, used: device.used, fallbackReasons: [...device.fallbackReasons] },
  };
}

/** Crops shown of each concept while its importance is still computed. */
const EARLY_CROPS = 8;

/** What can be seen before all images were looked at, where anybody waits for it; a run that goes on soon has its own. */
async function showFirst({ scope, question, options, store }: Running): Promise<void> {
  if (scope.onConcepts === undefined) return;
  const look = await firstLook(scope, question, options, EARLY_CROPS);
  if (look) scope.onConcepts(store.run.id, look.crops, look.images, question.files.length);
}

async function findConcepts({ scope, question, options, store }: Running): Promise<{
  readonly stages: RunStages;
  readonly findings: Findings;
  readonly intake: ScoredModel;
}> {
  const { device, onConcepts } = scope;
  const { files, layer } = question;
  const open = openStages(scope, { model: question.intake, device, files, layer }, options, {
    keep: store.stage,
  });
  const found = await chooseImages(scope, question, options, open);
  const { stages, intake, predictions, chosen, images, classIndex, shared } = found;
  const rows = await stages.get(rowsStage);
  const bank = await stages.get(bankStage);
  onConcepts?.(store.run.id, strongestPlaces(bank.coefficients, rows.places, EARLY_CROPS), images);
  const { conceptBank } = bank;
  await passOverImages(stages, { ...scope, intake, layer, images, classIndex, options, conceptBank });
  const coefficients = await stages.get(coefficientsStage);
  const importances = await stages.get(importanceStage);
  const importance = classImportance(importances, options.seed);
  const movement = movementOf(await stages.get(restStage), options.seed);
  const findings = {
    predictions,
    chosen,
    rows,
    bank,
    images: coefficients,
    importances,
    importance,
    movement,
    shared,
  };
  return { stages, findings, intake };
}

function givenImages(
  files: readonly { readonly path: string }[],
  predictions: readonly Prediction[],
): GivenImage[] {
  return predictions.map(({ at, ...answer }) => ({ file: files[at].path, ...answer }));
}

/** The explanation with its maps, removals and mistakes, and the arrays that later views need beside it. */
async function drawConcepts(
  { scope, question, options }: Running & { readonly question: { readonly intake: ScoredModel } },
  stages: RunStages,
  { bank, images, importances, chosen }: Findings,
  explanation: Explanation,
): Promise<GrownTree> {
  const { intake, layer, files } = question;
  const { concepts } = explanation;
  const { conceptBank } = bank;
  const model = { ...scope, intake, layer, conceptBank };
  const { records, maps } = await exampleMaps(stages, model, concepts, options.maps);
  const decisions = await stages.get(removalsStage);
  const removals = removalsOf(decisions, concepts, intake.labels.names);
  const shortcuts = shortcutSearch(await stages.get(shortcutsStage), {
    layer,
    images: chosen.map(({ at }) => files[at]),
    concepts,
    coefficients: images.coefficients,
    decisions,
    ...(explanation.answers && { answers: explanation.answers }),
  });
  const mistakes = explainedMistakes(await stages.get(mistakesStage), files, intake.labels.names, concepts);
  const imageImportance = meanIndicesOf(importances);
  return {
    explanation: { ...explanation, maps: records, removals, shortcuts, mistakes },
    tensors: { ...images, conceptBank, imageImportance, maps, parts: new Map() },
  };
}
