import type { Graph, Model, Node, ValueInfo } from './graph.ts';

function* innerGraphs(node: Node): Generator<Graph> {
  for (const attribute of node.attributes.values()) {
    if (attribute.type === 'graph') yield attribute.value;
    if (attribute.type === 'graphs') yield* attribute.value;
  }
}

function capturedBy(graph: Graph): readonly string[] {
  const own = new Set([
    ...graph.initializers.keys(),
    ...graph.inputs.map(({ name }) => name),
    ...graph.nodes.flatMap(({ outputs }) => outputs),
  ]);
  const read = [...graph.nodes.flatMap(readsOf), ...graph.outputs.map(({ name }) => name)];
  return read.filter((name) => !own.has(name));
}

/** Every tensor a node reads, those captured by graphs in its attributes (If, Loop) included. */
export function readsOf(node: Node): readonly string[] {
  const captured = [...innerGraphs(node)].flatMap(capturedBy);
  return [...node.inputs.filter((name) => name !== ''), ...captured];
}

/** The node that makes each tensor. */
export function producersOf(graph: Graph): ReadonlyMap<string, Node> {
  return new Map(graph.nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
}

/** The nodes that read each tensor. */
export function consumersOf(graph: Graph): ReadonlyMap<string, readonly Node[]> {
  const consumers = new Map<string, Node[]>();
  for (const node of graph.nodes) {
    for (const name of new Set(readsOf(node))) consumers.set(name, [...(consumers.get(name) ?? []), node]);
  }
  return consumers;
}

/** The graph without nodes, initializers and declared shapes that no output needs. Inputs are kept. */
export function withoutDeadNodes(graph: Graph): Graph {
  const needed = new Set(graph.outputs.map(({ name }) => name));
  const nodes: Node[] = [];
  for (const node of [...graph.nodes].reverse()) {
    if (!node.outputs.some((name) => needed.has(name))) continue;
    nodes.push(node);
    for (const name of readsOf(node)) needed.add(name);
  }
  return {
    ...graph,
    nodes: nodes.reverse(),
    initializers: new Map([...graph.initializers].filter(([name]) => needed.has(name))),
    valueInfo: new Map([...graph.valueInfo].filter(([name]) => needed.has(name))),
  };
}

/** The model with another graph, without dead nodes. */
export function withGraph(model: Model, changes: Partial<Graph>): Model {
  return { ...model, graph: withoutDeadNodes({ ...model.graph, ...changes }) };
}

/** Nodes that follow from a tensor, in order. */
export function nodesAfter({ nodes }: Pick<Graph, 'nodes'>, tensor: string): Node[] {
  const reached = new Set([tensor]);
  return nodes.filter((node) => {
    const isAfter = readsOf(node).some((name) => reached.has(name));
    if (isAfter) for (const name of node.outputs) reached.add(name);
    return isAfter;
  });
}

/** Every name of a tensor or node, those of the graphs in attributes included. */
function namesIn({ inputs, outputs, nodes, initializers, valueInfo }: Graph): Set<string> {
  return new Set([
    ...[...inputs, ...outputs].map(({ name }) => name),
    ...initializers.keys(),
    ...valueInfo.keys(),
    ...nodes.flatMap((node) => [node.name, ...node.inputs, ...node.outputs]),
    ...nodes.flatMap((node) => [...innerGraphs(node)].flatMap((inner) => [...namesIn(inner)])),
  ]);
}

/** A source of names for tensors and nodes that the graph does not use yet, made from a readable stem. */
export function freshNames({ graph }: Pick<Model, 'graph'>): (stem: string) => string {
  const taken = namesIn(graph);
  return (stem) => {
    let name = stem;
    for (let suffix = 1; taken.has(name); suffix++) name = `${stem}_${suffix}`;
    taken.add(name);
    return name;
  };
}

/** A node of a standard operator, named after its first output. */
export function makeNode(
  opType: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Node['attributes'] = new Map(),
): Node {
  return { name: outputs[0], opType, domain: '', inputs, outputs, attributes };
}

/** The first axis named "batch", the others as they are. */
export function withBatchAxis(info: ValueInfo): ValueInfo {
  return { ...info, dims: info.dims && ['batch', ...info.dims.slice(1)] };
}
