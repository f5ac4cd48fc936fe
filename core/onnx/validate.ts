import { TesseraError } from '../errors.ts';
import type { Dimension, Model, ValueInfo } from './graph.ts';
import { describeImageInput, shownInput, type ImageInput } from './image-input.ts';
import { propagate } from './propagate.ts';

/** What a classifier takes and gives. */
export interface ClassifierSignature {
  readonly opset: number;
  readonly producer: string;
  readonly input: ImageInput;
  readonly output: {
    readonly name: string;
    readonly dims: readonly Dimension[];
    /** undefined when the file does not say it and the input size is free. */
    readonly classes: number | undefined;
  };
}

function fail(message: string, hint: string): never {
  throw new TesseraError('bad-model', message, { hint });
}

const sized = (dim: Dimension) => (typeof dim === 'number' && dim > 0 ? dim : undefined);

function inferredOutputs(model: Model, input: ValueInfo) {
  const dims = (input.dims ?? []).map((dim, axis) => sized(dim) ?? (axis === 0 ? 1 : undefined));
  const known = dims.filter((dim) => dim !== undefined);
  if (known.length !== dims.length) return undefined;
  try {
    return propagate(model, new Map([[input.name, known]]), { maxElements: 4096 });
  } catch (error) {
    // The declared shape then has to do; what cannot be inferred is reported when cut points are asked for.
    if (error instanceof TesseraError) return undefined;
    throw error;
  }
}

function classOutput(model: Model, input: ValueInfo) {
  const inferred = inferredOutputs(model, input);
  const outputs = model.graph.outputs.map((info) => ({
    name: info.name,
    dims: inferred?.get(info.name)?.dims ?? info.dims ?? [],
    declared: info.dims ?? [],
    shown: shownInput(info),
  }));
  const found = outputs.find(
    ({ dims }) => dims.length === 2 || (dims.length === 4 && dims[2] === 1 && dims[3] === 1),
  );
  if (!found) {
    fail(
      `The model's outputs are ${outputs.map(({ shown }) => shown).join(', ')}; expected one score a class, [N, classes].`,
      'Tessera explains image classifiers.',
    );
  }
  const { name, dims, declared } = found;
  return { name, dims: declared.length === dims.length ? declared : dims, classes: sized(dims[1]) };
}

/**
 * Checks that a prepared model is an image classifier that can be explained, and says what it takes and gives;
 * `declared` is the model as it stands in its file.
 *
 * Throws TesseraError 'bad-model' (no output [N, classes] or [N, classes, 1, 1]; an input as {@link describeImageInput}).
 */
export function describeClassifier(model: Model, declared: Model = model): ClassifierSignature {
  return {
    opset: declared.opsets.get('') ?? 0,
    producer: model.producer,
    input: describeImageInput(model, declared),
    output: classOutput(model, model.graph.inputs[0]),
  };
}
