import { rowView, type Matrix } from '../../../core/linalg/matrix.ts';
import type { MaskedLogitFn } from '../../../core/metrics/masked-logit.ts';

/** A masked logit from a plain function of one mask. */
export function logitOf(formula: (mask: Float32Array) => number): MaskedLogitFn {
  return (masks: Matrix) =>
    Promise.resolve(Float64Array.from({ length: masks.rows }, (_, row) => formula(rowView(masks, row))));
}

/** An affine masked logit. */
export const affineLogit = (bias: number, gains: readonly number[]): MaskedLogitFn =>
  logitOf((mask) => gains.reduce((sum, gain, c) => sum + gain * mask[c], bias));
