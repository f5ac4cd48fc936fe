import * as tf from '@tensorflow/tfjs-core';
import { constant } from '../constant.ts';
import { toFloat64 } from '../float64/float64-backend.ts';
import { growthAfter } from '../line-search/conditions.ts';
import { dot, norm, subtract } from '../linear-solve/vector.ts';
import { gradientOf } from '../optimality/gradient.ts';
import type { Objective } from '../optimality/gradient.ts';
import type { OptimalityFn } from '../residual-map.ts';
import { withoutTape } from '../tape.ts';
import { flattenTree, pack } from '../tree.ts';
import { boundsOf, checkBox, clipTo } from './box.ts';
import type { Box } from './box.ts';
import { cautiousStep } from './descent-step.ts';
import { checkLbfgs, twoLoop } from './lbfgs.ts';
import type { LbfgsOptions, Pair } from './lbfgs.ts';
import { packProblem } from './packed-problem.ts';
import type { PackedProblem } from './packed-problem.ts';
import { createSolver, numberOf } from './solver.ts';
import type { Solver } from './solver.ts';

/** x - clip(x - ∇f(x)): zero exactly at the stationary points in the box. */
function boxResidual<X, A extends unknown[]>(objective: Objective<X, A>): OptimalityFn<X, [Box<X>, ...A]> {
  const gradient = gradientOf(objective);
  return (x, box, ...args) => {
    const tree = flattenTree(x);
    const { lower, upper } = boundsOf(x, box);
    const slopes = flattenTree(gradient(x, ...args)).leaves;
    return tree.rebuild<X>(
      tree.leaves.map((leaf, i) => tf.sub(leaf, clipTo(tf.sub(leaf, slopes[i]), lower[i], upper[i]))),
    );
  };
}

/** The packed problem with its bounds [n]. */
interface BoxedProblem extends PackedProblem {
  readonly lower: tf.Tensor;
  readonly upper: tf.Tensor;
}

/** 1 where an entry may move, 0 where it sits on a bound that its slope pushes it against. */
function freeEntries({ x, lower, upper }: BoxedProblem, g: Float64Array): Float64Array {
  const [at, low, high] = [x, lower, upper].map(toFloat64);
  return g.map((slope, i) => Number(!(at[i] <= low[i] && slope > 0) && !(at[i] >= high[i] && slope < 0)));
}

/** The pairs as seen by the free entries alone; those without curvature there are left out. */
function restricted(pairs: readonly Pair[], free: Float64Array): Pair[] {
  return pairs.flatMap((pair) => {
    const [s, y] = [pair.s.map((v, i) => v * free[i]), pair.y.map((v, i) => v * free[i])];
    const curvature = dot(s, y);
    return curvature > 1e-12 * norm(s) * norm(y) ? [{ s, y, rho: 1 / curvature }] : [];
  });
}

/**
 * Step length on the bent path clip(x - t d) by Armijo's condition (Bertsekas 1982, eq. 21); 0 if there is none, NaN if f is not
 * finite. A cautious first step grows for as long as f falls by it.
 */
function lengthOnPath(
  problem: BoxedProblem,
  g: tf.Tensor,
  d: tf.Tensor,
  { first, isCautious }: { readonly first: number; readonly isCautious: boolean },
): number {
  const { x, objective, lower, upper } = problem;
  const value = numberOf(objective(x));
  const trial = (length: number): { readonly there: number; readonly isEnough: boolean } => {
    const next = clipTo(tf.sub(x, tf.mul(constant(length), d)), lower, upper);
    const promised = numberOf(tf.sum(tf.mul(g, tf.sub(next, x))));
    const there = numberOf(objective(next));
    const rounding = 10 * tf.backend().epsilon() * Math.max(Math.abs(value), Math.abs(there));
    return { there, isEnough: there <= value + 1e-4 * promised + rounding };
  };
  if (!Number.isFinite(value)) return NaN;
  let length = first;
  let here = trial(length);
  for (; !here.isEnough && length > 1e-20; here = trial(length)) length /= 2;
  if (!here.isEnough) return 0;
  for (let growths = 0; isCautious && Number.isFinite(here.there); growths++) {
    const longer = growthAfter(growths, 2) * length;
    const next = trial(longer);
    if (!Number.isFinite(longer) || !next.isEnough || next.there > here.there) break;
    [length, here] = [longer, next];
  }
  return length;
}

/**
 * minimise a smooth f(x, ...args) over a box lower <= x <= upper, the first argument after x: `run(x0, { lower, upper }, ...args)`.
 *
 * L-BFGS on the entries that are free to move, with the gradient for those held by a bound, along the path clipped to the box
 * (the two-metric projection of Bertsekas 1982; not the Cauchy point of Byrd et al. 1995, which it replaces). Error:
 * ‖x - clip(x - ∇f)‖; `diverged` when f is not finite. Differentiated through x = clip(x - ∇f), by the bounds too; solutions
 * should be strictly complementary. Throws ImplicitError 'bad-tensor' for bounds that do not fit x or exclude each other.
 * @default maxIter 500
 */
export function lbfgsb<A extends unknown[], X = tf.Tensor>(
  objective: Objective<X, A>,
  options: LbfgsOptions = {},
): Solver<X, [Box<X>, ...A], readonly Pair[]> {
  checkLbfgs('lbfgsb', objective, options);
  const { history = 10 } = options;
  return createSolver<X, [Box<X>, ...A], readonly Pair[]>(
    {
      optimality: boxResidual(objective),
      maxIter: 500,
      start: (...[x, box]) => {
        checkBox(x, box);
        return [];
      },
      advance: (start, pairs, _, box, ...args) => {
        const packed = packProblem(objective, start, args);
        const bounds = boundsOf(start, box);
        const [lower, upper] = [pack(bounds.lower), pack(bounds.upper)];
        const problem: BoxedProblem = { ...packed, x: clipTo(packed.x, lower, upper), lower, upper };
        const g = packed.gradient(problem.x);
        const free = freeEntries(problem, toFloat64(g));
        const mask = constant(free);
        const known = restricted(pairs, free);
        const inside = tf.mul(mask, twoLoop(known, tf.mul(mask, g)));
        const direction = tf.add(inside, tf.mul(tf.sub(1, mask), g));
        const isCautious = known.length === 0;
        const first = isCautious ? cautiousStep(g) : 1;
        const search = { first, isCautious };
        const length = withoutTape(
          () => tf.tidy(() => lengthOnPath(problem, g, direction, search) as never) as number,
        );
        if (Number.isNaN(length)) return { x: start, memory: pairs, error: NaN };
        const next = clipTo(tf.sub(problem.x, tf.mul(constant(length), direction)), lower, upper);
        const after = packed.gradient(next);
        const pair = pairOf(problem.x, next, g, after);
        const error = norm(toFloat64(tf.sub(next, clipTo(tf.sub(next, after), lower, upper))));
        return {
          x: packed.unpack<X>(next),
          // Without a step the old pairs mislead.
          memory: length === 0 ? [] : [...pair, ...pairs].slice(0, history),
          error,
        };
      },
    },
    options,
  );
}

function pairOf(x: tf.Tensor, next: tf.Tensor, g: tf.Tensor, after: tf.Tensor): Pair[] {
  const s = subtract(toFloat64(next), toFloat64(x));
  const y = subtract(toFloat64(after), toFloat64(g));
  const curvature = dot(s, y);
  return curvature > 1e-12 * norm(s) * norm(y) ? [{ s, y, rho: 1 / curvature }] : [];
}
