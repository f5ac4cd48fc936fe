import * as tf from '@tensorflow/tfjs-core';
import { constant } from '../constant.ts';
import { toFloat64 } from '../float64/float64-backend.ts';
import { searchAlong } from '../line-search/line-search.ts';
import type { LineSearchStatus } from '../line-search/conditions.ts';
import type { LineSearchOptions } from '../line-search/line-search.ts';
import { norm } from '../linear-solve/vector.ts';
import type { PackedProblem } from './packed-problem.ts';

/** A step along a direction of descent, with the gradients at both ends. */
export interface DescentStep {
  /** The new point [n]; the old one where the search found none. */
  readonly next: tf.Tensor;
  readonly status: LineSearchStatus;
  readonly step: number;
  readonly before: Float64Array;
  readonly after: Float64Array;
  /** ‖∇f‖ at the new point; NaN where f falls without end or is not finite: the solver has diverged. */
  readonly error: number;
}

/** Searches along the direction from x [n], whose gradient is g, and goes there; the step counts as a constant. */
export function stepAlong(
  packed: PackedProblem,
  g: tf.Tensor,
  direction: tf.Tensor,
  options: LineSearchOptions,
): DescentStep {
  const { step, status } = searchAlong(packed, packed.x, direction, options);
  const next = step === 0 ? packed.x : tf.add(packed.x, tf.mul(constant(step), direction));
  const before = toFloat64(g);
  const after = step === 0 ? before : toFloat64(packed.gradient(next));
  const isLost = status === 'unbounded' || status === 'not-finite';
  return { next, status, step, before, after, error: isLost ? NaN : norm(after) };
}

/** A first step that moves x by at most 1 while nothing is known of the curvature. */
export function cautiousStep(g: tf.Tensor): number {
  return Math.min(1, 1 / Math.max(norm(toFloat64(g)), 1e-30));
}
