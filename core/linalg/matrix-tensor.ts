import { float32, sizeOf, type Tensor } from '../tensor.ts';
import { matrix, type Matrix } from './matrix.ts';

/** A matrix as a tensor [rows, cols] on the same memory. */
export function matrixTensor({ rows, cols, data }: Matrix): Tensor<'float32'> {
  return float32(data, [rows, cols]);
}

/** A tensor [rows, cols] as a matrix on the same memory; further axes are taken into the columns. */
export function tensorMatrix({ dims, data }: Tensor<'float32'>): Matrix {
  return matrix(dims[0], sizeOf(dims.slice(1)), data);
}

/** Matrices of one shape as a new tensor [n, rows, cols]; a list without any has no shape and must not be given. */
export function stackTensor(matrices: readonly Matrix[]): Tensor<'float32'> {
  const { rows, cols } = matrices[0];
  const data = new Float32Array(matrices.length * rows * cols);
  matrices.forEach((one, i) => data.set(one.data, i * rows * cols));
  return float32(data, [matrices.length, rows, cols]);
}

/** The n matrices of a tensor [n, rows, cols], sharing its memory. */
export function tensorMatrices({ dims, data }: Tensor<'float32'>): Matrix[] {
  const [count, rows, cols] = dims;
  const size = rows * cols;
  return Array.from({ length: count }, (_, i) => matrix(rows, cols, data.subarray(i * size, (i + 1) * size)));
}
