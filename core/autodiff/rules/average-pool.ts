import { intsOf } from '../../onnx/attributes.ts';
import type { AxisMatrix } from '../axis-matrix.ts';
import { applyAxes } from '../axis-matrix.ts';
import type { Attribute } from '../../onnx/graph.ts';
import type { Rule, RuleContext } from '../rule.ts';
import { cotangent, input } from '../rule.ts';

/**
 * Average pooling: a linear map on each spatial axis in turn, whose matrix is read off by pooling the rows of
 * an identity matrix. So divisors at borders (count_include_pad, ceil_mode) are the runtime's own.
 */
export const averagePool: Rule = (c) => {
  const dims = input(c).dims;
  const matrices = dims.slice(2).map((_, spatial) => axisMatrix(c, spatial));
  return [applyAxes(c.b, cotangent(c), c.outputs[0].dims, dims, matrices)];
};

function axisMatrix(c: RuleContext, spatial: number): AxisMatrix {
  const [size, pooled] = [input(c).dims[spatial + 2], c.outputs[0].dims[spatial + 2]];
  const images = c.b.reshape(c.b.eye(size, c.outputs[0].type), [size, 1, size]);
  const [rows] = c.b.node('AveragePool', [images], attributesOfAxis(c, spatial), 1);
  return { axis: spatial + 2, transposed: c.b.reshape(rows, [size, pooled]) };
}

/** The node's attributes with every list cut down to one spatial axis. */
function attributesOfAxis(c: RuleContext, spatial: number): ReadonlyMap<string, Attribute> {
  const rank = input(c).dims.length - 2;
  const attributes = new Map(c.node.attributes);
  for (const name of ['kernel_shape', 'strides', 'dilations', 'pads']) {
    const values = intsOf(c.node, name);
    if (values === undefined) continue;
    const value = values.filter((_, i) => i % rank === spatial);
    attributes.set(name, { type: 'ints', value });
  }
  return attributes;
}
