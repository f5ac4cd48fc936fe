import type { LinePoint, Search, Thresholds } from './conditions.ts';
import { fallsEnough, growthAfter } from './conditions.ts';

/** What makes a step acceptable; each name's condition is in the docstring of {@link backtracking}. */
export type StepCondition = 'armijo' | 'goldstein' | 'wolfe' | 'strong-wolfe';

/**
 * Shortens a step that is too long by `decrease`, and where the condition also says when one is too short, closes in from
 * both sides (Lewis & Overton 2013). `armijo`: f falls by c1 of what the slope promises. `goldstein`: and by at most 1 - c1 of it.
 * `wolfe`: and the slope has risen to c2 of the first one. `strong-wolfe`: and its size has fallen to that.
 */
export function backtracking(
  thresholds: Thresholds,
  { condition, decrease }: { readonly condition: StepCondition; readonly decrease: number },
): Search {
  return (line, start, first, maxIter) => {
    let [low, high, step] = [0, Infinity, first];
    let best = start;
    let hasRisen = false;
    for (let trial = 0; trial < maxIter; trial++) {
      const point = line(step);
      const fit = fitOf(start, point, thresholds, condition);
      if (fit === 'right') return { point, status: 'converged' };
      hasRisen ||= fit === 'long' && Number.isFinite(point.value);
      if (fit === 'long') high = step;
      else [low, best] = [step, point];
      step = high === Infinity ? growthAfter(trial, 2) * low : low + decrease * (high - low);
      if (!Number.isFinite(step)) break;
    }
    return hasRisen || best === start
      ? { point: best, status: 'max-iterations' }
      : { point: start, status: 'unbounded' };
  };
}

function fitOf(
  start: LinePoint,
  point: LinePoint,
  thresholds: Thresholds,
  condition: StepCondition,
): 'long' | 'short' | 'right' {
  const { c1, c2 } = thresholds;
  if (!fallsEnough(start, point, thresholds)) return 'long';
  if (condition === 'armijo') return 'right';
  if (condition === 'goldstein')
    return point.value < start.value + (1 - c1) * point.step * start.slope ? 'short' : 'right';
  if (point.slope < c2 * start.slope) return 'short';
  return condition === 'strong-wolfe' && point.slope > -c2 * start.slope ? 'long' : 'right';
}
