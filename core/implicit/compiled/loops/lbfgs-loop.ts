import type * as tf from '@tensorflow/tfjs-core';
import { norm } from '../../linear-solve/vector.ts';
import { gradientOf } from '../../optimality/gradient.ts';
import type { Objective } from '../../optimality/gradient.ts';
import { wolfeLength } from '../../solvers/lbfgs.ts';
import type { Pair } from '../../solvers/lbfgs.ts';
import { flattenTree } from '../../tree.ts';
import { stagedPlan } from '../staged-plan.ts';
import { dot, goesOn, length, packedUnknowns } from './loop.ts';
import type { Loop } from './loop.ts';

/** Limited-memory BFGS with a weak Wolfe line search, as the solver of that name. */
export function lbfgsLoop<X, A extends unknown[]>(
  { objective, history }: { readonly objective: Objective<X, A>; readonly history: number },
  x0: X,
  args: A,
): Loop {
  const { size, apart } = packedUnknowns(flattenTree(x0));
  const { plan, closure, setArguments, set } = stagedPlan(
    args,
    [{ shape: [size], stage: 1 }],
    (given, [x]) => {
      const f = (v: tf.Tensor): tf.Tensor => objective(apart(v), ...given);
      return { both: { stage: 1, values: [f(x), gradientOf(f)(x)] } };
    },
  );
  /** f at a point; its gradient is written to `gradient`. */
  const evaluate = (x: Float64Array, gradient: Float64Array): number => {
    set(0, x);
    plan.finish(1);
    plan.run('both');
    gradient.set(plan.result('both', 1));
    return plan.result('both', 0)[0];
  };
  return {
    closure,
    run: (start, leaves, limits) => {
      setArguments(leaves);
      plan.finish(0);
      const x = Float64Array.from(start);
      let [g, gNext] = [new Float64Array(size), new Float64Array(size)];
      const point = new Float64Array(size);
      let pairs: Pair[] = [];
      let value = evaluate(x, g);
      let [error, iterations] = [Infinity, 0];
      for (; goesOn(error, iterations, limits); iterations++) {
        const direction = twoLoop(pairs, g);
        // Without curvature yet, a unit step may be far too long.
        const first = pairs.length > 0 ? 1 : Math.min(1, 1 / Math.max(norm(g), 1e-30));
        let [last, lastPart] = [0, NaN];
        const along = (part: number): { value: number; slope: number } => {
          for (let i = 0; i < size; i++) point[i] = x[i] - part * first * direction[i];
          last = evaluate(point, gNext);
          lastPart = part;
          return { value: last, slope: -first * dot(gNext, direction) };
        };
        const part = wolfeLength(along, value, -first * dot(g, direction));
        if (Number.isNaN(part)) return { x, iterations: iterations + 1, error: NaN };
        // After too many trials the search ends with a length it has not looked at.
        if (part !== lastPart) along(part);
        pairs = withPair(pairs, point, x, gNext, g).slice(0, history);
        x.set(point);
        value = last;
        [g, gNext] = [gNext, g];
        error = norm(g);
      }
      return { x, iterations, error };
    },
  };
}

/** The pair of a step in front of the others, if it has curvature to tell of. */
function withPair(
  pairs: Pair[],
  next: Float64Array,
  x: Float64Array,
  gNext: Float64Array,
  g: Float64Array,
): Pair[] {
  const s = new Float64Array(x.length);
  const y = new Float64Array(x.length);
  for (let i = 0; i < s.length; i++) {
    s[i] = next[i] - x[i];
    y[i] = gNext[i] - g[i];
  }
  const curvature = dot(s, y);
  return curvature > 1e-12 * length(s) * length(y) ? [{ s, y, rho: 1 / curvature }, ...pairs] : pairs;
}

/** The inverse Hessian's approximation times g. */
function twoLoop(pairs: readonly Pair[], g: Float64Array): Float64Array {
  const q = Float64Array.from(g);
  const alphas = pairs.map(({ s, y, rho }) => {
    const alpha = rho * dot(s, q);
    for (let i = 0; i < q.length; i++) q[i] -= alpha * y[i];
    return alpha;
  });
  if (pairs.length === 0) return q;
  const scale = 1 / (pairs[0].rho * dot(pairs[0].y, pairs[0].y));
  for (let i = 0; i < q.length; i++) q[i] *= scale;
  for (let k = pairs.length - 1; k >= 0; k--) {
    const { s, y, rho } = pairs[k];
    const change = alphas[k] - rho * dot(y, q);
    for (let i = 0; i < q.length; i++) q[i] += change * s[i];
  }
  return q;
}
