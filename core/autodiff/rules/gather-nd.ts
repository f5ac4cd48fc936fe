import { intOf } from '../../onnx/attributes.ts';
import { sizeBetween } from '../graph-builder.ts';
import { flatRows } from '../nd-index.ts';
import type { Rule } from '../rule.ts';
import { cotangent, input } from '../rule.ts';
import { scatterComputedRows, scatterRows } from '../scatter-rows.ts';

/** Picking slices by index tuples: the tuples become row numbers of a flat view, and slices are added back there. */
export const gatherNd: Rule = (c) => {
  const { b } = c;
  const x = input(c);
  const batchDims = intOf(c.node, 'batch_dims', 0);
  const depth = batchDims + input(c, 1).dims.at(-1)!;
  const [count, inner] = [sizeBetween(x.dims, 0, depth), sizeBetween(x.dims, depth, x.dims.length)];
  const rows = flatRows(c, x.dims, batchDims);
  const g = b.reshape(cotangent(c), [-1, rows.length, inner]);
  const gx =
    rows.values === undefined
      ? scatterComputedRows(b, g, rows.name, count, inner, x.type)
      : scatterRows(b, g, rows.values, count, x.type);
  return [b.reshape(gx, [-1, ...x.dims])];
};
