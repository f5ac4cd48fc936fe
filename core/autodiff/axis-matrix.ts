import { sizeBetween, sizeOf } from '../tensor.ts';
import type { GraphBuilder } from './graph-builder.ts';

/**
 * Adjoint of a linear map along one axis: y = M x gives gx = Mᵀ g on every line of the axis.
 *
 * Resizing, average pooling and padding by reflection are such maps on each axis in turn. The caller gets
 * Mᵀ by running the operator itself on the rows of an identity matrix, which makes every mode, rounding
 * rule and border rule exact, whatever the runtime does; sessions fold it to a constant.
 *
 * Shapes   g [K, ...dims]; transposed Mᵀ [size, dims[axis]]; returns [K, ...dims with dims[axis] = size].
 */
function applyTransposed(
  b: GraphBuilder,
  g: string,
  dims: readonly number[],
  axis: number,
  transposed: string,
  size: number,
): string {
  const after = dims.map((dim, i) => (i === axis ? size : dim));
  if (axis === dims.length - 1) return b.matMul(g, b.transpose(transposed, [1, 0]));
  if (axis === dims.length - 2) return b.matMul(transposed, g);
  const lines = b.reshape(g, [-1, dims[axis], sizeBetween(dims, axis + 1, dims.length)]);
  return b.reshape(b.matMul(transposed, lines), [-1, ...after]);
}

/** One axis of a separable linear operator; `transposed` names its matrix Mᵀ [input size, output size]. */
export interface AxisMatrix {
  readonly axis: number;
  readonly transposed: string;
}

/** Takes cotangents [K, ...from] through the adjoint of every axis to [K, ...to], shrinking axes first. */
export function applyAxes(
  b: GraphBuilder,
  g: string,
  from: readonly number[],
  to: readonly number[],
  matrices: readonly AxisMatrix[],
): string {
  const growth = ({ axis }: AxisMatrix) => to[axis] / from[axis];
  const dims = [...from];
  for (const matrix of [...matrices].sort((p, q) => growth(p) - growth(q))) {
    g = applyTransposed(b, g, dims, matrix.axis, matrix.transposed, to[matrix.axis]);
    dims[matrix.axis] = to[matrix.axis];
  }
  return g;
}

/** Views cotangents [K, ...dims] as a batch of images: [K · dims[0], ...dims from 1]. */
export function mergeBatch(b: GraphBuilder, g: string, dims: readonly number[]): string {
  return b.reshape(g, [-1, ...dims.slice(1)]);
}

/** Number of values in the axes from the third on (the positions of an image). */
export function spatialSize(dims: readonly number[]): number {
  return sizeOf(dims.slice(2));
}
