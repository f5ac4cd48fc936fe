import { TesseraError } from '../errors.ts';
import { elementTypeCode, elementTypeOf } from './element-types.ts';
import type { Attribute, Dimension, Graph, Node, ValueInfo } from './graph.ts';
import type {
  AttributeMessage,
  GraphMessage,
  NodeMessage,
  TensorMessage,
  ValueInfoMessage,
} from './messages.ts';
import { decodeTensor, encodeTensor } from './tensor-proto.ts';
import type { ExternalData } from './tensor-proto.ts';

/** AttributeProto.AttributeType codes. */
const attributeCodes = {
  float: 1,
  int: 2,
  string: 3,
  tensor: 4,
  graph: 5,
  floats: 6,
  ints: 7,
  strings: 8,
  tensors: 9,
  graphs: 10,
} as const satisfies Record<Attribute['type'], number>;

const utf8 = new TextDecoder();
const utf8Encoder = new TextEncoder();

function safeInteger(value: bigint): number {
  return Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, Number(value)));
}

function attributeCode(message: Partial<AttributeMessage>): number {
  // Files written before IR version 2 leave the type out; then the filled field tells it.
  if (message.type) return message.type;
  const filled: readonly [unknown, number][] = [
    [message.f, attributeCodes.float],
    [message.i, attributeCodes.int],
    [message.s, attributeCodes.string],
    [message.t, attributeCodes.tensor],
    [message.g, attributeCodes.graph],
    [message.floats?.length, attributeCodes.floats],
    [message.strings?.length, attributeCodes.strings],
  ];
  return filled.find(([value]) => value !== undefined && value !== 0)?.[1] ?? attributeCodes.ints;
}

function decodeAttribute(message: Partial<AttributeMessage>, owner: string, read: ExternalData): Attribute {
  const tensorOf = (tensor: Partial<TensorMessage>) => decodeTensor(tensor, `the tensor in ${owner}`, read);
  const code = attributeCode(message);
  switch (code) {
    case attributeCodes.float:
      return { type: 'float', value: message.f ?? 0 };
    case attributeCodes.int:
      return { type: 'int', value: safeInteger(message.i ?? 0n) };
    case attributeCodes.string:
      return { type: 'string', value: utf8.decode(message.s ?? new Uint8Array(0)) };
    case attributeCodes.tensor:
      return { type: 'tensor', value: tensorOf(message.t ?? {}) };
    case attributeCodes.graph:
      return { type: 'graph', value: decodeGraph(message.g ?? {}, read) };
    case attributeCodes.floats:
      return { type: 'floats', value: message.floats ?? [] };
    case attributeCodes.ints:
      return { type: 'ints', value: (message.ints ?? []).map(safeInteger) };
    case attributeCodes.strings:
      return { type: 'strings', value: (message.strings ?? []).map((value) => utf8.decode(value)) };
    case attributeCodes.tensors:
      return { type: 'tensors', value: (message.tensors ?? []).map(tensorOf) };
    case attributeCodes.graphs:
      return { type: 'graphs', value: (message.graphs ?? []).map((graph) => decodeGraph(graph, read)) };
    default:
      throw new TesseraError(
        'bad-model',
        `${owner} is of kind ${code} (sparse tensor or type), which is not supported.`,
      );
  }
}

function decodeNode(message: Partial<NodeMessage>, read: ExternalData): Node {
  const { name = '', opType = '', domain = '', inputs = [], outputs = [], attributes = [] } = message;
  const label = `node ${name || outputs[0] || '?'} (${opType})`;
  return {
    name,
    opType,
    domain: domain === 'ai.onnx' ? '' : domain,
    inputs,
    outputs,
    attributes: new Map(
      attributes.map((attribute) => [
        attribute.name ?? '',
        decodeAttribute(attribute, `attribute ${attribute.name ?? ''} of ${label}`, read),
      ]),
    ),
  };
}

function decodeValueInfo(message: Partial<ValueInfoMessage>): ValueInfo {
  const name = message.name ?? '';
  const tensor = message.type?.tensor;
  if (!tensor)
    throw new TesseraError(
      'bad-model',
      `${name} is not a tensor (a sequence or a map); that is not supported.`,
    );
  const dims = tensor.shape?.dims.map(({ value, symbol }): Dimension =>
    value !== undefined ? safeInteger(value) : symbol || undefined,
  );
  return { name, type: elementTypeOf(tensor.elementType, name), dims };
}

/** Declared inner types are hints: what cannot be expressed (sequences, unknown element types) is left out. */
function decodeInnerTypes(messages: readonly Partial<ValueInfoMessage>[]): Map<string, ValueInfo> {
  const known = messages.filter(({ type }) => type?.tensor?.elementType);
  return new Map(known.map((message) => [message.name ?? '', decodeValueInfo(message)]));
}

/** Reads a GraphProto; an initializer that is also an input becomes a constant only. Throws as decodeModel. */
export function decodeGraph(message: Partial<GraphMessage>, read: ExternalData): Graph {
  const { nodes = [], initializers = [], inputs = [], outputs = [], valueInfo = [] } = message;
  if (message.sparseInitializers?.length) {
    throw new TesseraError('bad-model', 'The model stores sparse weights, which are not supported.');
  }
  const constants = new Map(
    initializers.map((tensor) => [
      tensor.name ?? '',
      decodeTensor(tensor, `initializer ${tensor.name ?? ''}`, read),
    ]),
  );
  return {
    name: message.name ?? '',
    inputs: inputs.filter(({ name = '' }) => !constants.has(name)).map(decodeValueInfo),
    outputs: outputs.map(decodeValueInfo),
    nodes: nodes.map((node) => decodeNode(node, read)),
    initializers: constants,
    valueInfo: decodeInnerTypes(valueInfo),
  };
}

function encodeAttributeValue(attribute: Attribute): Partial<AttributeMessage> {
  switch (attribute.type) {
    case 'float':
      return { f: attribute.value };
    case 'int':
      return { i: BigInt(attribute.value) };
    case 'string':
      return { s: utf8Encoder.encode(attribute.value) };
    case 'tensor':
      return { t: encodeTensor(attribute.value, '') };
    case 'graph':
      return { g: encodeGraph(attribute.value) };
    case 'floats':
      return { floats: attribute.value };
    case 'ints':
      return { ints: attribute.value.map(BigInt) };
    case 'strings':
      return { strings: attribute.value.map((value) => utf8Encoder.encode(value)) };
    case 'tensors':
      return { tensors: attribute.value.map((value) => encodeTensor(value, '')) };
    case 'graphs':
      return { graphs: attribute.value.map((graph) => encodeGraph(graph)) };
  }
}

/** Writes a node as a NodeProto. */
export function encodeNode({
  name,
  opType,
  domain,
  inputs,
  outputs,
  attributes,
}: Node): Partial<NodeMessage> {
  const encoded = [...attributes].map(([key, attribute]) => ({
    name: key,
    type: attributeCodes[attribute.type],
    ...encodeAttributeValue(attribute),
  }));
  return { name, opType, domain: domain || undefined, inputs, outputs, attributes: encoded };
}

function encodeDimension(dim: Dimension) {
  if (typeof dim === 'number') return { value: BigInt(dim) };
  return dim === undefined ? {} : { symbol: dim };
}

function encodeValueInfo({ name, type, dims }: ValueInfo): Partial<ValueInfoMessage> {
  const shape = dims && { dims: dims.map(encodeDimension) };
  return { name, type: { tensor: { elementType: elementTypeCode(type), shape } } };
}

/**
 * Nodes with names of their own: new nodes are named after what they make, and another node of a file may be called so. ONNX
 * Runtime refuses a graph in which two have one name; without a name there may be any number.
 */
function withOwnNames(nodes: readonly Node[]): readonly Node[] {
  const given = new Set(nodes.map(({ name }) => name));
  const taken = new Set<string>();
  return nodes.map((node) => {
    let { name } = node;
    for (let suffix = 1; name !== '' && taken.has(name); suffix++)
      if (!given.has(`${node.name}_${suffix}`)) name = `${node.name}_${suffix}`;
    taken.add(name);
    return name === node.name ? node : { ...node, name };
  });
}

/** Writes a graph as a GraphProto, each node with a name of its own; without `declareOutputs`, types and shapes of the outputs are left out. */
export function encodeGraph(graph: Graph, declareOutputs = true): Partial<GraphMessage> {
  return {
    name: graph.name,
    nodes: withOwnNames(graph.nodes).map(encodeNode),
    initializers: [...graph.initializers].map(([name, tensor]) => encodeTensor(tensor, name)),
    inputs: graph.inputs.map(encodeValueInfo),
    outputs: declareOutputs
      ? graph.outputs.map(encodeValueInfo)
      : graph.outputs.map(({ name }) => ({ name })),
    valueInfo: [...graph.valueInfo.values()].map(encodeValueInfo),
  };
}
