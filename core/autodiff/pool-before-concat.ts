import { intOf } from '../onnx/attributes.ts';
import type { Node } from '../onnx/graph.ts';
import { consumersOf, producersOf } from '../onnx/graph-edits.ts';
import type { KnownGraph } from './pool-before-relu.ts';
import { positiveAxis } from './rule.ts';

/**
 * Exchanges a joining of channels and the MaxPool behind it, where nothing else reads the joined tensor.
 *
 * Every channel is pooled alone, so the values stay the same; but in the backward pass each branch gets its
 * cotangents from the layer above without slicing, and its ReLU can be exchanged with the pooling too.
 * `kept` tensors are left as they are.
 */
export function poolBeforeConcat({ graph, facts }: KnownGraph, kept: ReadonlySet<string>): KnownGraph {
  const producers = producersOf(graph);
  const consumers = consumersOf(graph);
  const allFacts = new Map(facts);
  const nodes = graph.nodes.flatMap((node): Node[] => {
    const joint = node.opType === 'MaxPool' ? producers.get(node.inputs[0]) : undefined;
    const isOnlyReader = consumers.get(node.inputs[0])?.length === 1 && !kept.has(node.inputs[0]);
    if (joint?.opType !== 'Concat' || !isOnlyReader || node.outputs.length > 1) return [node];
    const [pooled] = node.outputs;
    const fact = facts.get(pooled);
    const names = joint.inputs.map((_, i) => `${pooled}/branch_${i}`);
    if (fact === undefined || names.some((name) => facts.has(name))) return [node];
    const { dims } = fact;
    if (positiveAxis(intOf(joint, 'axis', 1), dims.length) !== 1) return [node];
    const channels = joint.inputs.map((name) => facts.get(name)?.dims[1]);
    names.forEach((name, i) =>
      allFacts.set(name, {
        ...fact,
        dims: dims.map((dim, axis) => (axis === 1 ? (channels[i] ?? dim) : dim)),
      }),
    );
    return [
      ...names.map((name, i) => ({ ...node, name, inputs: [joint.inputs[i]], outputs: [name] })),
      { ...joint, name: `${joint.name}/pooled`, inputs: names, outputs: [pooled] },
    ];
  });
  return { graph: { ...graph, nodes }, facts: allFacts };
}
