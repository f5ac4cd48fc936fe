import { principalSubmatrix, timesVector } from './float64-matrix.ts';
import { refine } from './linear-solve/dense-solve.ts';
import { denseOperator } from './linear-solve/linear-operator.ts';
import { luFactor } from './linear-solve/lu-factor.ts';

/** Minimiser of a quadratic with signs, by its active set. */
export interface NonNegativeQuadraticSolution {
  readonly z: Float64Array;
  /** Indices of the free entries and of the positive others, ascending. */
  readonly passive: readonly number[];
  /** `unbounded`: the quadratic falls without end (for a dual problem: the primal is infeasible). */
  readonly status: 'converged' | 'max-iterations' | 'unbounded';
}

/**
 * argmin ½ zᵀQz - qᵀz over z whose entries from `nFree` on are >= 0, for symmetric positive semidefinite Q [n, n].
 *
 * The active-set method of Lawson & Hanson (1974) on the normal equations, as Bro & de Jong (1997); exact up to one dense
 * solve on the final active set. With Q = W Wᵀ, q = W a it is non-negative least squares; with Q = M Mᵀ the dual of a
 * projection onto a polyhedron. Entries are taken in one at a time, so Q on the passive set remains regular.
 */
export function nonNegativeQuadratic(
  quadratic: Float64Array,
  linear: Float64Array,
  nFree = 0,
): NonNegativeQuadraticSolution {
  const n = linear.length;
  const isPassive = Array.from({ length: n }, (_, i) => i < nFree);
  const z = new Float64Array(n);
  const scale = Math.max(...linear.map(Math.abs), Number.MIN_VALUE);
  const rejected = new Set<number>();
  if (nFree > 0 && !descend(quadratic, linear, isPassive, z)) return { z, passive: [], status: 'unbounded' };
  for (let outer = 0; outer < 3 * n + 10; outer++) {
    const gradient = timesVector(quadratic, n, n, z).map((value, i) => linear[i] - value);
    const entering = argMax(gradient, (i) => !isPassive[i] && !rejected.has(i));
    if (entering < 0 || gradient[entering] <= 1e-13 * scale) {
      return { z, passive: isPassive.flatMap((yes, i) => (yes ? [i] : [])), status: 'converged' };
    }
    isPassive[entering] = true;
    if (descend(quadratic, linear, isPassive, z)) {
      // A variable that leaves as soon as it enters does so by rounding; taking it again would cycle.
      if (isPassive[entering]) rejected.clear();
      else rejected.add(entering);
      continue;
    }
    return { z, passive: [], status: 'unbounded' };
  }
  return { z, passive: isPassive.flatMap((yes, i) => (yes ? [i] : [])), status: 'max-iterations' };

  /** Moves z to the minimum over the passive set, dropping entries that would turn negative; false if singular. */
  function descend(q: Float64Array, l: Float64Array, passive: boolean[], point: Float64Array): boolean {
    for (;;) {
      const kept = passive.flatMap((yes, i) => (yes ? [i] : []));
      const target = minimumOn(q, l, kept);
      if (!target) return false;
      const step = longestStep(point, target, kept, nFree);
      kept.forEach((i, k) => (point[i] = point[i] + step.length * (target[k] - point[i])));
      if (step.blocking < 0) return true;
      passive[step.blocking] = false;
      point[step.blocking] = 0;
    }
  }
}

function argMax(values: Float64Array, allowed: (i: number) => boolean): number {
  let best = -1;
  for (let i = 0; i < values.length; i++) {
    if (allowed(i) && (best < 0 || values[i] > values[best])) best = i;
  }
  return best;
}

function minimumOn(q: Float64Array, l: Float64Array, kept: readonly number[]): Float64Array | undefined {
  const m = kept.length;
  const sub = principalSubmatrix(q, l.length, kept);
  const factor = luFactor(sub, m);
  if (factor.singular) return undefined;
  return refine(
    denseOperator(sub, m),
    factor.solve,
    Float64Array.from(kept, (i) => l[i]),
  ).x;
}

/** How far one may go from z towards the target before an entry that must remain >= 0 reaches 0. */
function longestStep(
  z: Float64Array,
  target: Float64Array,
  kept: readonly number[],
  nFree: number,
): { length: number; blocking: number } {
  let length = 1;
  let blocking = -1;
  kept.forEach((i, k) => {
    if (i < nFree || target[k] > 0) return;
    const possible = z[i] / (z[i] - target[k]);
    if (blocking < 0 || possible < length) {
      length = Number.isFinite(possible) ? possible : 0;
      blocking = i;
    }
  });
  return { length, blocking };
}
