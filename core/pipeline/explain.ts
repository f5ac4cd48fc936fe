import { strongestPlaces } from '../concepts/gallery.ts';
import { classImportance, meanIndices } from '../concepts/importance.ts';
import type { RunOptions } from '../concepts/run-options.ts';
import type { Explanation } from '../concepts/explanation.ts';
import type { Evaluation } from '../metrics/evaluation.ts';
import { saveEvaluation } from '../project/evaluation-file.ts';
import { startRun, type Project } from '../project/project-folder.ts';
import { saveRunTensors, type RunTensors } from '../project/run-tensors.ts';
import type { RunFile } from '../project/schema.ts';
import { openStageStore, type StageStore } from '../project/stage-store.ts';
import { assembleExplanation, type Findings } from './assemble-explanation.ts';
import { openConceptMapper } from './concept-mapper.ts';
import { exampleMaps, type ExampleMaps } from './example-maps.ts';
import type { Question } from './question.ts';
import { growTree } from './recursion.ts';
import type { RunScope } from './run-context.ts';
import { selectImages } from './selection.ts';
import { openStages, type Stages } from './stage-runner.ts';
import type { Facts } from './stage.ts';
import { bankStage } from './stages/bank.ts';
import { coefficientsStage } from './stages/coefficients.ts';
import { evaluationStage } from './stages/evaluation.ts';
import { importanceStage } from './stages/importance.ts';
import { predictionsStage } from './stages/predictions.ts';
import { rankStage, storedRankStage } from './stages/rank.ts';
import { removalsOf, removalsStage } from './stages/removals.ts';
import { rowsStage } from './stages/rows.ts';

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

/** The stages of a run once its images are chosen. */
type RunStages = Stages<Exclude<keyof Facts, 'parent' | 'earlier'>>;

/**
 * Explains one class of a model on a set of images: predictions, activation rows, concept bank, coefficients,
 * importance, maps, removals, parts, evaluation. Every stage is stored as it is done; the same call after an
 * interruption continues.
 *
 * Throws TesseraError for anything a person can correct, and the signal's reason when aborted; what was computed stays.
 */
export async function explain(
  scope: RunScope,
  question: Question,
  options: RunOptions,
  command?: string,
): Promise<ExplainOutcome> {
  const { device } = scope;
  const {
    project,
    run: started,
    resumed,
  } = await startRun(scope.project, runContent(scope, options, command));
  if (resumed) scope.onResume?.(started.id);
  const running = {
    scope: { ...scope, project },
    question,
    options,
    store: openStageStore(project, started),
  };
  const { stages, findings } = await findConcepts(running);
  const whole = assembleExplanation(question, options, findings);
  const drawn = await drawConcepts(running, stages, findings, whole);
  const { explanation, tensors } = await growTree(
    { ...running.scope, intake: question.intake, keep: running.store.stage, options },
    {
      explanation: { ...whole, maps: drawn.records, removals: await removals(stages, question, whole) },
      tensors: runTensors(findings, drawn),
    },
  );
  await saveRunTensors(project, started.id, tensors);
  const evaluation = await evaluateFindings(running, stages, findings, whole);
  const run = await running.store.finish({
    explanation,
    device: { ...running.store.run.device, fallbackReasons: [...device.fallbackReasons] },
  });
  return { project, run, resumed, ...(evaluation && { evaluation }) };
}

function runContent({ environment, device }: RunScope, options: RunOptions, command: string | undefined) {
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

async function findConcepts({
  scope,
  question,
  options,
  store,
}: Running): Promise<{ readonly stages: RunStages; readonly findings: Findings }> {
  const { device, onConcepts } = scope;
  const { intake, files, layer, classIndex } = question;
  const facts = { intake, device, labels: intake.labels, files, layer, classIndex };
  const asked = openStages(scope, facts, options, { keep: store.stage });
  const predictions = await asked.get(predictionsStage);
  const chosen = selectImages(predictions.predictions, question);
  const images = chosen.map(({ at }) => files[at]);
  const stages = asked.about({ images });
  const rows = await stages.get(rowsStage);
  const bank = await stages.get(bankStage);
  onConcepts?.(store.run.id, strongestPlaces(bank.coefficients, rows.places, EARLY_CROPS), images);
  const coefficients = await stages.get(coefficientsStage);
  const importances = await stages.get(importanceStage);
  const importance = classImportance(importances, options.seed);
  const findings = { predictions, chosen, rows, bank, images: coefficients, importances, importance };
  return { stages, findings };
}

async function drawConcepts(
  { scope, question, options }: Running,
  stages: RunStages,
  { bank }: Findings,
  { concepts }: Explanation,
): Promise<ExampleMaps> {
  const mapper = openConceptMapper({ ...scope, intake: question.intake }, question.layer, bank.conceptBank);
  try {
    return await exampleMaps(stages, mapper, concepts, options.maps);
  } finally {
    await mapper.dispose();
  }
}

async function removals(stages: RunStages, { intake }: Question, { concepts }: Explanation) {
  return removalsOf(await stages.get(removalsStage), concepts, intake.labels.names);
}

/** What later views need beside the explanation. */
function runTensors({ bank, images, importances }: Findings, { maps }: ExampleMaps): RunTensors {
  const { conceptBank } = bank;
  const { coefficients } = images;
  return {
    conceptBank,
    coefficients,
    imageImportance: importances.map(meanIndices),
    maps,
    parts: new Map(),
  };
}

/** Evaluates what was found and stores the outcome with the run, unless the options want none. */
async function evaluateFindings(
  { scope, options, store }: Running,
  stages: RunStages,
  { rows, bank, images, importances, importance }: Findings,
  explanation: Explanation,
): Promise<Evaluation | undefined> {
  if (options.evaluate === 'none') return undefined;
  const evaluated = await stages.get(evaluationStage, {
    explanation,
    rows,
    conceptBank: bank.conceptBank,
    coefficients: images.coefficients,
    order: importance.order,
    imageImportance: importances.map(meanIndices),
  });
  const rank = options.evaluate === 'full' ? await stages.get(rankStage) : await stages.peek(storedRankStage);
  const evaluation = { ...evaluated, ...(rank && { rank }) };
  await saveEvaluation(scope.project, store.run.id, evaluation);
  return evaluation;
}
