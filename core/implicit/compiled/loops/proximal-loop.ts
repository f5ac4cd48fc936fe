import type * as tf from '@tensorflow/tfjs-core';
import { constant } from '../../constant.ts';
import { gradientOf, stepAgainst } from '../../optimality/gradient.ts';
import type { ProximalRecipe } from '../../solvers/recipe.ts';
import { flattenTree, pack } from '../../tree.ts';
import { stagedPlan } from '../staged-plan.ts';
import type { StagedPlan } from '../staged-plan.ts';
import { distance, dot, goesOn, length, packedUnknowns, packLike } from './loop.ts';
import type { Limits, Loop } from './loop.ts';

/** Places of the variables among those of the plan. */
const [ETA, Y, TRIAL] = [0, 1, 2];
type Entry = 'gradient' | 'next' | 'value' | 'slope';

/** FISTA with restarts and, without a given step size, backtracking; as the solver of that name. */
export function proximalLoop<X, A extends unknown[]>(recipe: ProximalRecipe<X, A>, x0: X, args: A): Loop {
  const { size, apart } = packedUnknowns(flattenTree(x0));
  const staged = proximalPlan(recipe, { size, apart }, args);
  const { plan, set } = staged;
  const { stepsize, acceleration } = recipe;
  return {
    closure: staged.closure,
    run: (start, leaves, limits) => {
      staged.setArguments(leaves);
      if (stepsize !== undefined) set(ETA, [stepsize]);
      plan.finish(0);
      const x = Float64Array.from(start);
      const y = Float64Array.from(start);
      let [t, eta, error, iterations] = [1, stepsize ?? 1, Infinity, 0];
      for (; goesOn(error, iterations, limits); iterations++) {
        set(Y, y);
        plan.finish(1);
        if (stepsize === undefined) {
          eta = findStepsize(staged, y, 1.2 * eta, limits);
          set(ETA, [eta]);
          plan.finish(2);
        }
        plan.run('next');
        const next = plan.result('next');
        error = distance(next, y) / eta;
        let uphill = 0;
        for (let i = 0; i < size; i++) uphill += (y[i] - next[i]) * (next[i] - x[i]);
        const keepsMomentum = acceleration && !(uphill > 0);
        const tNext = keepsMomentum ? (1 + Math.sqrt(1 + 4 * t * t)) / 2 : 1;
        const weight = keepsMomentum ? (t - 1) / tNext : 0;
        for (let i = 0; i < size; i++) {
          y[i] = next[i] + weight * (next[i] - x[i]);
          x[i] = next[i];
        }
        t = tNext;
      }
      return { x, iterations, error, stepsize: eta };
    },
  };
}

/** With a given step size everything but y is known at stage 0; else η is tried at stage 2 and what it leads to at 3. */
function proximalPlan<X, A extends unknown[]>(
  { objective, prox, stepsize }: ProximalRecipe<X, A>,
  { size, apart }: { readonly size: number; readonly apart: (vector: tf.Tensor) => X },
  args: A,
): StagedPlan<Entry> {
  const gradient = gradientOf(objective);
  const isFixed = stepsize !== undefined;
  const variables = [
    { shape: [], stage: isFixed ? 0 : 2 },
    { shape: [size], stage: 1 },
    { shape: [size], stage: 3 },
  ];
  return stagedPlan<Entry, A>(args, variables, (given, [eta, y, trial]) => {
    const flat = (tree: X): tf.Tensor => pack(flattenTree(tree).leaves);
    const g = gradient(apart(y), ...given);
    const next = prox(stepAgainst(apart(y), eta, g), eta, ...given);
    return {
      gradient: { stage: 1, values: isFixed ? [] : [objective(apart(y), ...given), flat(g)] },
      next: { stage: isFixed ? 1 : 2, values: [packLike(apart(y), next)] },
      value: { stage: 3, values: isFixed ? [constant(0)] : [objective(apart(trial), ...given)] },
      slope: { stage: 3, values: isFixed ? [constant(0)] : [flat(gradient(apart(trial), ...given))] },
    };
  });
}

/** Halves η until f lies under its quadratic model; NaN if f is not finite, or falls by no step at all. */
function findStepsize(
  { plan, set }: StagedPlan<Entry>,
  y: Float64Array,
  first: number,
  { epsilon }: Limits,
): number {
  plan.run('gradient');
  const at = plan.result('gradient', 0)[0];
  const g = plan.result('gradient', 1).slice();
  for (let eta = first; Number.isFinite(at) && eta > 1e-30; eta /= 2) {
    set(ETA, [eta]);
    plan.finish(2);
    plan.run('next');
    const next = plan.result('next').slice();
    const move = next.map((value, i) => value - y[i]);
    set(TRIAL, next);
    plan.finish(3);
    plan.run('value');
    const value = plan.result('value')[0];
    const size = length(move);
    const gap = value - at - dot(g, move) - size ** 2 / (2 * eta);
    const rounding = 10 * epsilon * Math.max(Math.abs(at), Math.abs(value));
    if (Math.abs(gap) > rounding) {
      if (gap < 0) return eta;
      continue;
    }
    // Where values cannot be told apart, gradients can: the same bound on the curvature along the move.
    plan.run('slope');
    const change = dot(
      plan.result('slope').map((slope, i) => slope - g[i]),
      move,
    );
    if (change <= size ** 2 / eta + 10 * epsilon * length(g) * size) return eta;
  }
  return NaN;
}
