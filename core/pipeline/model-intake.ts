import { invariant, TesseraError } from '../errors.ts';
import type { LabelShift } from '../images/label-shift.ts';
import { loadLabels, type Labels } from '../images/labels.ts';
import { cardPaths } from '../images/model-card.ts';
import type { Preprocessing } from '../images/preprocessing.ts';
import { findCutPoints, type CutPoint } from '../onnx/cut-points.ts';
import { withDynamicBatch } from '../onnx/dynamic-batch.ts';
import type { Model } from '../onnx/graph.ts';
import { loadModelFile, type ModelFile } from '../onnx/load-model.ts';
import { outputRoles, type OutputFacts } from '../onnx/score/output-roles.ts';
import { withScoresOnly } from '../onnx/score/score-graph.ts';
import { withoutConstantBranches } from '../onnx/prepare/constant-branches.ts';
import { prepareModel } from '../onnx/prepare/prepare-model.ts';
import type { InputDims } from '../onnx/two-batches.ts';
import { describeClassifier, type ClassifierSignature } from '../onnx/validate.ts';
import type { AlphaHandling, Storage } from '../platform.ts';
import { chooseOutput, type AskedOutput, type LabelFinder, type OutputChoice } from './choose-output.ts';
import { choosePreprocessing, dimsFor, type PreprocessingSource } from './choose-preprocessing.ts';
import { earlierChoice } from './earlier-choice.ts';
import { toldOutput } from './told-output.ts';
import type { ModelScores } from '../score/model-scores.ts';

/** What was read from the file of a model: everything `inspect` shows and a run starts from. */
export interface ModelIntake {
  readonly path: string;
  readonly sha256: string;
  /** Of its external data, where it has any. */
  readonly dataSha256?: string;
  /** Prepared, from the picture to the raw scores [N, K] of the chosen output, with a free batch axis where that is possible. */
  readonly model: Model;
  readonly hasFreeBatch: boolean;
  readonly signature: ClassifierSignature;
  /** Every output of the file. */
  readonly outputs: readonly OutputFacts[];
  /** What the raw scores mean. */
  readonly scores: ModelScores;
  /** Sizes of the input at batch 1. */
  readonly inputDims: ReadonlyMap<string, readonly number[]>;
  readonly labels: Labels;
  readonly preprocessing: PreprocessingSource;
  /** Files beside the model that said something of it. */
  readonly cards: readonly string[];
  /** In order of depth. */
  readonly cutPoints: readonly CutPoint[];
}

/** What a file holds, whether or not it can be explained. */
export interface ModelDescription {
  readonly path: string;
  readonly sha256: string;
  readonly signature: ClassifierSignature;
  readonly preprocessing: PreprocessingSource;
  readonly outputs: readonly OutputFacts[];
  readonly choice: OutputChoice;
  /** The model made ready; absent where `choice` leaves open what is explained. */
  readonly intake?: ModelIntake;
}

/** What a person may say of a model beside its file. */
export interface IntakeOptions extends AskedOutput {
  /** A labels file. */
  readonly labels?: string;
  /** What a project holds of that file, taken where it is gone. */
  readonly keptLabels?: Labels;
  /** Moves the class names by one. */
  readonly labelShift?: LabelShift;
  /** A preset's name, or a JSON file with a card's `preprocessing` fields. */
  readonly preprocessing?: string;
  /** What becomes of transparent pixels, whatever the preprocessing says. */
  readonly alpha?: AlphaHandling;
  /** What a run had: takes the place of cards and guesses. */
  readonly recorded?: RecordedModel;
}

/** A model as a run had it. */
export interface RecordedModel {
  readonly sha256: string;
  /** Of its external data, where it is known. */
  readonly dataSha256?: string;
  /** Absent where it is not known: then it is found as ever. */
  readonly preprocessing?: Preprocessing;
  /** One a class; absent where they are not known. */
  readonly names?: readonly string[];
  /** Absent in a run of before it was recorded: then the output is found as it was then. */
  readonly scores?: ModelScores;
}

/**
 * Opens a model file and finds out what is needed to run it: signature, output, labels, preprocessing, cut points.
 *
 * Throws TesseraError 'bad-model' and 'unsupported-operator' (both naming the file), 'bad-labels', 'bad-usage',
 * 'unknown-name' for an output, 'must-choose' where a person has to say which output, or what it means.
 */
export async function openModel(
  storage: Storage,
  path: string,
  options: IntakeOptions = {},
): Promise<ModelIntake> {
  return requireIntake(path, await describeModel(storage, path, options));
}

/** The model of a description made ready; throws as {@link openModel} what stands in the way. */
export function requireIntake(path: string, { choice, intake }: ModelDescription): ModelIntake {
  if (intake !== undefined) return intake;
  invariant(choice.kind !== 'chosen', 'a chosen output has an intake');
  throw namingFile(path, choice.problem);
}

/** {@link openModel} for a model that may not be one to explain; throws where it cannot even be described. */
export async function describeModel(
  storage: Storage,
  path: string,
  options: IntakeOptions = {},
): Promise<ModelDescription> {
  try {
    return await readModel(storage, await loadModelFile(storage, path), options);
  } catch (error) {
    throw namingFile(path, error);
  }
}

/** Adds the file's name to what is wrong with the model in it. */
function namingFile(path: string, error: unknown): unknown {
  // Of an array that is asked for with more elements than there can be: only sizes in the file lead there.
  if (error instanceof RangeError) {
    return new TesseraError('bad-model', `${path}: The model has tensors larger than fit into memory.`, {
      hint: 'The file is damaged, or made for other machines; export it again.',
      cause: error,
    });
  }
  const isAboutModel =
    error instanceof TesseraError && (error.code === 'bad-model' || error.code === 'unsupported-operator');
  if (!isAboutModel || error.message.includes(path)) return error;
  return new TesseraError(error.code, `${path}: ${error.message}`, {
    cause: error,
    ...(error.hint !== undefined && { hint: error.hint }),
  });
}

async function readModel(
  storage: Storage,
  file: ModelFile,
  options: IntakeOptions,
): Promise<ModelDescription> {
  const { recorded } = options;
  const sha256 = storage.sha256(file.bytes);
  const path = storage.resolve(file.path);
  if (recorded !== undefined) requireRecorded(path, { ...file, sha256 }, recorded);
  const prepared = prepareModel(file.model);
  const signature = describeClassifier(prepared, file.model);
  const preprocessing =
    recorded?.preprocessing === undefined
      ? await choosePreprocessing(storage, file, signature, options)
      : { preprocessing: recorded.preprocessing, source: 'chosen' as const, reason: 'as the run had it' };
  const inputDims = new Map([[signature.input.name, dimsFor(signature, preprocessing.preprocessing)]]);
  const model = withoutConstantBranches(prepared, inputDims);
  const outputs = outputRoles(model, inputDims);
  const labelsOf = labelFinder(storage, file, options);
  const choice =
    recorded === undefined
      ? await chooseOutput(outputs, options, await toldOutput(storage, file.path, model.metadata), labelsOf)
      : await earlierChoice(outputs, recorded, labelsOf);
  const description = { path, sha256, signature, preprocessing, outputs, choice };
  if (choice.kind !== 'chosen') return description;
  const { scores, labels } = choice;
  const { dataSha256 } = file;
  const intake = {
    ...description,
    ...(dataSha256 !== undefined && { dataSha256 }),
    ...readyModel(model, choice, inputDims),
    scores,
    inputDims,
    labels,
    cards: await cardsOf(storage, file.path, options, labels.file ?? labels.source),
  };
  return { ...description, intake };
}

/** The model from the picture to its raw scores, and where it can be cut. */
function readyModel(
  file: Model,
  { facts, scores: { activation, task } }: OutputChoice & { readonly kind: 'chosen' },
  inputDims: InputDims,
): Pick<ModelIntake, 'model' | 'hasFreeBatch' | 'cutPoints'> {
  const scored = withScoresOnly(file, facts, {
    isPeeled: activation !== 'kept' && activation !== 'none',
    inputDims,
  });
  const { model, batch } = withDynamicBatch(scored, inputDims);
  const cutPoints = findCutPoints(model, inputDims, { isVector: task === 'embedding' });
  return { model, hasFreeBatch: batch === 'dynamic', cutPoints };
}

/** Looks for the names of an output's classes in labels, card and metadata. */
function labelFinder(
  storage: Storage,
  { path, model: { metadata } }: ModelFile,
  { labels, keptLabels, labelShift, recorded }: IntakeOptions,
): LabelFinder {
  return async (output, classes, isStrict) => {
    if (recorded?.names?.length === classes) return { names: recorded.names, source: 'the project' };
    try {
      const found = await loadLabels(storage, {
        modelPath: path,
        metadata,
        classes,
        output,
        ...(labels !== undefined && { labelsPath: labels }),
        ...(keptLabels !== undefined && { kept: keptLabels }),
        ...(labelShift !== undefined && { shift: labelShift }),
      });
      return isStrict || found.source !== 'numbers' ? found : undefined;
    } catch (error) {
      if (isStrict || !(error instanceof TesseraError) || error.code !== 'bad-labels') throw error;
      return undefined;
    }
  };
}

/** The files that said how pictures are prepared and what classes are called. */
async function cardsOf(
  storage: Storage,
  path: string,
  { labels, preprocessing }: IntakeOptions,
  source: string,
): Promise<string[]> {
  const card = cardPaths(storage, path);
  const named = [labels, preprocessing, source].filter((name) => name !== undefined);
  const found: string[] = [];
  for (const file of new Set([...card, ...named].map((name) => storage.resolve(name)))) {
    const isFile =
      (await storage.exists(file)) &&
      !(await storage.list(file).then(
        () => true,
        () => false,
      ));
    if (isFile) found.push(file);
  }
  return found;
}

/** A run's numbers are of the model that it had. */
function requireRecorded(
  path: string,
  now: Pick<RecordedModel, 'sha256' | 'dataSha256'>,
  { sha256, dataSha256 }: RecordedModel,
): void {
  const isSame = now.sha256 === sha256 && (dataSha256 === undefined || now.dataSha256 === dataSha256);
  if (isSame) return;
  throw new TesseraError('bad-project', `${path} is no longer the model that this run explains.`, {
    hint: 'Put the model back, or explain the new one.',
  });
}
