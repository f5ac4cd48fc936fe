import type { Graph } from '../onnx/graph.ts';

/** Every name of a tensor or node in a graph, those of the graphs in its attributes included. */
export function namesIn({ inputs, outputs, nodes, initializers, valueInfo }: Graph): Set<string> {
  const names = new Set([
    ...[...inputs, ...outputs].map(({ name }) => name),
    ...initializers.keys(),
    ...valueInfo.keys(),
  ]);
  for (const node of nodes) {
    for (const name of [node.name, ...node.inputs, ...node.outputs]) names.add(name);
    for (const attribute of node.attributes.values()) {
      const graphs =
        attribute.type === 'graph' ? [attribute.value] : attribute.type === 'graphs' ? attribute.value : [];
      for (const inner of graphs) for (const name of namesIn(inner)) names.add(name);
    }
  }
  return names;
}
