import type { Line, LinePoint, Search, SearchEnd, Thresholds } from './conditions.ts';
import { fallsEnough, growthAfter, isFlat, roundingOf } from './conditions.ts';

/**
 * Grows the step until the line turns, then closes in by cubic interpolation: a step with the strong Wolfe conditions
 * (Nocedal & Wright 2006, algorithms 3.5 and 3.6).
 */
export function zoom(thresholds: Thresholds): Search {
  return (line, start, first, maxIter) => {
    let [before, step] = [start, first];
    for (let trial = 0; trial < maxIter; trial++) {
      const point = line(step);
      const left = maxIter - trial - 1;
      if (!fallsEnough(start, point, thresholds) || (trial > 0 && isWorse(point, before)))
        return closeIn(line, { start, low: before, high: point, thresholds, left });
      if (isFlat(start, point, thresholds)) return { point, status: 'converged' };
      if (point.slope >= 0) return closeIn(line, { start, low: point, high: before, thresholds, left });
      [before, step] = [point, growthAfter(trial, 2) * step];
      if (!Number.isFinite(step)) break;
    }
    return { point: start, status: 'unbounded' };
  };
}

/** An interval that holds an acceptable step; `low` is its end with the smaller value. */
interface Bracket {
  readonly start: LinePoint;
  readonly low: LinePoint;
  readonly high: LinePoint;
  readonly thresholds: Thresholds;
  readonly left: number;
}

function closeIn(line: Line, { start, low: first, high: second, thresholds, left }: Bracket): SearchEnd {
  let [low, high] = [first, second];
  for (let trial = 0; trial < left; trial++) {
    const point = line(between(low, high));
    if (!fallsEnough(start, point, thresholds) || isWorse(point, low)) {
      high = point;
      continue;
    }
    if (isFlat(start, point, thresholds)) return { point, status: 'converged' };
    if (point.slope * (high.step - low.step) >= 0) high = low;
    low = point;
  }
  // Falling right up to where there are no values any more: no minimum was ever enclosed.
  if (!Number.isFinite(high.value)) return { point: start, status: 'unbounded' };
  return { point: low, status: 'max-iterations' };
}

/** Larger by more than rounding: where values cannot be told apart, slopes decide. */
const isWorse = (point: LinePoint, than: LinePoint): boolean =>
  !(point.value <= than.value + roundingOf(point.value, than.value));

/** The minimum of the cubic through both ends, kept a tenth of the interval away from them; the middle if there is none. */
function between(a: LinePoint, b: LinePoint): number {
  const width = b.step - a.step;
  const d1 = a.slope + b.slope - (3 * (b.value - a.value)) / width;
  const root = Math.sqrt(d1 * d1 - a.slope * b.slope) * Math.sign(width);
  const share = 1 - (b.slope + root - d1) / (b.slope - a.slope + 2 * root);
  const isInside = Number.isFinite(share) && share > 0 && share < 1;
  return a.step + (isInside ? Math.min(Math.max(share, 0.1), 0.9) : 0.5) * width;
}
