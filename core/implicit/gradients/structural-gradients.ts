import * as tf from '@tensorflow/tfjs-core';
import { broadcastSum } from './broadcast-sum.ts';

type Attrs = Readonly<Record<string, unknown>>;
type Rule = (dy: tf.Tensor, inputs: tf.Tensor[], attrs: Attrs) => tf.Tensor | tf.Tensor[];

/** Registers a rule that returns one gradient per named input. Only inputs are saved, never outputs: see below. */
function register(kernelName: string, inputs: readonly string[], rule: Rule): void {
  tf.registerGradient({
    kernelName,
    inputsToSave: [...inputs],
    gradFunc: (dy, saved, attrs) => {
      const gradients = [rule(dy as tf.Tensor, saved, attrs as unknown as Attrs)].flat();
      return Object.fromEntries(inputs.map((name, i) => [name, () => gradients[i]]));
    },
  });
}

/** Registers a rule for a kernel that takes a list of tensors. */
function registerVariadic(kernelName: string, rule: Rule): void {
  tf.registerGradient({
    kernelName,
    saveAllInputs: true,
    gradFunc: (dy, saved, attrs) => {
      const gradients = [rule(dy as tf.Tensor, saved, attrs as unknown as Attrs)].flat();
      return Object.fromEntries(gradients.map((gradient, i) => [i, () => gradient]));
    },
  });
}

/** tfjs calls the axes of Max, and of no other reduction, `reductionIndices`. */
const axesOf = (x: tf.Tensor, attrs: Attrs): number[] =>
  tf.util.parseAxisParam((attrs.axis ?? attrs.reductionIndices) as number | number[], x.shape);
const withOnes = (x: tf.Tensor, axes: readonly number[]): number[] =>
  x.shape.map((dim, axis) => (axes.includes(axis) ? 1 : dim));

/** Spreads the gradient of a reduction over the reduced axes. */
const spread = (dy: tf.Tensor, x: tf.Tensor, attrs: Attrs): tf.Tensor =>
  tf.mul(tf.reshape(dy, withOnes(x, axesOf(x, attrs))), tf.onesLike(x));

/** Shares the gradient of max or min equally among ties: an element of the subdifferential. */
function extremeRule(extreme: typeof tf.max): Rule {
  return (dy, [x], attrs) => {
    const axes = axesOf(x, attrs);
    const hit = tf.cast(tf.equal(x, extreme(x, axes, true)), 'float32');
    return tf.mul(spread(dy, x, attrs), tf.div(hit, tf.sum(hit, axes, true)));
  };
}

/** dy times the product of all other entries, formed as one: right where entries are 0, and differentiable again. n² a row. */
const prodRule: Rule = (dy, [x], attrs) => {
  const axes = axesOf(x, attrs);
  const kept = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const order = [...kept, ...axes];
  const moved = tf.transpose(x, order);
  const n = tf.util.sizeFromShape(axes.map((axis) => x.shape[axis]));
  const rows = tf.reshape(moved, [-1, 1, n]);
  const own = tf.cast(tf.eye(n), 'bool');
  const others = tf.prod(tf.where(own, tf.onesLike(rows), rows), -1);
  const products = tf.mul(tf.reshape(dy, [-1, 1]), others);
  return tf.transpose(tf.reshape(products, moved.shape), tf.backend_util.getUndoAxesPermutation(order));
};

const matMulRule: Rule = (dy, [a, b], attrs) => {
  const tA = attrs.transposeA === true;
  const tB = attrs.transposeB === true;
  const byA = tA ? tf.matMul(b, dy, tB, true) : tf.matMul(dy, b, false, !tB);
  const byB = tB ? tf.matMul(dy, a, true, tA) : tf.matMul(a, dy, !tA, false);
  return [broadcastSum(byA, a.shape), broadcastSum(byB, b.shape)];
};

/** Adds rows [n, ...] with the same id; the WebAssembly backend has one of the two kernels that can. */
export function sumByRow(rows: tf.Tensor, ids: tf.Tensor, nRows: number): tf.Tensor {
  if (tf.getKernel('UnsortedSegmentSum', tf.getBackend()) !== undefined) {
    return tf.unsortedSegmentSum(rows, ids as tf.Tensor1D, nRows);
  }
  return tf.scatterND(tf.reshape(ids, [ids.size, 1]), rows, [nRows, ...rows.shape.slice(1)]);
}

/** Adds the slices of dy back to the rows they were read from. */
const gatherRule: Rule = (dy, [x, indices], attrs) => {
  const axis = tf.util.parseAxisParam(attrs.axis as number, x.shape)[0];
  tf.util.assert(
    ((attrs.batchDims as number | undefined) ?? 0) === 0,
    () => 'the gradient of gather supports batchDims = 0 only',
  );
  const outer = tf.util.sizeFromShape(x.shape.slice(0, axis));
  const inner = tf.util.sizeFromShape(x.shape.slice(axis + 1));
  const rows = tf.transpose(tf.reshape(dy, [outer, indices.size, inner]), [1, 0, 2]);
  const summed = sumByRow(rows, tf.reshape(indices, [indices.size]), x.shape[axis]);
  return [tf.reshape(tf.transpose(summed, [1, 0, 2]), x.shape), tf.zeros(indices.shape)];
};

const segmentSumRule: Rule = (dy, [x, ids]) => {
  const rows = tf.gather(dy, tf.maximum(ids, tf.scalar(0, 'int32')));
  const kept = tf.cast(tf.greaterEqual(ids, tf.scalar(0, 'int32')), 'float32');
  const mask = tf.reshape(kept, [...ids.shape, ...new Array<number>(x.rank - ids.rank).fill(1)]);
  return [tf.mul(rows, mask), tf.zeros(ids.shape)];
};

const tileRule: Rule = (dy, [x], attrs) => {
  const reps = attrs.reps as number[];
  const split = tf.reshape(
    dy,
    x.shape.flatMap((dim, axis) => [reps[axis], dim]),
  );
  return tf.reshape(
    tf.sum(
      split,
      x.shape.map((_, axis) => 2 * axis),
    ),
    x.shape,
  );
};

const concatRule: Rule = (dy, parts, attrs) => {
  const axis = tf.util.parseAxisParam(attrs.axis as number, parts[0].shape)[0];
  return tf.split(
    dy,
    parts.map((part) => part.shape[axis]),
    axis,
  );
};

const sliceRule: Rule = (dy, [x], attrs) => {
  const [begin, size] = tf.slice_util.parseSliceParams(x, attrs.begin as number[], attrs.size as number[]);
  return tf.pad(
    dy,
    x.shape.map((dim, axis) => [begin[axis], dim - begin[axis] - size[axis]]),
  );
};

const softmaxRule: Rule = (dy, [logits]) => {
  const y = tf.softmax(logits);
  const weighted = tf.mul(dy, y);
  return tf.sub(weighted, tf.mul(y, tf.sum(weighted, -1, true)));
};

/** TopK returns values and indices; only the values carry a gradient. */
function registerTopK(): void {
  tf.registerGradient({
    kernelName: 'TopK',
    inputsToSave: ['x'],
    gradFunc: (dys, saved, attrs) => {
      const x = saved[0];
      const { k } = attrs as unknown as { k: number };
      const hot = tf.cast(tf.oneHot(tf.topk(x, k).indices, x.shape.at(-1)!), 'float32');
      return { x: () => tf.sum(tf.mul(hot, tf.expandDims((dys as tf.Tensor[])[0], -1)), -2) };
    },
  });
}

function registerMultipleOutputs(): void {
  const join = (
    kernelName: string,
    input: string,
    rule: (dys: tf.Tensor[], attrs: Attrs) => tf.Tensor,
  ): void =>
    tf.registerGradient({
      kernelName,
      gradFunc: (dys, _, attrs) => ({
        [input]: () => rule([dys].flat(), attrs),
      }),
    });
  join('SplitV', 'x', (dys, { axis }) => tf.concat(dys, axis as number));
  join('Unpack', 'value', (dys, { axis }) => tf.stack(dys, axis as number));
  registerTopK();
}

/**
 * Registers the gradients of reductions, products, layout and indexing kernels.
 *
 * Why not tfjs's own: tfjs-core's Node build registers none, and the table of the umbrella package saves *outputs* of
 * kernels (exp, tanh, softmax, …), through which tfjs does not propagate second derivatives; they come out as zero
 * without a word. An optimality condition that is itself a gradient needs exactly those.
 */
export function registerStructuralGradients(): void {
  register('Sum', ['x'], (dy, [x], attrs) => spread(dy, x, attrs));
  register('Mean', ['x'], (dy, [x], attrs) => {
    const count = tf.util.sizeFromShape(axesOf(x, attrs).map((axis) => x.shape[axis]));
    return tf.div(spread(dy, x, attrs), count);
  });
  register('Prod', ['x'], prodRule);
  register('Max', ['x'], extremeRule(tf.max));
  register('Min', ['x'], extremeRule(tf.min));
  register('Cumsum', ['x'], (dy, _, { axis, exclusive, reverse }) =>
    tf.cumsum(dy, axis as number, exclusive === true, reverse !== true),
  );
  register('Softmax', ['logits'], softmaxRule);
  register('LogSoftmax', ['logits'], (dy, [logits]) =>
    tf.sub(dy, tf.mul(tf.softmax(logits), tf.sum(dy, -1, true))),
  );
  register('BatchMatMul', ['a', 'b'], matMulRule);
  register('GatherV2', ['x', 'indices'], gatherRule);
  register('UnsortedSegmentSum', ['x', 'segmentIds'], segmentSumRule);
  register('GatherNd', ['params', 'indices'], (dy, [x, indices]) => [
    tf.scatterND(indices, dy, x.shape),
    tf.zeros(indices.shape),
  ]);
  register('ScatterNd', ['indices', 'updates'], (dy, [indices]) => [
    tf.zeros(indices.shape),
    tf.gatherND(dy, indices),
  ]);
  register('OneHot', ['indices'], (_, [indices]) => tf.zeros(indices.shape));
  registerLayout();
  registerMultipleOutputs();
}

function registerLayout(): void {
  const reshaped: Rule = (dy, [x]) => tf.reshape(dy, x.shape);
  register('Reshape', ['x'], reshaped);
  register('ExpandDims', ['input'], reshaped);
  register('BroadcastTo', ['x'], (dy, [x]) => broadcastSum(dy, x.shape));
  register('Transpose', ['x'], (dy, _, { perm }) =>
    tf.transpose(dy, tf.backend_util.getUndoAxesPermutation(perm as number[])),
  );
  register('Reverse', ['x'], (dy, [x], { dims }) =>
    tf.reverse(dy, tf.util.parseAxisParam(dims as number[], x.shape)),
  );
  register('Slice', ['x'], sliceRule);
  register('PadV2', ['x'], (dy, [x], { paddings }) =>
    tf.slice(
      dy,
      (paddings as [number, number][]).map(([before]) => before),
      x.shape,
    ),
  );
  register('Tile', ['x'], tileRule);
  registerVariadic('Concat', concatRule);
  registerVariadic('Pack', (dy, _, { axis }) => tf.unstack(dy, axis as number));
}
