import { matrix, rowView, type Matrix } from '../../linalg/matrix.ts';
import { innerProduct } from '../../linalg/norms.ts';
import type { LinearProbe } from '../../metrics/linear-probe.ts';
import type { OwnTensors } from './own-concept.ts';

/** A direction with the border from which on its concept is there. */
export type OwnDirection = Pick<OwnTensors, 'direction' | 'border' | 'usual'>;

/**
 * Rows in units of their root mean square distance from their mean, so that one strength of regularisation suits every
 * layer. One number for all channels: the angles between directions remain those of the activations.
 *
 * Shapes   rows [n, p]; returns the same divided by `unit`, which is 1 where all rows are equal.
 */
export function inUnits(rows: Matrix): { readonly rows: Matrix; readonly unit: number } {
  const mean = new Float64Array(rows.cols);
  rows.data.forEach((value, i) => (mean[i % rows.cols] += value / rows.rows));
  const squared = rows.data.reduce((sum, value, i) => sum + (value - mean[i % rows.cols]) ** 2, 0);
  const unit = Math.sqrt(squared / rows.rows) || 1;
  return {
    rows: matrix(
      rows.rows,
      rows.cols,
      rows.data.map((value) => value / unit),
    ),
    unit,
  };
}

/**
 * The direction of a probe of rows in such units, with its border and what is usual of `others` (rows in such units without
 * the concept), both in those of the activations.
 */
export function directionOf(
  { weights, intercept }: Pick<LinearProbe, 'weights' | 'intercept'>,
  unit: number,
  others: Matrix,
): OwnDirection {
  const length = Math.sqrt(weights.reduce((sum, weight) => sum + weight ** 2, 0));
  const scale = length > 0 ? 1 / length : 0;
  const direction = Float32Array.from(weights, (weight) => weight * scale);
  const products = Array.from({ length: others.rows }, (_, row) =>
    innerProduct(rowView(others, row), direction),
  );
  return {
    direction,
    border: -intercept * unit * scale,
    usual: (unit * products.reduce((sum, product) => sum + product, 0)) / others.rows,
  };
}

/**
 * How much of an own concept is at each position: 0 where the probe does not see it, else how far the activation lies along
 * the direction beyond what is usual without it. Taking it away leaves there what others have on average.
 *
 * Shapes   rows [positions, p]; returns [positions], in units of the activation.
 * Source   Anders et al. 2022, "Finding and removing Clever Hans", projective ClArC: activations are moved along the
 *          direction to the mean of the pictures without the artefact; here only where it is seen.
 */
export function ownAmounts(
  { rows, cols, data }: Matrix,
  { direction, border, usual }: OwnDirection,
): Float32Array {
  return Float32Array.from({ length: rows }, (_, row) => {
    let product = 0;
    for (let k = 0; k < cols; k++) product += data[row * cols + k] * direction[k];
    return product > border ? Math.max(0, product - usual) : 0;
  });
}

/** Activations without an own concept: a - t·v, see {@link ownAmounts}. */
export function withoutOwn(rows: Matrix, { direction }: OwnDirection, amounts: Float32Array): Matrix {
  const { cols, data } = rows;
  return matrix(
    rows.rows,
    cols,
    data.map((value, i) => value - amounts[Math.floor(i / cols)] * direction[i % cols]),
  );
}
