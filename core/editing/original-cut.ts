import type { LayerRecord } from '../concepts/explanation.ts';
import { TesseraError } from '../errors.ts';
import type { Model } from '../onnx/graph.ts';
import { KnownFacts } from '../onnx/prepare/known-facts.ts';
import { declaredInputDims, type InputDims } from '../onnx/two-batches.ts';
import type { ElementType } from '../tensor.ts';

/** Types of activations that concepts can be computed from, in float32. */
const REAL_TYPES = ['float32', 'float16', 'float64'] as const;
/** A type of {@link REAL_TYPES}. */
type RealType = (typeof REAL_TYPES)[number];

/** Bytes of weights that fit into one file of the format (2 GiB), with room for the graph. */
const MOST_BYTES = 2 ** 31 - 2 ** 25;

/** The cut of a run, in the model as it stands in its file. */
export interface OriginalCut {
  readonly tensor: string;
  /** Of the activations there: a model of half precision is left as it is. */
  readonly type: RealType;
}

/**
 * Finds a run's cut in the model of a file (`loadModelFile`, not prepared), so that nodes can be added to that model as its
 * owner knows it: same inputs, outputs, batch, operator set and precision, weights untouched.
 *
 * `layer` is the run's, `inputDims` the size of its pictures (`ModelIntake.inputDims`). On return, `tensor` is made by a node
 * of the outermost graph and has the layer's shape but for the batch, so that nodes read by its layout. A model whose weights
 * lay beside it has them inside from then on.
 *
 * Throws TesseraError 'bad-model', in words for the model's owner: weights of more than 2 GB; a tensor that the prepared model
 * has and the file has not (inside a branch, an operator taken apart, or rounded to whole numbers as in quantised models);
 * one of another shape or of a type or shape that cannot be told.
 */
export function originalCut(file: Model, layer: LayerRecord, inputDims: InputDims): OriginalCut {
  requireRoom(file);
  const { tensor } = layer;
  const { graph } = file;
  if (!graph.nodes.some(({ outputs }) => outputs.includes(tensor)))
    throw refusal(
      layer,
      'is inside a branch or an operator of the model file, or rounded there, and nothing can be added at it',
    );
  const found = fileFacts(file, inputDims).get(tensor);
  const type = found?.type ?? graph.valueInfo.get(tensor)?.type;
  if (type === undefined) throw refusal(layer, 'has a type that the model file does not tell');
  if (!isReal(type)) throw refusal(layer, `holds numbers of the type ${type}, as quantised models do`);
  if (found !== undefined && found.dims.slice(1).join() !== layer.shape.slice(1).join())
    throw refusal(
      layer,
      `has the shape [${found.dims.join(', ')}] in the model file, not the one that was explained`,
    );
  return { tensor, type };
}

/** What is known of the tensors of a model file for pictures of a size, with the batch that the file declares. */
export function fileFacts(file: Model, inputDims: InputDims): KnownFacts['facts'] {
  const dims = declaredInputDims(file, givenSizes(file, inputDims));
  const known = new KnownFacts(file, new Map(file.graph.initializers), dims);
  for (const node of file.graph.nodes) known.follow(node);
  return known.facts;
}

function isReal(type: ElementType): type is RealType {
  return (REAL_TYPES as readonly ElementType[]).includes(type);
}

/** Sizes of the pictures with the batch that the file is made for. */
function givenSizes({ graph }: Model, inputDims: InputDims): InputDims {
  return new Map(
    graph.inputs.flatMap(({ name, dims }) => {
      const own = inputDims.get(name);
      const batch = dims?.[0];
      if (own === undefined) return [];
      return [[name, [typeof batch === 'number' && batch > 0 ? batch : own[0], ...own.slice(1)]] as const];
    }),
  );
}

function refusal({ tensor }: LayerRecord, what: string): TesseraError {
  return new TesseraError('bad-model', `The run's cut "${tensor}" ${what}.`, {
    hint: 'Export the model without quantisation and branches, or explain at another cut ("inspect" lists them).',
    options: ['layer'],
  });
}

function requireRoom({ graph }: Model): void {
  let bytes = 0;
  for (const { data } of graph.initializers.values()) if (ArrayBuffer.isView(data)) bytes += data.byteLength;
  if (bytes <= MOST_BYTES) return;
  throw new TesseraError(
    'bad-model',
    `The model has ${(bytes / 2 ** 30).toFixed(1)} GB of weights; a changed model is written as one file, which holds at most 2 GB.`,
    { hint: 'Use half precision, or a smaller model of the same kind.' },
  );
}
