import { intsOf } from '../../onnx/attributes.ts';
import type { Attribute } from '../../onnx/graph.ts';
import { applyAxes, spatialSize } from '../axis-matrix.ts';
import type { AxisMatrix } from '../axis-matrix.ts';
import { cotangent, input, scalar } from '../rule.ts';
import type { Rule, RuleContext, RuleFamily } from '../rule.ts';
import { maxPool } from './max-pool.ts';

/**
 * Average pooling: a linear map on each spatial axis in turn, whose matrix is read off by pooling the rows of
 * an identity matrix. So divisors at borders (count_include_pad, ceil_mode) are the runtime's own.
 */
const averagePool: Rule = (c) => {
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

/** Mean over all positions: each position gets its share of the cotangent. */
const globalAveragePool: Rule = (c) => {
  const { dims } = input(c);
  const share = c.b.mul(cotangent(c), scalar(c, 1 / spatialSize(dims)));
  return [c.b.expand(share, [1, 1, 1, ...dims.slice(2)])];
};

/** Maximum over all positions: the cotangent goes to the first that attains it. */
const globalMaxPool: Rule = (c) => {
  const { b } = c;
  const { name, dims, type } = input(c);
  const positions = spatialSize(dims);
  const winner = b.op('ArgMax', [b.reshape(name, [dims[0], dims[1], positions])], { axis: 2, keepdims: 1 });
  const isWinner = b.op('Equal', [winner, b.ints(Array.from({ length: positions }, (_, i) => i))]);
  return [b.mul(cotangent(c), b.reshape(b.cast(isWinner, type), dims))];
};

/** Pooling over windows and over all positions. */
export const poolingRules: RuleFamily = {
  AveragePool: averagePool,
  MaxPool: maxPool,
  GlobalAveragePool: globalAveragePool,
  GlobalMaxPool: globalMaxPool,
};
