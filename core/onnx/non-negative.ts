import { attributeOf } from './attributes.ts';
import type { Graph, Node } from './graph.ts';
import { producersOf } from './graph-edits.ts';

const ALWAYS = new Set(['Relu', 'Sigmoid', 'HardSigmoid', 'Softmax', 'Softplus', 'Abs', 'Exp', 'Sqrt']);
/** Non-negative when all they read is. */
const KEEPS = new Set(
  'MaxPool AveragePool GlobalAveragePool GlobalMaxPool ReduceMean ReduceMax ReduceSum Concat Identity Dropout Reshape Flatten Squeeze Unsqueeze Transpose'.split(
    ' ',
  ),
);

/** Does it follow from the graph alone that a tensor has no negative value (a ReLU, a pool of one)? */
export function isNonNegative(graph: Graph, tensor: string): boolean {
  const made = producersOf(graph);
  const holds = (name: string): boolean => {
    const node = made.get(name);
    if (node === undefined) return false;
    if (ALWAYS.has(node.opType)) return true;
    if (node.opType === 'Clip') return lowerLimit(graph, node) >= 0;
    if (!KEEPS.has(node.opType)) return false;
    const reads = node.opType === 'Concat' ? node.inputs : node.inputs.slice(0, 1);
    return reads.every(holds);
  };
  return holds(tensor);
}

/** A clip's lower end: an attribute before operator set 11, an input since. */
function lowerLimit({ initializers }: Graph, node: Node): number {
  const constant = initializers.get(node.inputs[1] ?? '')?.data[0];
  return constant === undefined ? attributeOf(node, 'min', 'float', -Infinity) : Number(constant);
}
