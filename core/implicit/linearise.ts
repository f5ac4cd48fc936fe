import * as tf from '@tensorflow/tfjs-core';
import { constant } from './constant.ts';
import { toFloat64 } from './float64/float64-backend.ts';
import { transposeBlocks, transposeSquare, unitInEach } from './linear-solve/linear-operator.ts';
import type { LinearOperator } from './linear-solve/linear-operator.ts';
import { jvp, missingGradient, vjp, withoutTape } from './tape.ts';

/**
 * The derivative of a map from vectors [n] to vectors [n] at a point, as a matrix-free operator on plain arrays.
 *
 * Each product evaluates f again. `apply` falls back to the assembled matrix where an operation has a first but no
 * second derivative in tfjs. The point must outlive the operator. With `batch`, x and f hold so many samples one after the
 * other, of which each depends on itself alone: n reverse passes then assemble the blocks of all of them.
 */
export function linearise(f: (x: tf.Tensor) => tf.Tensor, x: tf.Tensor, batch = 1): LinearOperator {
  const size = x.size;
  const onArrays = (v: Float64Array, product: (tensor: tf.Tensor) => tf.Tensor): Float64Array =>
    withoutTape(() => {
      const result = tf.tidy(() => product(constant(v)));
      const values = toFloat64(result);
      result.dispose();
      return values;
    });
  const applyTranspose = (u: Float64Array): Float64Array =>
    onArrays(u, (tensor) => vjp(([point]) => f(point), [x], tensor)[0]);
  let assembled: Float64Array | undefined;
  const toDense = (): Float64Array => (assembled ??= assembleRows(applyTranspose, size));
  let blocks: Float64Array | undefined;
  let forward: 'unknown' | 'available' | 'missing' = 'unknown';
  const apply = (v: Float64Array): Float64Array => {
    if (forward !== 'missing') {
      try {
        const product = onArrays(v, (tensor) => jvp(([point]) => f(point), [x], [tensor]));
        forward = 'available';
        return product;
      } catch (error) {
        if (forward === 'available' || missingGradient(error) === undefined) throw error;
        forward = 'missing';
      }
    }
    return matVec(toDense(), v);
  };
  const toBlocks = (): Float64Array => (blocks ??= assembleBlocks(applyTranspose, size, batch));
  return { size, apply, applyTranspose, toDense, ...(batch > 1 ? { batch, toBlocks } : {}) };
}

function assembleRows(applyTranspose: (u: Float64Array) => Float64Array, size: number): Float64Array {
  const matrix = new Float64Array(size * size);
  const unit = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    unit[i] = 1;
    matrix.set(applyTranspose(unit), i * size);
    unit[i] = 0;
  }
  return matrix;
}

/** Row j of every sample's block at once: one reverse pass for each unknown of a sample, however many samples. */
function assembleBlocks(
  applyTranspose: (u: Float64Array) => Float64Array,
  size: number,
  batch: number,
): Float64Array {
  const n = size / batch;
  const blocks = new Float64Array(batch * n * n);
  for (let j = 0; j < n; j++) {
    const rows = applyTranspose(unitInEach(size, n, j));
    for (let b = 0; b < batch; b++) blocks.set(rows.subarray(b * n, (b + 1) * n), (b * n + j) * n);
  }
  return blocks;
}

function matVec(matrix: Float64Array, v: Float64Array): Float64Array {
  const n = v.length;
  return Float64Array.from({ length: n }, (_, i) => {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += matrix[i * n + j] * v[j];
    return sum;
  });
}

/** The transposed derivative, as reverse differentiation needs it. */
export function lineariseTransposed(f: (x: tf.Tensor) => tf.Tensor, x: tf.Tensor, batch = 1): LinearOperator {
  const { size, apply, applyTranspose, toDense, toBlocks } = linearise(f, x, batch);
  return {
    size,
    apply: applyTranspose!,
    applyTranspose: apply,
    toDense: () => transposeSquare(toDense!(), size),
    ...(toBlocks ? { batch, toBlocks: () => transposeBlocks(toBlocks(), batch) } : {}),
  };
}
