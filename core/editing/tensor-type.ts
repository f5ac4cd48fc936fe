import type { Model } from '../onnx/graph.ts';
import { typeAfter } from '../onnx/prepare/as-float32.ts';
import type { ElementType } from '../tensor.ts';

const FLOATS: ReadonlySet<string> = new Set(['float32', 'float16', 'bfloat16', 'float64']);

/**
 * The floating-point type of a tensor that a node of the main graph of a file makes: followed from inputs and constants,
 * float32 where that leads nowhere. Undefined where no node makes it, and for what holds no real numbers.
 */
export function floatTypeOf({ graph }: Pick<Model, 'graph'>, tensor: string): ElementType | undefined {
  const types = new Map<string, ElementType>([
    ...[...graph.initializers].map(([name, { type }]) => [name, type] as const),
    ...graph.inputs.map(({ name, type }) => [name, type] as const),
  ]);
  for (const node of graph.nodes) {
    const type = graph.valueInfo.get(node.outputs[0])?.type ?? typeAfter(node, types);
    if (node.outputs.includes(tensor)) return type === undefined || FLOATS.has(type) ? (type ?? 'float32') : undefined;
    if (type !== undefined) for (const name of node.outputs) types.set(name, type);
  }
  return undefined;
}
