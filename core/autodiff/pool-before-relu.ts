import type { Graph, Node } from '../onnx/graph.ts';
import { consumersOf, producersOf } from '../onnx/graph-edits.ts';
import type { TensorFact } from '../onnx/shape-rules/rule.ts';

/** A graph and what is known of its tensors. */
export interface KnownGraph {
  readonly graph: Graph;
  readonly facts: ReadonlyMap<string, TensorFact>;
}

/**
 * Exchanges ReLU and the MaxPool behind it, where nothing else reads the ReLU: max(relu(x)) = relu(max(x)).
 *
 * Values and gradients stay the same (a window without a positive value passes nothing either way), but the
 * backward pass masks the pooled tensor instead of the larger one. `kept` tensors are left as they are.
 */
export function poolBeforeRelu({ graph, facts }: KnownGraph, kept: ReadonlySet<string>): KnownGraph {
  const producers = producersOf(graph);
  const consumers = consumersOf(graph);
  const allFacts = new Map(facts);
  const nodes = graph.nodes.flatMap((node): Node[] => {
    const relu = node.opType === 'MaxPool' ? producers.get(node.inputs[0]) : undefined;
    const isOnlyReader = consumers.get(node.inputs[0])?.length === 1 && !kept.has(node.inputs[0]);
    if (relu?.opType !== 'Relu' || !isOnlyReader || node.outputs.length > 1) return [node];
    const [pooled] = node.outputs;
    const before = `${pooled}/before_relu`;
    const fact = facts.get(pooled);
    if (fact === undefined || facts.has(before)) return [node];
    allFacts.set(before, fact);
    return [
      { ...node, inputs: relu.inputs, outputs: [before] },
      { ...relu, name: `${relu.name}/pooled`, inputs: [before], outputs: [pooled] },
    ];
  });
  return { graph: { ...graph, nodes }, facts: allFacts };
}
