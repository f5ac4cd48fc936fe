import type { Graph, Node } from './graph.ts';
import { readsOf } from './graph-edits.ts';
import { multiplicationsOf } from './compute-cost.ts';
import { intOf } from './attributes.ts';
import type { ShapeMap } from './shapes.ts';

/** Marks what depends on the input's values; what is read from shapes alone does not. */
function dependentNodes({ nodes, inputs }: Graph): ReadonlySet<Node> {
  const dependent = new Set(inputs.map(({ name }) => name));
  const found = new Set<Node>();
  for (const node of nodes) {
    if (node.opType === 'Shape' || !readsOf(node).some((name) => dependent.has(name))) continue;
    found.add(node);
    for (const name of node.outputs) dependent.add(name);
  }
  return found;
}

/** Nodes on a path from the values of the input to the first output, in order. */
export function nodesOnPaths(graph: Graph): readonly Node[] {
  const dependent = dependentNodes(graph);
  const needed = new Set([graph.outputs[0].name]);
  const found: Node[] = [];
  for (const node of [...graph.nodes].reverse()) {
    if (!dependent.has(node) || !node.outputs.some((name) => needed.has(name))) continue;
    found.push(node);
    for (const name of readsOf(node)) needed.add(name);
  }
  return found.reverse();
}

/**
 * Nodes whose output is alone alive after them. In a topological order all nodes on paths are ancestors or
 * descendants of a dominator, so right after it nothing but its tensor still waits to be read.
 */
export function dominators(path: readonly Node[], graph: Graph): readonly Node[] {
  const lastRead = new Map<string, number>();
  path.forEach((node, index) => {
    for (const name of readsOf(node)) lastRead.set(name, index);
  });
  const made = new Set([...graph.inputs.map(({ name }) => name)]);
  const live = new Set(made);
  return path.filter((node, index) => {
    for (const name of readsOf(node)) if (lastRead.get(name) === index) live.delete(name);
    for (const name of node.outputs) if (lastRead.has(name)) live.add(name);
    return live.size === 1 && node.outputs.some((name) => live.has(name));
  });
}

/** Numbers that one value of a product is a sum over; a single one is only scaled. */
function summands(node: Node, shapes: ShapeMap): number {
  const [input, weights] = node.inputs.map((name) => shapes.get(name)?.dims ?? []);
  if (node.opType === 'Conv' || node.opType === 'ConvTranspose')
    return weights.slice(1).reduce((product, size) => product * size, 1);
  if (node.opType === 'Gemm' && intOf(node, 'transA', 0) !== 0) return input[0];
  return input.at(-1) ?? 1;
}

/**
 * Position on the path of the last product that mixes channels: what it makes, and what follows, are the scores, sums and
 * means of them, and what is read off them. -1 where there is none.
 */
export function lastMixing(path: readonly Node[], shapes: ShapeMap): number {
  return path.findLastIndex((node) => multiplicationsOf(node, shapes) > 0 && summands(node, shapes) > 1);
}
