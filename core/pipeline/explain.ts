import type { Explanation } from '../concepts/explanation.ts';
import { strongestPlaces } from '../concepts/gallery.ts';
import { classImportance, meanIndices } from '../concepts/importance.ts';
import type { RunOptions } from '../concepts/run-options.ts';
import type { Evaluation } from '../metrics/evaluation.ts';
import { saveEvaluation } from '../project/evaluation-file.ts';
import { startRun, type Project, type RunContent } from '../project/project-folder.ts';
import { saveRunTensors } from '../project/tensors-file.ts';
import type { RunFile } from '../project/schema.ts';
import { openStageStore, type StageStore } from '../project/stage-store.ts';
import { assembleExplanation, type Findings } from './assemble-explanation.ts';
import { evaluateFindings } from './evaluation/evaluate-findings.ts';
import { exampleMaps } from './example-maps.ts';
import type { Question } from './question.ts';
import { growTree, type GrownTree } from './recursion.ts';
import type { RunScope } from './run-context.ts';
import { selectImages } from './selection.ts';
import { openStages } from './stage-runner.ts';
import { bankStage } from './stages/bank.ts';
import { coefficientsStage } from './stages/coefficients.ts';
import { importanceStage } from './stages/importance.ts';
import { predictionsStage } from './stages/predictions.ts';
import { removalsOf, removalsStage } from './stages/removals.ts';
import { rowsStage } from './stages/rows.ts';
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
  question: Question,
  options: RunOptions,
  command?: string,
): Promise<ExplainOutcome> {
  const { device } = scope;
  const { project, run: started, resumed } = await startRun(scope.project, content(scope, options, command));
  if (resumed) scope.onResume?.(started.id);
  const store = openStageStore(project, started);
  const running = { scope: { ...scope, project }, question, options, store };
  const { stages, findings } = await findConcepts(running);
  const whole = assembleExplanation(question, options, findings);
  const drawn = await drawConcepts(running, stages, findings, whole);
  const { explanation, tensors } = await growTree(
    { ...running.scope, intake: question.intake, keep: store.stage, options },
    drawn,
  );
  await saveRunTensors(project, started.id, tensors);
  const evaluation = await evaluateFindings(stages, options, findings, whole);
  if (evaluation) await saveEvaluation(project, started.id, evaluation);
  const fallbackReasons = [...device.fallbackReasons];
  const run = await store.finish({ explanation, device: { ...store.run.device, fallbackReasons } });
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

/** The explanation with its maps and removals, and the arrays that later views need beside it. */
async function drawConcepts(
  { scope, question, options }: Running,
  stages: RunStages,
  { bank, images, importances }: Findings,
  explanation: Explanation,
): Promise<GrownTree> {
  const { intake, layer } = question;
  const { concepts } = explanation;
  const { conceptBank } = bank;
  const model = { ...scope, intake, layer, conceptBank };
  const { records, maps } = await exampleMaps(stages, model, concepts, options.maps);
  const decisions = await stages.get(removalsStage);
  const removals = removalsOf(decisions, concepts, intake.labels.names);
  const imageImportance = importances.map(meanIndices);
  return {
    explanation: { ...explanation, maps: records, removals },
    tensors: { conceptBank, coefficients: images.coefficients, imageImportance, maps, parts: new Map() },
  };
}
