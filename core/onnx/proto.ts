import { BugError, TesseraError } from '../errors.ts';
import type { Model } from './graph.ts';
import { decodeGraph, encodeGraph } from './graph-proto.ts';
import { inlineFunctions } from './inline-functions.ts';
import { modelFields } from './messages.ts';
import type { GraphMessage, ModelMessage, TensorMessage } from './messages.ts';
import { externalLocation } from './tensor-proto.ts';
import type { ExternalData } from './tensor-proto.ts';
import { wireFields } from './wire-fields.ts';
import { readMessage, writeMessage } from './wire-format.ts';

/** What reading a model may need besides its file. */
export interface DecodeOptions {
  /** Gives the bytes of a file beside the model, by the location written in it. @default no such file */
  readonly externalData?: ExternalData;
}

function parse(file: Uint8Array): ModelMessage {
  if (file.length === 0) {
    throw new TesseraError('bad-model', 'The model file is empty.', {
      hint: 'Expected a complete .onnx file; export or download it again.',
    });
  }
  let message: ModelMessage;
  try {
    message = readMessage(modelFields, file);
  } catch (cause) {
    throw new TesseraError('bad-model', 'This is not an ONNX model, or the file is truncated or damaged.', {
      hint: 'Expected a complete .onnx file; export or download it again.',
      cause,
    });
  }
  if (!message.graph?.outputs?.length || !message.irVersion || message.opsets.length === 0) {
    throw new TesseraError(
      'bad-model',
      'This is not an ONNX model: it has no graph with outputs and operator set.',
      {
        hint: 'Expected a complete .onnx file; export or download it again.',
      },
    );
  }
  return message;
}

/**
 * Reads an ONNX model file.
 *
 * Functions that the file defines are put in place of their calls.
 * An initializer that is also listed as a graph input (older files list all) becomes a constant only. Dropped, as
 * they change no result: doc strings, metadata of nodes and tensors, quantisation annotations, training
 * information, unknown fields. Kept: producer, metadata of the model, declared shapes.
 *
 * Throws TesseraError 'bad-model': not a model, truncated, missing external data, element types without a typed
 * array (complex, float8, int4), sparse or non-tensor values; functions of the file as {@link inlineFunctions}.
 */
export function decodeModel(file: Uint8Array, { externalData = () => undefined }: DecodeOptions = {}): Model {
  const message = parse(file);
  const version = message.producerVersion ? ` ${message.producerVersion}` : '';
  return {
    // From IR version 4 on, initializers need not be inputs, which is how graphs are kept here.
    irVersion: Math.max(4, Number(message.irVersion)),
    opsets: new Map(
      message.opsets.map(({ domain = '', version: opset = 0n }) => [
        domain === 'ai.onnx' ? '' : domain,
        Number(opset),
      ]),
    ),
    producer: (message.producerName ?? '') + version,
    metadata: new Map(message.metadata.map(({ key = '', value = '' }) => [key, value])),
    graph: decodeGraph(inlineFunctions(message), externalData),
  };
}

/** The file with the body of its functions in place of every call; what {@link decodeModel} drops is dropped. */
export function withFunctionsInlined(file: Uint8Array): Uint8Array {
  const message = parse(file);
  return writeMessage(modelFields, { ...message, graph: inlineFunctions(message), functions: [] });
}

/** Does a model file define functions of its own? */
export function hasFunctions(file: Uint8Array): boolean {
  return [...wireFields(file)].some(({ id }) => id === modelFields.functions.id);
}

function* tensorsOf(graph: Partial<GraphMessage>): Generator<Partial<TensorMessage>> {
  yield* graph.initializers ?? [];
  for (const { t, tensors = [], g, graphs = [] } of (graph.nodes ?? []).flatMap(
    (node) => node.attributes ?? [],
  )) {
    if (t) yield t;
    yield* tensors;
    for (const inner of g ? [g, ...graphs] : graphs) yield* tensorsOf(inner);
  }
}

/** The distinct external files that a model names, as written in it; throws as decodeModel for what is not a model. */
export function externalLocations(file: Uint8Array): readonly string[] {
  const locations = [...tensorsOf(parse(file).graph ?? {})].map(externalLocation);
  return [...new Set(locations.filter((location) => location !== undefined))];
}

/** How a model is written. */
export interface EncodeOptions {
  /** Whether types and shapes of the outputs are written; without them the runtime infers both. @default true */
  readonly declareOutputs?: boolean;
}

/** Writes a model as the bytes of an .onnx file, every tensor inside it. Limit: 2 GiB, that of the file format. */
export function encodeModel(model: Model, { declareOutputs = true }: EncodeOptions = {}): Uint8Array {
  if (!model.opsets.has('')) throw new BugError('encodeModel: the model names no standard operator set');
  return writeMessage(modelFields, {
    irVersion: BigInt(model.irVersion),
    producerName: model.producer,
    opsets: [...model.opsets].map(([domain, version]) => ({ domain, version: BigInt(version) })),
    metadata: [...model.metadata].map(([key, value]) => ({ key, value })),
    graph: encodeGraph(model.graph, declareOutputs),
  });
}
