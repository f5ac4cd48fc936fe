import { intOf } from '../../onnx/attributes.ts';
import { sizeBetween } from '../graph-builder.ts';
import type { Rule } from '../rule.ts';
import { constantNumbers, cotangent, input, positiveAxis } from '../rule.ts';
import { scatterComputedRows, scatterRows } from '../scatter-rows.ts';
import { sizeOf } from '../../tensor.ts';

/** Picking slices of an axis by number: each is added back to where it came from. */
export const gather: Rule = (c) => {
  const { b } = c;
  const [x, picked] = [input(c), input(c, 1)];
  const axis = positiveAxis(intOf(c.node, 'axis', 0), x.dims.length);
  const inner = sizeBetween(x.dims, axis + 1, x.dims.length);
  const size = x.dims[axis];
  const indices = constantNumbers(c, 1);
  if (indices !== undefined) {
    const rows = b.reshape(cotangent(c), [-1, indices.length, inner]);
    return [b.reshape(scatterRows(b, rows, indices, size, x.type), [-1, ...x.dims])];
  }
  const rows = b.reshape(cotangent(c), [-1, sizeOf(picked.dims), inner]);
  const asInt64 = picked.type === 'int64' ? picked.name : b.cast(picked.name, 'int64');
  const gx = scatterComputedRows(b, rows, asInt64, size, inner, x.type);
  return [b.reshape(gx, [-1, ...x.dims])];
};
