import * as tf from '@tensorflow/tfjs-core';
import type { Line, LinePoint, Search, SearchEnd, Thresholds } from './conditions.ts';
import { fallsEnough, growthAfter, isFlat } from './conditions.ts';

// The constants of the article, by its names there: rho (growth), theta (bisection), gamma (least shrinkage).
const GROWTH = 5;
const BISECTION = 0.5;
const SHRINKAGE = 0.66;

/** Ends the search from within: an acceptable step, or no evaluation left. */
class Found extends Error {
  readonly end: SearchEnd;
  constructor(end: SearchEnd) {
    super('the line search ended');
    this.end = end;
  }
}

/**
 * The line search of Hager & Zhang (2005): secant steps on the slope, which stay precise where values differ by rounding only.
 * Accepts a slope of at most c2 of the first one in size, with Armijo's condition or its approximate form: f(t) at most 1e-6 of
 * |f(0)| above f(0), and f'(t) <= (2 c1 - 1) f'(0).
 */
export function hagerZhang(thresholds: Thresholds): Search {
  return (line, start, first, maxIter) => {
    const tolerance = Math.max(1e-6, 10 * tf.backend().epsilon()) * Math.abs(start.value);
    const ceiling = start.value + tolerance;
    let best = start;
    let evaluations = 0;
    let hasRisen = false;
    const at: Line = (step) => {
      if (evaluations++ >= maxIter) {
        throw new Found(
          hasRisen || best === start
            ? { point: best, status: 'max-iterations' }
            : { point: start, status: 'unbounded' },
        );
      }
      const point = line(step);
      if (isAcceptable(start, point, thresholds, ceiling)) throw new Found({ point, status: 'converged' });
      if (point.value < best.value) best = point;
      hasRisen ||= Number.isFinite(point.value) && (point.value > ceiling || point.slope >= 0);
      return point;
    };
    try {
      const interval = bracket(at, start, first, ceiling);
      return interval ? closeIn(at, interval, ceiling) : { point: start, status: 'unbounded' };
    } catch (ended) {
      if (ended instanceof Found) return ended.end;
      throw ended;
    }
  };
}

function isAcceptable(start: LinePoint, point: LinePoint, thresholds: Thresholds, ceiling: number): boolean {
  if (!isFlat(start, point, thresholds)) return false;
  const isApproximate = point.value <= ceiling && point.slope <= (2 * thresholds.c1 - 1) * start.slope;
  return isApproximate || fallsEnough(start, point, thresholds);
}

/** Ends with f(a) below the ceiling and falling, and f rising at b. */
interface Interval {
  readonly a: LinePoint;
  readonly b: LinePoint;
}

function bracket(at: Line, start: LinePoint, first: number, ceiling: number): Interval | undefined {
  let a = start;
  let step = first;
  for (let trial = 0; Number.isFinite(step); step *= growthAfter(trial++, GROWTH)) {
    const point = at(step);
    if (point.slope >= 0) return { a, b: point };
    if (!(point.value <= ceiling)) return bisect(at, start, point, ceiling);
    a = point;
  }
  return undefined;
}

/** From an end that falls below the ceiling and one above it to an interval with a minimum. */
function bisect(at: Line, from: LinePoint, to: LinePoint, ceiling: number): Interval {
  let [a, b] = [from, to];
  for (;;) {
    const point = at((1 - BISECTION) * a.step + BISECTION * b.step);
    if (point.slope >= 0) return { a, b: point };
    if (point.value <= ceiling) a = point;
    else b = point;
  }
}

/** The interval with a point inside it taken in; unchanged by a step outside. */
function update(at: Line, { a, b }: Interval, step: number, ceiling: number): Interval {
  if (!(step > a.step && step < b.step)) return { a, b };
  const point = at(step);
  if (point.slope >= 0) return { a, b: point };
  return point.value <= ceiling ? { a: point, b } : bisect(at, a, point, ceiling);
}

const secant = (a: LinePoint, b: LinePoint): number =>
  (a.step * b.slope - b.step * a.slope) / (b.slope - a.slope);

/** Two secant steps, the second from the end that the first one moved. */
function secantTwice(at: Line, before: Interval, ceiling: number): Interval {
  const step = secant(before.a, before.b);
  const after = update(at, before, step, ceiling);
  if (after.b.step === step) return update(at, after, secant(before.b, after.b), ceiling);
  if (after.a.step === step) return update(at, after, secant(before.a, after.a), ceiling);
  return after;
}

function closeIn(at: Line, first: Interval, ceiling: number): never {
  let interval = first;
  for (;;) {
    const width = interval.b.step - interval.a.step;
    const next = secantTwice(at, interval, ceiling);
    const middle = 0.5 * (next.a.step + next.b.step);
    const isSlow = next.b.step - next.a.step > SHRINKAGE * width;
    interval = isSlow ? update(at, next, middle, ceiling) : next;
    // Too narrow to hold another number: one more evaluation than there are ends the search.
    if (!(middle > interval.a.step && middle < interval.b.step)) at(middle);
  }
}
