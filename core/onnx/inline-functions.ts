import { TesseraError } from '../errors.ts';
import type {
  AttributeMessage,
  FunctionMessage,
  GraphMessage,
  ModelMessage,
  NodeMessage,
} from './messages.ts';

type Functions = ReadonlyMap<string, Partial<FunctionMessage>>;

/** A function may call others, and these others; a circle never ends. */
const DEEPEST = 32;

const standard = (domain: string | undefined) => (domain === 'ai.onnx' ? '' : (domain ?? ''));
const keyOf = (domain = '', name = '', overload = '') => `${standard(domain)}\n${name}\n${overload}`;

interface Call {
  readonly prefix: string;
  /** Names in the function -> names in the graph; '' for an optional input that the call leaves out. */
  readonly names: Map<string, string>;
  readonly given: ReadonlyMap<string, Partial<AttributeMessage>>;
}

function nameIn({ prefix, names }: Call, name: string): string {
  if (name === '') return '';
  const known = names.get(name) ?? `${prefix}/${name}`;
  names.set(name, known);
  return known;
}

/** An attribute of a function's node may name one of the call instead of holding a value; absent there, absent here. */
function resolved(call: Call, attribute: Partial<AttributeMessage>): Partial<AttributeMessage>[] {
  if (attribute.referencedName) {
    const value = call.given.get(attribute.referencedName);
    return value ? [{ ...value, name: attribute.name, referencedName: undefined }] : [];
  }
  const { g, graphs = [] } = attribute;
  return [
    { ...attribute, ...(g && { g: inGraph(call, g) }), graphs: graphs.map((graph) => inGraph(call, graph)) },
  ];
}

function inGraph(call: Call, graph: Partial<GraphMessage>): Partial<GraphMessage> {
  const rename = (infos: GraphMessage['inputs'] = []) =>
    infos.map((info) => ({ ...info, name: nameIn(call, info.name ?? '') }));
  return {
    ...graph,
    inputs: rename(graph.inputs),
    outputs: rename(graph.outputs),
    valueInfo: [],
    initializers: (graph.initializers ?? []).map((tensor) => ({
      ...tensor,
      name: nameIn(call, tensor.name ?? ''),
    })),
    nodes: (graph.nodes ?? []).map((node) => inBody(call, node)),
  };
}

function inBody(call: Call, node: Partial<NodeMessage>): Partial<NodeMessage> {
  return {
    ...node,
    name: `${call.prefix}/${node.name || (node.outputs?.[0] ?? '')}`,
    inputs: (node.inputs ?? []).map((name) => nameIn(call, name)),
    outputs: (node.outputs ?? []).map((name) => nameIn(call, name)),
    attributes: (node.attributes ?? []).flatMap((attribute) => resolved(call, attribute)),
  };
}

function bodyOf(
  node: Partial<NodeMessage>,
  { inputs = [], outputs = [], nodes = [], defaults = [] }: Partial<FunctionMessage>,
): Partial<NodeMessage>[] {
  const given = new Map(
    [...defaults, ...(node.attributes ?? [])].map((attribute) => [attribute.name ?? '', attribute]),
  );
  const names = new Map<string, string>();
  inputs.forEach((name, index) => names.set(name, node.inputs?.[index] ?? ''));
  // An output that is one of the inputs is handed on by a node of its own.
  const aliases: Partial<NodeMessage>[] = [];
  outputs.forEach((name, index) => {
    const target = node.outputs?.[index] ?? '';
    if (target === '') return;
    if (names.has(name)) aliases.push({ opType: 'Identity', inputs: [names.get(name)!], outputs: [target] });
    else names.set(name, target);
  });
  const prefix = node.name || (node.outputs?.find((name) => name !== '') ?? 'call');
  const call: Call = { prefix, names, given };
  return [...nodes.map((inner) => inBody(call, inner)), ...aliases];
}

function inlinedNodes(
  nodes: readonly Partial<NodeMessage>[],
  functions: Functions,
  depth: number,
): Partial<NodeMessage>[] {
  if (depth > DEEPEST) {
    throw new TesseraError(
      'bad-model',
      'The functions that the model defines call one another without end.',
      {
        hint: 'The file is damaged; export the model again.',
      },
    );
  }
  return nodes.flatMap((node) => {
    const found = functions.get(keyOf(node.domain, node.opType, node.overload));
    if (found) return inlinedNodes(bodyOf(node, found), functions, depth + 1);
    return [
      {
        ...node,
        attributes: (node.attributes ?? []).map((attribute) => inAttribute(attribute, functions, depth)),
      },
    ];
  });
}

function inAttribute(
  attribute: Partial<AttributeMessage>,
  functions: Functions,
  depth: number,
): Partial<AttributeMessage> {
  const inner = (graph: Partial<GraphMessage>) => ({
    ...graph,
    nodes: inlinedNodes(graph.nodes ?? [], functions, depth + 1),
  });
  const { g, graphs } = attribute;
  return { ...attribute, ...(g && { g: inner(g) }), ...(graphs && { graphs: graphs.map(inner) }) };
}

/** Two functions of the file may count on different meanings of the standard operators. */
function requireOneOpset({ functions, opsets }: ModelMessage): void {
  const own = opsets.find(({ domain }) => standard(domain) === '')?.version;
  const other = functions.find(({ opsets: needed = [] }) =>
    needed.some(({ domain, version }) => standard(domain) === '' && version !== own),
  );
  if (other === undefined) return;
  throw new TesseraError(
    'bad-model',
    `The model's function ${standard(other.domain)}.${other.name ?? ''} is written for another operator set than the model.`,
    {
      hint: 'Inline it first, for example with onnx.inliner.inline_local_functions, and save the model again.',
    },
  );
}

/**
 * The graph with the body of a function of the file in place of every call, so that only operators remain. Tensors inside
 * are called by the call and their name in the function.
 *
 * Throws TesseraError 'bad-model' for functions that call themselves, or of another operator set than the model.
 */
export function inlineFunctions(message: ModelMessage): Partial<GraphMessage> {
  const { functions, graph = {} } = message;
  if (functions.length === 0) return graph;
  requireOneOpset(message);
  const byKey = new Map(functions.map((entry) => [keyOf(entry.domain, entry.name, entry.overload), entry]));
  return { ...graph, nodes: inlinedNodes(graph.nodes ?? [], byKey, 0) };
}
