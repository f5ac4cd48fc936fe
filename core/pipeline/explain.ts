import { buildBank } from '../concepts/bank.ts';
import { type RunOptions } from '../concepts/run-options.ts';
import type { Explanation, SkippedFile } from '../concepts/explanation.ts';
import { strongestPlaces } from '../concepts/gallery.ts';
import { classImportance } from '../concepts/importance.ts';
import { channelsOf } from '../concepts/latent-rows.ts';
import { TesseraError } from '../errors.ts';
import { scanImages, type FolderScan, type ImageFile } from '../images/folder-scan.ts';
import { matrix, type Matrix } from '../linalg/matrix.ts';
import type { Evaluation } from '../metrics/evaluation.ts';
import type { HitRate } from '../metrics/hit-rate.ts';
import type { Json } from '../project/canonical-json.ts';
import { saveEvaluation } from '../project/evaluation-file.ts';
import { saveTensors, startRun, type Project } from '../project/project-folder.ts';
import type { RunFile } from '../project/schema.ts';
import { openStageStore } from '../project/stage-store.ts';
import { float32, type Tensor } from '../tensor.ts';
import { assembleExplanation, type Findings } from './assemble-explanation.ts';
import { evaluate } from './evaluation/evaluate.ts';
import type { EvaluationSubject } from './evaluation/plan.ts';
import { rankCurve, storedRankCurve } from './evaluation/rank-curve.ts';
import {
  fingerprintsOf,
  predictionsFingerprint,
  rankFingerprint,
  type Fingerprints,
} from './fingerprints.ts';
import { chooseLayer, type ModelIntake } from './model-intake.ts';
import { growTree, type GrownTree } from './recursion.ts';
import { rightAnswers } from './right-answers.ts';
import type { ClassContext, RunContext, RunScope } from './run-context.ts';
import { chooseClass, predictedClasses, selectImages, type ClassQuestion } from './selection.ts';
import { imageCoefficients } from './stages/coefficients.ts';
import { imageImportances } from './stages/importance.ts';
import { exampleMaps } from './stages/maps.ts';
import { predictImages, type Prediction } from './stages/predictions.ts';
import { conceptRemovals } from './stages/removals.ts';
import { activationRows } from './stages/rows.ts';

/** A finished run and the project that now holds it. */
export interface ExplainOutcome {
  readonly project: Project;
  readonly run: RunFile;
  readonly resumed: boolean;
  /** Absent where the options want none. */
  readonly evaluation?: Evaluation;
}

/**
 * Explains one class of a model on a set of images: predictions, activation rows, concept bank, coefficients,
 * importance, evaluation. Every stage is stored as it is done; the same call after an interruption continues.
 *
 * Throws TesseraError for anything a person can put right, and the signal's reason when aborted; what was computed stays.
 */
export async function explain(
  scope: RunScope,
  options: RunOptions,
  command?: string,
): Promise<ExplainOutcome> {
  const { environment, device, intake } = scope;
  const question = chooseClass(intake.labels.names, options);
  const layer = chooseLayer(intake, options.layer);
  const scan = await scanOf(scope, options.images);
  const started = await startRun(scope.project, {
    options,
    seed: options.seed,
    ...(command !== undefined && { command }),
    versions: { ...environment.versions },
    device: { requested: options.device, used: device.used, fallbackReasons: [...device.fallbackReasons] },
  });
  if (started.resumed) scope.onResume?.(started.run.id);
  const store = openStageStore(started.project, started.run);
  const context: RunContext = { ...scope, project: started.project, store, options };
  const predicted = await predictedImages(context, scan.images, question);
  const images = predicted.chosen.map(({ file }) => file);
  const classContext: ClassContext = { ...context, classIndex: question.classIndex, layer, images };
  const keys = fingerprintsOf(
    environment.storage,
    predicted.fingerprint,
    layer,
    question.classIndex,
    images,
    options,
  );
  const findings = await findConcepts(classContext, keys, predicted.chosen);
  const found = {
    ...assembleExplanation(classContext, findings, [...scan.skipped, ...predicted.skipped]),
    answers: predicted.answers,
  };
  const { conceptBank } = findings.bank;
  const maps = await exampleMaps(classContext, conceptBank, found.concepts, keys.coefficients);
  const removals = await store.timed('removals', keys.coefficients, () =>
    conceptRemovals(
      classContext,
      conceptBank,
      findings.images.coefficients,
      found.concepts,
      keys.coefficients,
    ),
  );
  const { explanation, tensors } = await grown(context, {
    explanation: { ...found, maps: maps.records, removals },
    tensors: new Map([...findingTensors(findings), ...maps.tensors]),
  });
  await saveTensors(started.project, started.run.id, tensors);
  const evaluation = await evaluateFindings(classContext, findings, found, keys.evaluation);
  const run = await store.finish({
    explanation,
    device: { ...store.run.device, fallbackReasons: [...device.fallbackReasons] },
  });
  const { project, resumed } = started;
  return { project, run, resumed, ...(evaluation && { evaluation }) };
}

/** With the splits that were asked for. */
async function grown(context: RunContext, tree: GrownTree): Promise<GrownTree> {
  const { recurse } = context.options;
  return recurse === undefined
    ? tree
    : growTree({ ...context, explanation: tree.explanation }, tree, recurse);
}

async function scanOf({ environment, scan }: RunScope, roots: readonly string[]): Promise<FolderScan> {
  return scan ?? scanImages(environment.storage, roots);
}

/**
 * Throws what can be told of a question before anything is computed: 'unknown-name' for the class or the layer (the
 * nearest names offered), 'bad-usage' for more concepts than the layer has channels.
 */
export function checkQuestion(intake: ModelIntake, options: RunOptions): void {
  if (options.class !== 'all') chooseClass(intake.labels.names, options);
  const layer = chooseLayer(intake, options.layer);
  const channels = channelsOf(layer);
  if (options.concepts === 'auto' || options.concepts <= channels) return;
  throw new TesseraError(
    'bad-usage',
    `The layer ${layer.tensor} has ${channels} channels, which allow at most as many concepts; got ${options.concepts}.`,
    { hint: `Ask for fewer with --concepts, or choose another layer with --layer.` },
  );
}

/** Fewest images of a class that "every class" takes up. */
const LEAST_IMAGES = 5;

/** Classes that the model predicts for at least {@link LEAST_IMAGES} of the images, the most frequent first. */
export async function classesToExplain(scope: RunScope, roots: readonly string[]): Promise<number[]> {
  const { environment, intake, device } = scope;
  const { images } = await scanOf(scope, roots);
  const fingerprint = await predictionsFingerprint(environment.storage, intake, device.used, images);
  const { predictions } = await predictImages(scope, images, fingerprint);
  const classes = predictedClasses(predictions, LEAST_IMAGES);
  if (classes.length > 0) return classes;
  throw new TesseraError(
    'no-images',
    `The model predicts no class for at least ${LEAST_IMAGES} of the ${predictions.length} images.`,
    { hint: 'Give more images, or name one class.' },
  );
}

async function predictedImages(
  context: RunContext,
  files: readonly ImageFile[],
  question: ClassQuestion,
): Promise<{ chosen: Prediction[]; answers: HitRate; skipped: SkippedFile[]; fingerprint: string }> {
  const { environment, intake, device, store } = context;
  const fingerprint = await predictionsFingerprint(environment.storage, intake, device.used, files);
  const { predictions, skipped } = await store.timed('predictions', fingerprint, () =>
    predictImages(context, files, fingerprint),
  );
  const { names } = intake.labels;
  const answers = rightAnswers(names, predictions);
  return { chosen: selectImages(predictions, names, question), answers, skipped, fingerprint };
}

/** Crops shown of each concept while its importance is still computed. */
const EARLY_CROPS = 8;

async function findConcepts(
  context: ClassContext,
  keys: Fingerprints,
  predictions: readonly Prediction[],
): Promise<Findings> {
  const { store } = context;
  const rows = await store.timed('rows', keys.rows, () => activationRows(context, keys.rows));
  const bank = await storedBank(context, rows.activations, keys.bank);
  const { conceptBank } = bank;
  const places = strongestPlaces(bank.coefficients, rows.places, EARLY_CROPS);
  context.onConcepts?.(store.run.id, places, context.images);
  const images = await store.timed('coefficients', keys.coefficients, () =>
    imageCoefficients(context, conceptBank, keys.coefficients),
  );
  const importances = await store.timed('importance', keys.importance, () =>
    imageImportances(context, conceptBank, images.coefficients, keys.importance),
  );
  const importance = classImportance(importances, context.options.seed);
  return { predictions, rows, bank, images, importances, importance };
}

/** Evaluates what was found and stores the outcome with the run, unless the options want none. */
async function evaluateFindings(
  context: ClassContext,
  { rows, bank, images, importances, importance }: Findings,
  explanation: Pick<Explanation, 'images' | 'reconstruction' | 'answers'>,
  fingerprint: string,
): Promise<Evaluation | undefined> {
  const { store, project, options } = context;
  const { evaluate: level } = options;
  if (level === 'none') return undefined;
  const subject: EvaluationSubject = {
    explanation,
    rows,
    conceptBank: bank.conceptBank,
    coefficients: images.coefficients,
    order: importance.order,
    imageImportance: importances.map(({ replicates }) => meanOf(replicates)),
  };
  const { value } = await store.stage('evaluation', fingerprint, async () => ({
    tensors: new Map(),
    value: (await evaluate(context, subject, level)) as unknown as Json,
  }));
  const rankKey = rankFingerprint(
    context.environment.storage,
    store.run.stages['rows'].fingerprint,
    context.classIndex,
    options,
  );
  const rank = await (level === 'full' ? rankCurve : storedRankCurve)(context, rows, rankKey);
  const evaluation = { ...(value as unknown as Evaluation), ...(rank && { rank }) };
  await saveEvaluation(project, store.run.id, evaluation);
  return evaluation;
}

/** The factorisation, from the cache where it was made before. */
async function storedBank(
  { store, options, device, onProgress, signal }: ClassContext,
  activations: Matrix,
  fingerprint: string,
): Promise<Findings['bank']> {
  requireRows(activations, options.concepts);
  const { tensors, value } = await store.stage('bank', fingerprint, async () => {
    const maxIter = 200;
    const { coefficients, conceptBank, method, status, stats } = await buildBank(
      activations,
      options.concepts,
      {
        gemm: device.gemm,
        seed: options.seed,
        maxIter,
        onIteration: (done) => onProgress({ stage: 'concepts', done, total: maxIter }),
        ...(signal && { signal }),
      },
    );
    onProgress({ stage: 'concepts', done: maxIter, total: maxIter });
    return {
      tensors: new Map([
        ['coefficients', asTensor(coefficients)],
        ['conceptBank', asTensor(conceptBank)],
      ]),
      value: { method, status, iterations: stats.iterations },
    };
  });
  return {
    coefficients: asMatrix(tensors.get('coefficients')),
    conceptBank: asMatrix(tensors.get('conceptBank')),
    ...value,
  };
}

/** A factorisation has at most as many concepts as rows; told here, where images are known to be too few. */
function requireRows({ rows }: Matrix, concepts: RunOptions['concepts']): void {
  if (concepts === 'auto' || concepts <= rows) return;
  throw new TesseraError(
    'bad-usage',
    `The images give ${rows} rows of activations, which allow at most as many concepts; got ${concepts}.`,
    {
      hint: 'Ask for fewer with --concepts, give more images, or take more rows an image with --rows crops.',
    },
  );
}

/** What later views need beside the explanation; names as in the project's tensors file. */
function findingTensors({ bank, images, importances }: Findings): Map<string, Tensor> {
  const [{ rows: positions, cols }] = images.coefficients;
  const coefficients = new Float32Array(images.coefficients.length * positions * cols);
  images.coefficients.forEach(({ data }, image) => coefficients.set(data, image * positions * cols));
  const indices = Float64Array.from(importances.flatMap(({ replicates }) => [...meanOf(replicates)]));
  return new Map<string, Tensor>([
    ['conceptBank', asTensor(bank.conceptBank)],
    ['coefficients', float32(coefficients, [images.coefficients.length, positions, cols])],
    ['imageImportance', { type: 'float64', dims: [images.coefficients.length, cols], data: indices }],
  ]);
}

/** Mean total index of each concept over the replicates of an image. */
function meanOf(replicates: readonly Float64Array[]): Float64Array {
  return replicates[0].map(
    (_, concept) => replicates.reduce((sum, one) => sum + one[concept], 0) / replicates.length,
  );
}

function asTensor({ rows, cols, data }: Matrix): Tensor<'float32'> {
  return float32(data, [rows, cols]);
}

function asMatrix(tensor: Tensor | undefined): Matrix {
  const { dims, data } = tensor as Tensor<'float32'>;
  return matrix(dims[0], dims[1], data);
}
