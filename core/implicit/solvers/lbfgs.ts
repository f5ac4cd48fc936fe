import * as tf from '@tensorflow/tfjs-core';
import { constant } from '../constant.ts';
import { toFloat64 } from '../float64/float64-backend.ts';
import { growthAfter } from '../line-search/conditions.ts';
import { dot, norm } from '../linear-solve/vector.ts';
import type { Objective } from '../optimality/gradient.ts';
import { stationaryPoint } from '../optimality/stationary.ts';
import { withoutTape } from '../tape.ts';
import { packProblem } from './packed-problem.ts';
import type { PackedProblem } from './packed-problem.ts';
import { createSolver, numberOf } from './solver.ts';
import type { Solver, SolverOptions } from './solver.ts';
import type { NamesOf } from '../option-names.ts';
import { checkSetup, SOLVER_NAMES } from './check-setup.ts';
import { checkCount } from '../option-names.ts';

/** Options of {@link lbfgs}. */
export interface LbfgsOptions extends SolverOptions {
  /** Pairs of steps and gradient changes kept. @default 10 */
  readonly history?: number;
}

const NAMES: NamesOf<LbfgsOptions> = { ...SOLVER_NAMES, history: true };

/** ImplicitError for an objective that is no function and for options that make no sense. */
export function checkLbfgs(where: string, objective: unknown, options: LbfgsOptions): void {
  checkSetup(where, { 'the objective': objective }, options, NAMES);
  if (options.history !== undefined) checkCount(where, 'history', options.history);
}

/** A step s, the gradient's change y, and 1 / ⟨s, y⟩. */
export interface Pair {
  readonly s: Float64Array;
  readonly y: Float64Array;
  readonly rho: number;
}

/** Applies the inverse Hessian's approximation by the two-loop recursion, in tfjs operations so that it can be unrolled. */
export function twoLoop(pairs: readonly Pair[], g: tf.Tensor): tf.Tensor {
  let q = g;
  const alphas: tf.Tensor[] = [];
  const inner = (a: Float64Array, b: tf.Tensor): tf.Tensor => tf.sum(tf.mul(constant(a, b.shape), b));
  for (const { s, y, rho } of pairs) {
    const alpha = tf.mul(constant(rho), inner(s, q));
    alphas.push(alpha);
    q = tf.sub(q, tf.mul(alpha, constant(y, g.shape)));
  }
  const [last] = pairs;
  if (last) q = tf.mul(constant(1 / (last.rho * dot(last.y, last.y))), q);
  for (let i = pairs.length - 1; i >= 0; i--) {
    const { s, y, rho } = pairs[i];
    const beta = tf.mul(constant(rho), inner(y, q));
    q = tf.add(q, tf.mul(tf.sub(alphas[i], beta), constant(s, g.shape)));
  }
  return q;
}

/** Between ends of different size, the middle of their sizes. */
const middle = (low: number, high: number): number =>
  low > 0 && high > 4 * low ? Math.sqrt(low) * Math.sqrt(high) : (low + high) / 2;

/**
 * Step length by bisection between Armijo's and the weak Wolfe condition (Lewis & Overton 2013), however far it is; NaN if the line
 * falls without end, or begins without a finite value.
 */
export function wolfeLength(
  along: (length: number) => { value: number; slope: number },
  value: number,
  slope: number,
): number {
  const slack = 10 * tf.backend().epsilon() * Math.max(1, Math.abs(value));
  if (!Number.isFinite(value) || !Number.isFinite(slope)) return NaN;
  let [low, high, length] = [0, Infinity, 1];
  let hasRisen = false;
  let growths = 0;
  for (let trial = 0; length < Infinity && trial < 40;) {
    const there = along(length);
    if (!(there.value <= value + 1e-4 * length * slope + slack)) {
      high = length;
      hasRisen ||= Number.isFinite(there.value);
    } else if (there.slope < 0.9 * slope) low = length;
    else return length;
    if (high < Infinity) trial++;
    length = high === Infinity ? growthAfter(growths++, 2) * low : middle(low, high);
  }
  // Downhill to where there are no values any more, if not without end: there is no minimum.
  return hasRisen || low === 0 ? length : NaN;
}

/**
 * minimise a smooth f(x, ...args) by limited-memory BFGS (Liu & Nocedal 1989) with a weak Wolfe line search. Error: ‖∇f‖;
 * `diverged` when f falls without end. Differentiated through ∇f = 0. @default maxIter 500
 */
export function lbfgs<A extends unknown[], X = tf.Tensor>(
  objective: Objective<X, A>,
  options: LbfgsOptions = {},
): Solver<X, A, readonly Pair[]> {
  checkLbfgs('lbfgs', objective, options);
  const { history = 10 } = options;
  const lengthAlong = (
    { objective: f, gradient }: PackedProblem,
    x: tf.Tensor,
    direction: tf.Tensor,
    slope: number,
    first: number,
  ): number =>
    withoutTape(() => {
      const value = tf.tidy(() => numberOf(f(x)) as never) as number;
      const along = (length: number): { value: number; slope: number } =>
        tf.tidy(() => {
          const point = tf.sub(x, tf.mul(constant(length * first), direction));
          const there = gradient(point);
          return {
            value: numberOf(f(point)),
            slope: -first * numberOf(tf.sum(tf.mul(there, direction))),
          } as never;
        });
      return first * wolfeLength(along, value, first * slope);
    });
  return createSolver<X, A, readonly Pair[]>(
    {
      optimality: stationaryPoint(objective),
      recipe: { kind: 'lbfgs', objective, history },
      maxIter: 500,
      start: () => [],
      advance: (start, pairs, _, ...args) => {
        const packed = packProblem(objective, start, args);
        const x = packed.x;
        const g = packed.gradient(x);
        const direction = twoLoop(pairs, g);
        const slope = -numberOf(tf.sum(tf.mul(g, direction)));
        // Without curvature yet, a unit step may be far too long.
        const first = pairs.length > 0 ? 1 : Math.min(1, 1 / Math.max(norm(toFloat64(g)), 1e-30));
        const length = lengthAlong(packed, x, direction, slope, first);
        if (Number.isNaN(length)) return { x: start, memory: pairs, error: NaN };
        const next = tf.sub(x, tf.mul(constant(length), direction));
        const after = packed.gradient(next);
        const s = toFloat64(tf.sub(next, x));
        const y = toFloat64(tf.sub(after, g));
        const curvature = dot(s, y);
        const useful = curvature > 1e-12 * norm(s) * norm(y);
        const kept = useful ? [{ s, y, rho: 1 / curvature }, ...pairs].slice(0, history) : pairs;
        return { x: packed.unpack(next), memory: kept, error: norm(toFloat64(after)) };
      },
    },
    options,
  );
}
