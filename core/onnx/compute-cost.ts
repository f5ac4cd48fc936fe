import { sizeOf } from '../tensor.ts';
import { intOf } from './attributes.ts';
import type { Node } from './graph.ts';
import type { ShapeMap } from './shapes.ts';

/**
 * Multiplications of one node: those of convolutions and matrix products, which dwarf all else; 0 for other
 * operators.
 */
export function multiplicationsOf(node: Node, shapes: ShapeMap): number {
  const dimsOf = (name: string | undefined) => shapes.get(name ?? '')?.dims ?? [];
  const [input, weights, output] = [dimsOf(node.inputs[0]), dimsOf(node.inputs[1]), dimsOf(node.outputs[0])];
  switch (node.opType) {
    case 'Conv':
      return sizeOf(output) * sizeOf(weights.slice(1));
    case 'ConvTranspose':
      return sizeOf(input) * sizeOf(weights.slice(1));
    case 'MatMul':
      return sizeOf(output) * (input[input.length - 1] ?? 1);
    case 'Gemm':
      return sizeOf(output) * (intOf(node, 'transA', 0) ? input[0] : input[1]);
    case 'Einsum': {
      // Each label runs once: the contracted size is sqrt(|a||b| / |out|) for a product without batch axes.
      return Math.sqrt(sizeOf(input) * sizeOf(weights) * sizeOf(output));
    }
    default:
      return 0;
  }
}
