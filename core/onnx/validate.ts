import { TesseraError } from '../errors.ts';
import type { ElementType } from '../tensor.ts';
import { intsOf } from './attributes.ts';
import type { Dimension, Model, ValueInfo } from './graph.ts';
import { propagate } from './propagate.ts';

/** Order of the axes of a batch of pictures: channels first or last. */
export type ImageLayout = 'NCHW' | 'NHWC';

/** What a classifier takes and gives. */
export interface ClassifierSignature {
  readonly opset: number;
  readonly producer: string;
  readonly input: {
    readonly name: string;
    readonly type: ElementType;
    readonly dims: readonly Dimension[];
    readonly layout: ImageLayout;
    readonly channels: number;
    /** Pixels; undefined when the model takes any size. */
    readonly height: number | undefined;
    readonly width: number | undefined;
    /** The batch the model was exported with; undefined when free. */
    readonly batch: number | undefined;
  };
  readonly output: {
    readonly name: string;
    readonly dims: readonly Dimension[];
    /** undefined when the file does not say it and the input size is free. */
    readonly classes: number | undefined;
  };
}

/** In pixels; larger ones are no pictures, but a damaged or hostile file. */
export const LARGEST_SIDE = 8192;

const oldestOpset = 7;
const newestOpset = 22;

function fail(message: string, hint: string): never {
  throw new TesseraError('bad-model', message, { hint });
}

function checkOperators({ graph, opsets }: Model): number {
  const opset = opsets.get('') ?? 0;
  if (opset < oldestOpset || opset > newestOpset) {
    fail(
      `The model uses operator set ${opset}; supported are ${oldestOpset} to ${newestOpset}.`,
      'Export the model again with opset 17, or convert it with onnx.version_converter.',
    );
  }
  const foreign = graph.nodes
    .filter(({ domain }) => domain !== '')
    .map(({ domain, opType }) => `${domain}.${opType}`);
  if (foreign.length > 0) {
    throw new TesseraError(
      'unsupported-operator',
      `The model uses operators that are not standard ONNX: ${[...new Set(foreign)].join(', ')}.`,
      {
        hint: 'Export the model without optimisation for one runtime, so that it has standard operators only.',
      },
    );
  }
  return opset;
}

const show = ({ name, dims }: ValueInfo) => `${name} [${dims?.map((dim) => dim ?? '?').join(', ') ?? '?'}]`;

function imageInput({ graph }: Model): ValueInfo & { readonly dims: readonly Dimension[] } {
  const { inputs } = graph;
  const [input] = inputs;
  const listed = inputs.map(show).join(', ');
  if (inputs.length !== 1) {
    fail(
      `The model has ${inputs.length} inputs${inputs.length ? `: ${listed}` : ''}; expected one, an image.`,
      'Tessera explains image classifiers with a single input.',
    );
  }
  const { dims } = input;
  if (dims?.length !== 4) {
    fail(
      `The model's input is ${listed}; expected four axes, [N, C, H, W] or [N, H, W, C].`,
      'Tessera explains image classifiers.',
    );
  }
  return { ...input, dims };
}

const isChannelCount = (dim: Dimension) => dim === 1 || dim === 3 || dim === 4;

/** Which axis of the input holds the channels: by its size, else by whether the first operator transposes it. */
export function layoutOf({ graph }: Model, { name, dims = [] }: ValueInfo): ImageLayout {
  const [first, last] = [isChannelCount(dims[1]), isChannelCount(dims[3])];
  if (first !== last) return first ? 'NCHW' : 'NHWC';
  const reader = graph.nodes.find(({ inputs }) => inputs.includes(name));
  return reader?.opType === 'Transpose' && intsOf(reader, 'perm')?.[1] === 3 ? 'NHWC' : 'NCHW';
}

const sized = (dim: Dimension) => (typeof dim === 'number' && dim > 0 ? dim : undefined);

function inferredOutputs(model: Model, input: ValueInfo & { readonly dims: readonly Dimension[] }) {
  const dims = input.dims.map((dim, axis) => sized(dim) ?? (axis === 0 ? 1 : undefined));
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

function classOutput(model: Model, input: ValueInfo & { readonly dims: readonly Dimension[] }) {
  const inferred = inferredOutputs(model, input);
  const outputs = model.graph.outputs.map((info) => ({
    name: info.name,
    dims: inferred?.get(info.name)?.dims ?? info.dims ?? [],
    declared: info.dims ?? [],
    shown: show(info),
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
 * Checks that a model is an image classifier that can be explained, and says what it takes and gives.
 *
 * Throws TesseraError 'bad-model' (operator set outside 7 to 22; not one input of rank 4; no output [N, classes] or
 * [N, classes, 1, 1]; a channel count that is not known) or 'unsupported-operator' (foreign domains, named).
 */
export function describeClassifier(model: Model): ClassifierSignature {
  const opset = checkOperators(model);
  const input = imageInput(model);
  const layout = layoutOf(model, input);
  const [channels, height, width] = (layout === 'NCHW' ? [1, 2, 3] : [3, 1, 2]).map((axis) =>
    sized(input.dims[axis]),
  );
  if (Math.max(height ?? 1, width ?? 1) > LARGEST_SIDE) {
    fail(
      `The model's input is ${show(input)}; pictures of at most ${LARGEST_SIDE} pixels a side are made for it.`,
      'Export the model for smaller pictures, or with height and width left open.',
    );
  }
  if (channels === undefined)
    fail(`The number of channels of ${show(input)} is not fixed.`, 'Export the model for 3 channels.');
  const { name, type, dims } = input;
  return {
    opset,
    producer: model.producer,
    input: { name, type, dims, layout, channels, height, width, batch: sized(dims[0]) },
    output: classOutput(model, input),
  };
}
