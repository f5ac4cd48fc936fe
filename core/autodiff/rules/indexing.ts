import { intOf, stringOf } from '../../onnx/attributes.ts';
import type { AttributeValue } from '../../onnx/attributes.ts';
import { sizeBetween, sizeOf } from '../../tensor.ts';
import { flatRows } from '../nd-index.ts';
import { constantNumbers, cotangent, input, positiveAxis, refusal } from '../rule.ts';
import type { Rule, RuleContext, RuleFamily } from '../rule.ts';
import { scatterComputedRows, scatterRows } from '../scatter-rows.ts';

/** Picking slices of an axis by number: each is added back to where it came from. */
const gather: Rule = (c) => {
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

/** Picking single values along an axis: each is added back to where it came from. */
const gatherElements: Rule = (c) => [
  addedBack(c, positiveAxis(intOf(c.node, 'axis', 0), input(c).dims.length), input(c, 1).name),
];

/** Adds each value of the cotangent to zeros at its index along an axis; `indices` is the same for all K. */
function addedBack(c: RuleContext, axis: number, indices: string): string {
  const { b } = c;
  const { dims, type } = input(c);
  const g = cotangent(c);
  const repeated = b.op('Expand', [indices, b.op('Shape', [g])]);
  const zeros = b.zerosLike(g, dims, type);
  return b.op('ScatterElements', [zeros, repeated, g], { axis: axis + 1, reduction: 'add' });
}

/** Picking slices by index tuples: the tuples become row numbers of a flat view, and slices are added back there. */
const gatherNd: Rule = (c) => {
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

/** How Scatter operators write: over what stands there, or by adding to it. Other ways are refused. */
function scatterMode(c: RuleContext): 'none' | 'add' {
  const reduction = stringOf(c.node, 'reduction', 'none');
  if (reduction !== 'none' && reduction !== 'add') throw refusal(c, `its reduction is "${reduction}"`);
  return reduction;
}

/** Cotangent of the data, 0 where `updateDims` values are written over it by the node's own operator. */
function withoutOverwritten(
  c: RuleContext,
  updateDims: readonly number[],
  values: Readonly<Record<string, AttributeValue>> = {},
): string {
  const { b } = c;
  const x = input(c);
  const filled = (value: number, dims: readonly number[]) => {
    const one = dims.map(() => 1);
    return b.expand(b.floats([value], one, x.type), dims);
  };
  const [ones, zeros] = [filled(1, x.dims), filled(0, updateDims)];
  return b.mul(cotangent(c), b.op(c.node.opType, [ones, input(c, 1).name, zeros], values));
}

/** Writing (or adding) single values along an axis: the updates get what stands there, the data what was not overwritten. */
const scatterElements: Rule = (c) => {
  const mode = scatterMode(c);
  const axis = positiveAxis(intOf(c.node, 'axis', 0), input(c).dims.length);
  const kept = () => (mode === 'add' ? cotangent(c) : withoutOverwritten(c, input(c, 1).dims, { axis }));
  return [c.wanted[0] ? kept() : undefined, undefined, c.wanted[2] ? writtenElements(c, axis) : undefined];
};

function writtenElements(c: RuleContext, axis: number): string {
  const { b } = c;
  const g = cotangent(c);
  const count = b.slice(b.op('Shape', [g]), 0, 0, 1);
  const shape = b.op('Concat', [count, b.ints(input(c, 1).dims)], { axis: 0 });
  const indices = b.op('Expand', [input(c, 1).name, shape]);
  return b.op('GatherElements', [g, indices], { axis: axis + 1 });
}

/** Writing (or adding) slices at index tuples: the updates get what stands there, the data what was not overwritten. */
const scatterNd: Rule = (c) => {
  const mode = scatterMode(c);
  const kept = () => (mode === 'add' ? cotangent(c) : withoutOverwritten(c, input(c, 2).dims));
  return [c.wanted[0] ? kept() : undefined, undefined, c.wanted[2] ? writtenSlices(c) : undefined];
};

function writtenSlices(c: RuleContext): string {
  const { b } = c;
  const { dims } = input(c);
  const depth = input(c, 1).dims.at(-1)!;
  const flat = [sizeBetween(dims, 0, depth), sizeBetween(dims, depth, dims.length)];
  const rows = flatRows(c, dims, 0);
  const numbers = rows.values === undefined ? rows.name : b.ints(rows.values);
  const picked = b.op('Gather', [b.reshape(cotangent(c), [-1, ...flat]), numbers], { axis: 1 });
  return b.reshape(picked, [-1, ...input(c, 2).dims]);
}

/** The k largest or smallest values of an axis: each is added back to where it came from; their numbers are integers. */
const topK: Rule = (c) => [
  addedBack(c, positiveAxis(intOf(c.node, 'axis', -1), input(c).dims.length), c.extraOutput(1)),
];

/** Reading and writing at positions that another tensor names. */
export const indexingRules: RuleFamily = {
  Gather: gather,
  GatherElements: gatherElements,
  GatherND: gatherNd,
  ScatterElements: scatterElements,
  ScatterND: scatterNd,
  TopK: topK,
};
