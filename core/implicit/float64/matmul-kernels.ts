import * as tf from '@tensorflow/tfjs-core';
import { broadcastTo, materialise, stridesOf } from './dense.ts';
import type { Dense } from './dense.ts';
import type { KernelTable } from './kernel.ts';

function swapLastAxes(x: Dense): Dense {
  const strides = stridesOf(x.shape);
  const order = x.shape.map((_, axis) => axis);
  const last = order.length - 1;
  [order[last - 1], order[last]] = [last, last - 1];
  return materialise(
    x,
    order.map((axis) => x.shape[axis]),
    order.map((axis) => strides[axis]),
  );
}

/** A · b or Aᵀ · b for a matrix as it is stored, [rows, width], and a column. */
function timesColumn(a: Dense, b: Dense, transposeA: boolean): Dense {
  const [rows, width] = a.shape.slice(-2) as [number, number];
  const { values: matrix } = a;
  const { values: column } = b;
  const values = new Float64Array(transposeA ? width : rows);
  for (let row = 0; row < rows; row++) {
    const from = row * width;
    if (transposeA) {
      const factor = column[row];
      for (let j = 0; j < width; j++) values[j] += matrix[from + j] * factor;
    } else {
      let sum = 0;
      for (let j = 0; j < width; j++) sum += matrix[from + j] * column[j];
      values[row] = sum;
    }
  }
  return { shape: [...a.shape.slice(0, -2), values.length, 1], dtype: 'float32', values };
}

/** [..., n, k] · [..., k, m] -> [..., n, m], leading axes broadcast. */
function batchMatMul(a: Dense, b: Dense, transposeA: boolean, transposeB: boolean): Dense {
  const isColumn = (transposeB ? b.shape.at(-2) : b.shape.at(-1)) === 1;
  const isPair = [a, b].every(({ shape }) => shape.slice(0, -2).every((dim) => dim === 1));
  if (isColumn && isPair && a.shape.length === b.shape.length) return timesColumn(a, b, transposeA);
  const left = transposeA ? swapLastAxes(a) : a;
  const right = transposeB ? swapLastAxes(b) : b;
  const [n, k] = left.shape.slice(-2) as [number, number];
  const m = right.shape.at(-1)!;
  const batch = tf.broadcast_util.assertAndGetBroadcastShape(
    left.shape.slice(0, -2),
    right.shape.slice(0, -2),
  );
  const lefts = broadcastTo(left, [...batch, n, k]).values;
  const rights = broadcastTo(right, [...batch, k, m]).values;
  const shape = [...batch, n, m];
  const values = new Float64Array(shape.reduce((product, dim) => product * dim, 1));
  const nRows = values.length / Math.max(m, 1);
  for (let row = 0; row < nRows; row++) {
    const rightStart = Math.floor(row / n) * k * m;
    for (let l = 0; l < k; l++) {
      const factor = lefts[row * k + l];
      const from = rightStart + l * m;
      // No skipping of zero factors: 0 · Infinity must remain NaN.
      for (let j = 0; j < m; j++) values[row * m + j] += factor * rights[from + j];
    }
  }
  return { shape, dtype: 'float32', values };
}

/** Matrix products. */
export const matmulKernels: KernelTable = {
  BatchMatMul: ({ a, b }, { transposeA, transposeB }) =>
    batchMatMul(a, b, transposeA === true, transposeB === true),
};
