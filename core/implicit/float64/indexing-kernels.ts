import * as tf from '@tensorflow/tfjs-core';
import type { DataType, Tensor } from '@tensorflow/tfjs-core';
import { allocate, sizeOfShape } from './dense.ts';
import type { Dense } from './dense.ts';
import { ImplicitError } from '../errors.ts';
import type { Attributes, KernelTable } from './kernel.ts';

function checkedIndex(index: number, length: number): number {
  if (index >= 0 && index < length) return index;
  throw new ImplicitError('bad-tensor', `gather: index ${index} is outside an axis of length ${length}`);
}

function gather(x: Dense, indices: Dense, attrs: Attributes): Dense {
  const axis = tf.util.parseAxisParam(attrs.axis as number, x.shape)[0];
  const info = tf.backend_util.segment_util.collectGatherOpShapeInfo(
    x as unknown as Tensor,
    indices as unknown as Tensor,
    axis,
    (attrs.batchDims as number | undefined) ?? 0,
  );
  const perBatch = indices.values.length / info.batchSize;
  const values = allocate(x.dtype, sizeOfShape(info.outputShape));
  let at = 0;
  for (let batch = 0; batch < info.batchSize; batch++) {
    for (let outer = 0; outer < info.outerSize; outer++) {
      const base = (batch * info.outerSize + outer) * info.dimSize;
      for (let i = 0; i < perBatch; i++, at += info.sliceSize) {
        const row = base + checkedIndex(indices.values[batch * perBatch + i], info.dimSize);
        values.set(x.values.subarray(row * info.sliceSize, (row + 1) * info.sliceSize), at);
      }
    }
  }
  return { shape: info.outputShape, dtype: x.dtype, values };
}

/** Flat offset of the slice that one row of n-d indices points at. */
function flatOffset(indices: Dense, row: number, rank: number, strides: readonly number[]): number {
  let offset = 0;
  for (let axis = 0; axis < rank; axis++) offset += indices.values[row * rank + axis] * strides[axis];
  return offset;
}

function gatherNd(params: Dense, indices: Dense): Dense {
  const [shape, nSlices, sliceSize, strides] = tf.gather_util.prepareAndValidate(
    params as unknown as Tensor,
    indices as unknown as Tensor,
  );
  const rank = indices.shape.at(-1)!;
  const values = allocate(params.dtype, nSlices * sliceSize);
  for (let row = 0; row < nSlices; row++) {
    const from = flatOffset(indices, row, rank, strides) * sliceSize;
    values.set(params.values.subarray(from, from + sliceSize), row * sliceSize);
  }
  return { shape, dtype: params.dtype, values };
}

function scatterNd(indices: Dense, updates: Dense, shape: number[]): Dense {
  const info = tf.backend_util.calculateShapes(
    updates as unknown as Tensor,
    indices as unknown as Tensor,
    shape,
  );
  const values = allocate(updates.dtype, sizeOfShape(shape));
  for (let row = 0; row < info.numUpdates; row++) {
    const to = flatOffset(indices, row, info.sliceRank, info.strides) * info.sliceSize;
    for (let i = 0; i < info.sliceSize; i++) values[to + i] += updates.values[row * info.sliceSize + i];
  }
  return { shape, dtype: updates.dtype, values };
}

function segmentSum(x: Dense, segmentIds: Dense, nSegments: number): Dense {
  const nRows = segmentIds.values.length;
  const width = nRows === 0 ? 0 : x.values.length / nRows;
  const shape = [nSegments, ...x.shape.slice(segmentIds.shape.length)];
  const values = allocate(x.dtype, sizeOfShape(shape));
  for (let row = 0; row < nRows; row++) {
    const segment = segmentIds.values[row];
    // A negative id means: leave this row out.
    if (segment < 0 || segment >= nSegments) continue;
    for (let i = 0; i < width; i++) values[segment * width + i] += x.values[row * width + i];
  }
  return { shape, dtype: x.dtype, values };
}

function oneHot(indices: Dense, attrs: Attributes): Dense {
  const depth = attrs.depth as number;
  const dtype = (attrs.dtype ?? 'int32') as DataType;
  const values = allocate(dtype, indices.values.length * depth).fill(attrs.offValue as number);
  indices.values.forEach((index, row) => {
    if (index >= 0 && index < depth) values[row * depth + index] = attrs.onValue as number;
  });
  return { shape: [...indices.shape, depth], dtype, values };
}

function topK(x: Dense, k: number): Dense[] {
  const width = x.shape.at(-1)!;
  const shape = [...x.shape.slice(0, -1), k];
  const values = allocate(x.dtype, sizeOfShape(shape));
  const indices = new Int32Array(values.length);
  for (let row = 0; row * width < x.values.length; row++) {
    const line = x.values.subarray(row * width, (row + 1) * width);
    const order = Array.from(line, (_, index) => index).sort((a, b) => line[b] - line[a] || a - b);
    for (let i = 0; i < k; i++) {
      indices[row * k + i] = order[i]!;
      values[row * k + i] = line[order[i]]!;
    }
  }
  return [
    { shape, dtype: x.dtype, values },
    { shape, dtype: 'int32', values: indices },
  ];
}

/** Reading and adding at computed positions. */
export const indexingKernels: KernelTable = {
  GatherNd: ({ params, indices }) => gatherNd(params, indices),
  GatherV2: ({ x, indices }, attrs) => gather(x, indices, attrs),
  OneHot: ({ indices }, attrs) => oneHot(indices, attrs),
  ScatterNd: ({ indices, updates }, { shape }) => scatterNd(indices, updates, shape as number[]),
  TopK: ({ x }, { k }) => topK(x, k as number),
  UnsortedSegmentSum: ({ x, segmentIds }, { numSegments }) =>
    segmentSum(x, segmentIds, numSegments as number),
};
