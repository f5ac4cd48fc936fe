import { intOf, intsOf, stringOf } from '../../onnx/attributes.ts';
import { mergeBatch } from '../axis-matrix.ts';
import { sumToShape } from '../broadcasting.ts';
import { mapParts } from '../phases.ts';
import type { Cotangent } from '../phases.ts';
import { cotangent, input, positiveAxis } from '../rule.ts';
import type { Rule, RuleContext, RuleFamily } from '../rule.ts';

/** The same values in another shape: the cotangent takes the input's shape again. */
const reshaped: Rule = (c) => [c.b.reshape(cotangent(c), [-1, ...input(c).dims])];

/** A permutation of the axes: the inverse permutation, one to the right of K. */
const transpose: Rule = (c) => {
  const rank = input(c).dims.length;
  const perm = intsOf(c.node, 'perm') ?? Array.from({ length: rank }, (_, i) => rank - 1 - i);
  const inverse = Array.from({ length: rank }, (_, axis) => perm.indexOf(axis) + 1);
  return [c.b.transpose(cotangent(c), [0, ...inverse])];
};

/** Joining along an axis: each input gets its slice. */
const concat: Rule = (c) => {
  const rank = c.outputs[0].dims.length;
  const axis = positiveAxis(intOf(c.node, 'axis', 1), rank);
  let start = 0;
  return c.inputs.map((_, i) => {
    const end = start + input(c, i).dims[axis];
    const slice = c.wanted[i] ? sliceOf(c, axis, start, end) : undefined;
    start = end;
    return slice;
  });
};

function sliceOf(c: RuleContext, axis: number, start: number, end: number): Cotangent {
  if (axis !== 1) return c.b.slice(cotangent(c), axis + 1, start, end);
  const channels = (g: string) => c.b.channels(g, start, end);
  return c.phases === undefined ? channels(cotangent(c)) : mapParts(c.phases, channels);
}

/** Cutting along an axis: the cotangents are joined again, with zeros for parts that are not on the path. */
const split: Rule = (c) => {
  const { b } = c;
  const x = input(c);
  const axis = positiveAxis(intOf(c.node, 'axis', 0), x.dims.length) + 1;
  if (c.cotangents.every((g) => g !== undefined)) return [b.op('Concat', c.cotangents, { axis })];
  let start = 0;
  const parts = c.outputs.flatMap(({ dims }, i) => {
    const [before, after] = [start, x.dims[axis - 1] - start - dims[axis - 1]];
    start += dims[axis - 1];
    const g = c.cotangents[i];
    const only = (pad: number) => [0, ...dims].map((_, j) => (j === axis ? pad : 0));
    return g === undefined ? [] : [b.pad(g, only(before), only(after))];
  });
  return [b.sumOf(parts)];
};

/** Blocks of channels become blocks of pixels: the same values go back, in either order (DCR or CRD). */
const depthToSpace: Rule = (c) => {
  const { b } = c;
  const { dims } = input(c);
  const size = intOf(c.node, 'blocksize', 1);
  const [, channels, height, width] = dims;
  const images = mergeBatch(b, cotangent(c), c.outputs[0].dims);
  const blocks = b.reshape(images, [-1, channels / size ** 2, height, size, width, size]);
  const isDcr = stringOf(c.node, 'mode', 'DCR') === 'DCR';
  const moved = b.transpose(blocks, isDcr ? [0, 3, 5, 1, 2, 4] : [0, 1, 3, 5, 2, 4]);
  return [b.reshape(moved, [-1, ...dims])];
};

/** Blocks of pixels become blocks of channels: DepthToSpace puts them back. */
const spaceToDepth: Rule = (c) => {
  const images = mergeBatch(c.b, cotangent(c), c.outputs[0].dims);
  const blocksize = intOf(c.node, 'blocksize', 1);
  const gx = c.b.op('DepthToSpace', [images], { blocksize, mode: 'DCR' });
  return [c.b.reshape(gx, [-1, ...input(c).dims])];
};

/** Repetition by broadcasting: sums over what was repeated. */
const expand: Rule = (c) => [sumToShape(c.b, cotangent(c), c.outputs[0].dims, input(c).dims)];

/** Repetition of the whole tensor along its axes: sums over the copies. */
const tile: Rule = (c) => {
  const { dims } = input(c);
  const split = dims.flatMap((dim, i) => [c.outputs[0].dims[i] / dim, dim]);
  const copies = dims.map((_, i) => 2 * i - split.length);
  return [c.b.reduceSum(c.b.reshape(cotangent(c), [-1, ...split]), copies, false)];
};

/** The upper or lower triangle of matrices: the same triangle of the cotangent. */
const trilu: Rule = (c) => {
  const offset = c.inputs[1] === undefined ? [] : [c.inputs[1].name];
  return [c.b.op('Trilu', [cotangent(c), ...offset], { upper: intOf(c.node, 'upper', 1) })];
};

/** What rearranges, joins, cuts, repeats or masks values without computing with them. */
export const layoutRules: RuleFamily = {
  Reshape: reshaped,
  Flatten: reshaped,
  Squeeze: reshaped,
  Unsqueeze: reshaped,
  Transpose: transpose,
  Concat: concat,
  Split: split,
  DepthToSpace: depthToSpace,
  SpaceToDepth: spaceToDepth,
  Expand: expand,
  Tile: tile,
  Trilu: trilu,
};
