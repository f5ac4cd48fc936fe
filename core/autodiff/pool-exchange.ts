import { intOf } from '../onnx/attributes.ts';
import type { Graph, Node } from '../onnx/graph.ts';
import { consumersOf, producersOf } from '../onnx/graph-edits.ts';
import type { TensorFact } from '../onnx/shape-rules/rule.ts';
import { positiveAxis } from './rule.ts';

/** A graph and what is known of its tensors. */
interface KnownGraph {
  readonly graph: Graph;
  readonly facts: ReadonlyMap<string, TensorFact>;
}

/** A MaxPool of known result, and the node before it, whose result nothing else reads. */
interface Exchange {
  readonly pool: Node;
  readonly before: Node;
  readonly pooled: TensorFact;
  readonly facts: Map<string, TensorFact>;
}

/**
 * Exchanges ReLU and the MaxPool behind it, where nothing else reads the ReLU: max(relu(x)) = relu(max(x)).
 *
 * Values and gradients do not change (a window without a positive value passes nothing either way), but the
 * backward pass masks the pooled tensor instead of the larger one. `kept` tensors are left as they are.
 */
export function poolBeforeRelu(known: KnownGraph, kept: ReadonlySet<string>): KnownGraph {
  return exchanged(known, kept, 'Relu', ({ pool, before: relu, pooled, facts }) => {
    const [result] = pool.outputs;
    const inner = `${result}/before_relu`;
    if (known.facts.has(inner)) return undefined;
    facts.set(inner, pooled);
    return [
      { ...pool, inputs: relu.inputs, outputs: [inner] },
      { ...relu, name: `${relu.name}/pooled`, inputs: [inner], outputs: [result] },
    ];
  });
}

/**
 * Exchanges a joining of channels and the MaxPool behind it, where nothing else reads the joined tensor.
 *
 * Every channel is pooled alone, so the values do not change; but in the backward pass each branch gets its
 * cotangents from the layer above without slicing, and its ReLU can be exchanged with the pooling too.
 * `kept` tensors are left as they are.
 */
export function poolBeforeConcat(known: KnownGraph, kept: ReadonlySet<string>): KnownGraph {
  return exchanged(known, kept, 'Concat', ({ pool, before: joint, pooled, facts }) => {
    const [result] = pool.outputs;
    const names = joint.inputs.map((_, i) => `${result}/branch_${i}`);
    const { dims } = pooled;
    const isOverChannels = positiveAxis(intOf(joint, 'axis', 1), dims.length) === 1;
    if (!isOverChannels || names.some((name) => known.facts.has(name))) return undefined;
    names.forEach((name, i) => {
      const channels = known.facts.get(joint.inputs[i])?.dims[1];
      facts.set(name, {
        ...pooled,
        dims: dims.map((dim, axis) => (axis === 1 ? (channels ?? dim) : dim)),
      });
    });
    return [
      ...names.map((name, i) => ({ ...pool, name, inputs: [joint.inputs[i]], outputs: [name] })),
      { ...joint, name: `${joint.name}/pooled`, inputs: names, outputs: [result] },
    ];
  });
}

/** Puts new nodes in the place of every MaxPool that alone reads the result of an operator; undefined leaves it. */
function exchanged(
  { graph, facts }: KnownGraph,
  kept: ReadonlySet<string>,
  opType: string,
  exchange: (found: Exchange) => readonly Node[] | undefined,
): KnownGraph {
  const producers = producersOf(graph);
  const consumers = consumersOf(graph);
  const allFacts = new Map(facts);
  const nodes = graph.nodes.flatMap((pool): readonly Node[] => {
    const [x] = pool.inputs;
    const before = pool.opType === 'MaxPool' ? producers.get(x) : undefined;
    const isOnlyReader = consumers.get(x)?.length === 1 && !kept.has(x);
    if (before?.opType !== opType || !isOnlyReader || pool.outputs.length > 1) return [pool];
    const pooled = facts.get(pool.outputs[0]);
    if (pooled === undefined) return [pool];
    return exchange({ pool, before, pooled, facts: allFacts }) ?? [pool];
  });
  return { graph: { ...graph, nodes }, facts: allFacts };
}
