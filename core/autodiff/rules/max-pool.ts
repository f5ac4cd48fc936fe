import { intOf } from '../../onnx/attributes.ts';
import { cotangent, input } from '../rule.ts';
import type { Rule, RuleContext } from '../rule.ts';
import { sizeOf } from '../../tensor.ts';

/**
 * Maximum pooling: the cotangent of a window goes to its first maximal element.
 *
 * The forward node is made to give its Indices (flat over the whole tensor), and the cotangents are
 * added there: windows may overlap, so that MaxUnpool, which overwrites, would be wrong.
 */
export const maxPool: Rule = (c) => {
  const { b } = c;
  const [x, y] = [input(c), c.outputs[0]];
  const g = b.reshape(cotangent(c), [-1, sizeOf(y.dims)]);
  const rows = b.reshape(rowMajorIndices(c), [1, sizeOf(y.dims)]);
  const indices = b.op('Expand', [rows, b.op('Shape', [g])]);
  const zeros = b.zerosLike(g, [sizeOf(x.dims)], x.type);
  const gx = b.op('ScatterElements', [zeros, indices, g], { axis: 1, reduction: 'add' });
  return [b.reshape(gx, [-1, ...x.dims])];
};

// Column-major indices are asked for by a flag; then the pooling is repeated for row-major ones.
function rowMajorIndices(c: RuleContext): string {
  if (intOf(c.node, 'storage_order', 0) === 0) return c.extraOutput(1);
  const attributes = new Map([...c.node.attributes].filter(([name]) => name !== 'storage_order'));
  return c.b.node('MaxPool', [input(c).name], attributes, 2)[1];
}
