import type { Tensor } from '../../tensor.ts';
import { attributeOf } from '../attributes.ts';
import type { Graph, Model, Node } from '../graph.ts';
import { freshNames, makeNode, withGraph } from '../graph-edits.ts';
import { KnownFacts } from './known-facts.ts';

interface Unfolding {
  readonly known: KnownFacts;
  readonly fresh: (stem: string) => string;
  readonly nodes: Node[];
  readonly initializers: Map<string, Tensor>;
}

function renamed(graph: Graph, names: ReadonlyMap<string, string>): Graph {
  const to = (name: string) => names.get(name) ?? name;
  return {
    ...graph,
    outputs: graph.outputs.map((info) => ({ ...info, name: to(info.name) })),
    initializers: new Map([...graph.initializers].map(([name, value]) => [to(name), value])),
    nodes: graph.nodes.map((node) => renamedNode(node, names)),
  };
}

function renamedNode(node: Node, names: ReadonlyMap<string, string>): Node {
  const to = (name: string) => names.get(name) ?? name;
  const attributes = new Map(
    [...node.attributes].map(([key, attribute]) => {
      const inner =
        attribute.type === 'graph' ? { ...attribute, value: renamed(attribute.value, names) } : attribute;
      return [key, inner] as const;
    }),
  );
  return { ...node, inputs: node.inputs.map(to), outputs: node.outputs.map(to), attributes };
}

/** Puts the branch in place of the If: its results get the names of the If's, what else it makes gets free ones. */
function inline(unfolding: Unfolding, branch: Graph, outputs: readonly string[]): void {
  const { fresh, nodes, initializers } = unfolding;
  const results = branch.outputs.map(({ name }) => name);
  const made = branch.nodes.flatMap((node) => node.outputs.filter((name) => name !== ''));
  const names = new Map([...made, ...branch.initializers.keys()].map((name) => [name, fresh(name)] as const));
  // The first result of that name; a tensor may be a result twice.
  results.forEach((name, index) => {
    if (made.includes(name) && results.indexOf(name) === index) names.set(name, outputs[index]);
  });
  for (const [name, value] of branch.initializers) initializers.set(names.get(name) ?? name, value);
  for (const node of branch.nodes) unfold(unfolding, renamedNode(node, names));
  results.forEach((name, index) => {
    const source = names.get(name) ?? name;
    if (source === outputs[index]) return;
    const alias = makeNode('Identity', [source], [outputs[index]]);
    nodes.push(alias);
    unfolding.known.follow(alias);
  });
}

function unfold(unfolding: Unfolding, node: Node): void {
  const condition = node.opType === 'If' ? unfolding.known.facts.get(node.inputs[0])?.value : undefined;
  const branch =
    condition && attributeOf(node, condition.data[0] ? 'then_branch' : 'else_branch', 'graph', undefined);
  if (branch) inline(unfolding, branch, node.outputs);
  else {
    unfolding.nodes.push(node);
    unfolding.known.follow(node);
  }
}

/**
 * Every If whose condition is constant, or follows from the sizes of the input where these are given, gives way to the
 * branch that it takes. Others stay as they are. The model itself where it has no If.
 */
export function withoutConstantBranches(
  model: Model,
  inputDims?: ReadonlyMap<string, readonly number[]>,
): Model {
  const { graph } = model;
  if (!graph.nodes.some(({ opType }) => opType === 'If')) return model;
  const initializers = new Map(graph.initializers);
  const unfolding: Unfolding = {
    known: new KnownFacts(model, initializers, inputDims),
    fresh: freshNames(model),
    nodes: [],
    initializers,
  };
  for (const node of graph.nodes) unfold(unfolding, node);
  return withGraph(model, { nodes: unfolding.nodes, initializers: unfolding.initializers });
}
