import { TesseraError } from '../errors.ts';
import type { LabelShift } from '../images/label-shift.ts';
import { loadLabels, type Labels } from '../images/labels.ts';
import { cardPaths } from '../images/model-card.ts';
import type { Preprocessing } from '../images/preprocessing.ts';
import { findCutPoints, type CutPoint } from '../onnx/cut-points.ts';
import { withDynamicBatch } from '../onnx/dynamic-batch.ts';
import type { Model } from '../onnx/graph.ts';
import { loadModelFile, type ModelFile } from '../onnx/load-model.ts';
import { describeClassifier, type ClassifierSignature } from '../onnx/validate.ts';
import type { AlphaHandling, Storage } from '../platform.ts';
import { choosePreprocessing, dimsFor, type PreprocessingSource } from './choose-preprocessing.ts';

/** What was read from the file of a model: everything `inspect` shows and a run starts from. */
export interface ModelIntake {
  readonly path: string;
  readonly sha256: string;
  /** Of its external data, where it has any. */
  readonly dataSha256?: string;
  /** As in the file, with a free batch axis where that is possible. */
  readonly model: Model;
  readonly hasFreeBatch: boolean;
  readonly signature: ClassifierSignature;
  /** Sizes of the input at batch 1. */
  readonly inputDims: ReadonlyMap<string, readonly number[]>;
  readonly labels: Labels;
  readonly preprocessing: PreprocessingSource;
  /** Files beside the model that said something of it. */
  readonly cards: readonly string[];
  /** In order of depth. */
  readonly cutPoints: readonly CutPoint[];
}

/** What a person may say of a model beside its file. */
export interface IntakeOptions {
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
}

/**
 * Opens a model file and finds out what is needed to run it: signature, labels, preprocessing, cut points.
 *
 * Throws TesseraError 'bad-model' and 'unsupported-operator' (both naming the file), 'bad-labels', 'bad-usage'.
 */
export async function openModel(
  storage: Storage,
  path: string,
  options: IntakeOptions = {},
): Promise<ModelIntake> {
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

async function readModel(storage: Storage, file: ModelFile, options: IntakeOptions): Promise<ModelIntake> {
  const { model: loaded } = file;
  const { recorded } = options;
  const sha256 = storage.sha256(file.bytes);
  if (recorded !== undefined) requireRecorded(storage.resolve(file.path), { ...file, sha256 }, recorded);
  const signature = describeClassifier(loaded);
  const preprocessing =
    recorded?.preprocessing === undefined
      ? await choosePreprocessing(storage, file, signature, options)
      : { preprocessing: recorded.preprocessing, source: 'chosen' as const, reason: 'as the run had it' };
  const inputDims = new Map([[signature.input.name, dimsFor(signature, preprocessing.preprocessing)]]);
  const { model, batch } = withDynamicBatch(loaded, inputDims);
  if (batch === 'fixed') expectSingleImage(signature);
  const cutPoints = findCutPoints(model, inputDims);
  const classes = classesOf(signature);
  const labels: Labels =
    recorded?.names?.length === classes
      ? { names: recorded.names, source: 'the project' }
      : await loadLabels(storage, {
          modelPath: file.path,
          metadata: loaded.metadata,
          classes,
          ...(options.labels !== undefined && { labelsPath: options.labels }),
          output: signature.output.name,
          ...(options.keptLabels !== undefined && { kept: options.keptLabels }),
          ...(options.labelShift !== undefined && { shift: options.labelShift }),
        });
  return {
    path: storage.resolve(file.path),
    sha256,
    ...(file.dataSha256 !== undefined && { dataSha256: file.dataSha256 }),
    model,
    hasFreeBatch: batch === 'dynamic',
    signature,
    inputDims,
    labels,
    preprocessing,
    cards: await cardsOf(storage, file.path, options, labels.file ?? labels.source),
    cutPoints,
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

/** A model whose batch could not be freed can still be run image by image, if it was exported for one. */
function expectSingleImage({ input: { name, dims, batch = 1 } }: ClassifierSignature): void {
  if (batch === 1) return;
  throw new TesseraError(
    'bad-model',
    `The model takes ${batch} images at once, no more and no fewer: ${name} [${dims.map((dim) => dim ?? '?').join(', ')}]; expected a free batch axis, or 1.`,
    {
      hint: 'Export it again for one image, or with the first axis left open (dynamic_shapes, or dynamic_axes, of torch.onnx.export).',
    },
  );
}

function classesOf({ output }: ClassifierSignature): number {
  if (output.classes !== undefined) return output.classes;
  throw new TesseraError('bad-model', `The number of classes of output ${output.name} could not be found.`, {
    hint: 'Export the model with a fixed number of classes, or run ONNX shape inference over it.',
  });
}
