import { luFactor } from '../../linear-solve/lu-factor.ts';
import { norm } from '../../linear-solve/vector.ts';
import type { OptimalityFn } from '../../residual-map.ts';
import { vjp } from '../../tape.ts';
import { flattenTree } from '../../tree.ts';
import { kernelElimination } from '../kernel-elimination.ts';
import { stagedPlan } from '../staged-plan.ts';
import type { StagedPlan } from '../staged-plan.ts';
import { goesOn, packedUnknowns, packLike } from './loop.ts';
import type { Loop } from './loop.ts';

type Entry = 'residual' | 'pull';
const [X, ALONG] = [0, 1];

/** Damped Newton steps with the assembled ∂F/∂x, as the solver of that name. */
export function newtonLoop<Unknowns, A extends unknown[]>(
  { root }: { readonly root: OptimalityFn<Unknowns, A> },
  x0: Unknowns,
  args: A,
): Loop {
  const { size, apart } = packedUnknowns(flattenTree(x0));
  const variables = [
    { shape: [size], stage: 1 },
    { shape: [size], stage: 2 },
  ];
  const staged: StagedPlan<Entry> = stagedPlan(args, variables, (given, [x, u]) => {
    const f = (v: typeof x): typeof x => packLike(apart(v), root(apart(v), ...given));
    return {
      residual: { stage: 1, values: [f(x)] },
      pull: { stage: 2, values: vjp(([free]) => f(free), [x], u) },
    };
  });
  const residualAt = (x: Float64Array): Float64Array => {
    staged.set(X, x);
    staged.plan.finish(1);
    staged.plan.run('residual');
    return staged.plan.result('residual').slice();
  };
  return {
    closure: staged.closure,
    run: (start, leaves, limits) => {
      staged.setArguments(leaves);
      staged.plan.finish(0);
      let x: Float64Array = Float64Array.from(start);
      let [error, iterations] = [Infinity, 0];
      for (; goesOn(error, iterations, limits); iterations++) {
        const f = residualAt(x);
        const factor = luFactor(jacobian(staged, size), size, undefined, kernelElimination());
        // A singular matrix must show: the solver then says that it diverged.
        const step = factor.singular ? new Float64Array(size).fill(NaN) : factor.solve(f);
        x = damped(residualAt, x, step, norm(f));
        error = norm(residualAt(x));
      }
      return { x, iterations, error };
    },
  };
}

/** ∂F/∂x at the point that is set, row-major. */
function jacobian({ plan, set }: StagedPlan<Entry>, size: number): Float64Array {
  const matrix = new Float64Array(size * size);
  const unit = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    unit[i] = 1;
    set(ALONG, unit);
    plan.finish(2);
    plan.run('pull');
    matrix.set(plan.result('pull'), i * size);
    unit[i] = 0;
  }
  return matrix;
}

/** The point after a step, shortened until ‖F‖ falls; the full step if nothing helps. */
function damped(
  residualAt: (x: Float64Array) => Float64Array,
  x: Float64Array,
  step: Float64Array,
  size: number,
): Float64Array {
  const after = (length: number): Float64Array => x.map((value, i) => value - length * step[i]);
  for (let length = 1; length > 1e-4; length /= 2) {
    const next = after(length);
    if (norm(residualAt(next)) < (1 - 1e-4 * length) * size) return next;
  }
  return after(1);
}
