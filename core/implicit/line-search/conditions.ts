import * as tf from '@tensorflow/tfjs-core';

/** A point on a line x + step · direction: the function's value there, and its slope along the direction. */
export interface LinePoint {
  readonly step: number;
  readonly value: number;
  readonly slope: number;
}

/** The function along the line. */
export type Line = (step: number) => LinePoint;

/**
 * `not-descent`: the slope at 0 is not below 0; `not-finite`: no finite value or slope at 0; `unbounded`: still falling beyond
 * every bound; `max-iterations`: no acceptable step was found.
 */
export type LineSearchStatus = 'converged' | 'max-iterations' | 'not-descent' | 'not-finite' | 'unbounded';

/** How a line search ended. The step is 0 unless `converged`, or the best one with less value under `max-iterations`. */
export interface LineSearchResult extends LinePoint {
  readonly status: LineSearchStatus;
  readonly evaluations: number;
}

/** How much a step must achieve: c1 of the fall that the slope promises, and a slope of at most c2 of the first one. */
export interface Thresholds {
  readonly c1: number;
  readonly c2: number;
}

/**
 * What the next step is multiplied with while a line still falls after so many trials: a few times `least`, then more and more, so
 * that far minima are reached, and lines without one show, before the evaluations run out.
 */
export function growthAfter(trial: number, least: number): number {
  return least ** Math.max(1, trial - 8);
}

/** What rounding may change in values of this size. */
export function roundingOf(a: number, b: number): number {
  return 10 * tf.backend().epsilon() * Math.max(Math.abs(a), Math.abs(b));
}

/** Armijo's condition f(t) <= f(0) + c1 t f'(0), up to rounding; false for values that are not finite. */
export function fallsEnough(start: LinePoint, point: LinePoint, { c1 }: Thresholds): boolean {
  const bound = start.value + c1 * point.step * start.slope;
  return point.value <= bound + roundingOf(start.value, point.value);
}

/** The strong curvature condition |f'(t)| <= c2 |f'(0)|. */
export function isFlat(start: LinePoint, point: LinePoint, { c2 }: Thresholds): boolean {
  return Math.abs(point.slope) <= -c2 * start.slope;
}

/** A line search proper: from the start of a line that falls, with a first step to try. */
export type Search = (line: Line, start: LinePoint, first: number, maxIter: number) => SearchEnd;

/** What a search found; the point is the start if nothing. */
export interface SearchEnd {
  readonly point: LinePoint;
  readonly status: 'converged' | 'max-iterations' | 'unbounded';
}
