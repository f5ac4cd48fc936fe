import * as tf from '@tensorflow/tfjs-core';
import { constant } from '../constant.ts';
import { toFloat64 } from '../float64/float64-backend.ts';
import { timesVector } from '../float64-matrix.ts';
import { luFactor } from '../linear-solve/lu-factor.ts';
import { dot, norm } from '../linear-solve/vector.ts';
import { linearise } from '../linearise.ts';
import type { OptimalityFn } from '../residual-map.ts';
import { withoutTape } from '../tape.ts';
import { flattenTree, pack, unpack } from '../tree.ts';
import { createSolver } from './solver.ts';
import type { Solver, SolverOptions } from './solver.ts';
import { checkSetup, SOLVER_NAMES } from './check-setup.ts';

/** F of packed unknowns. */
function packedRoot<X, A extends unknown[]>(
  rootFn: OptimalityFn<X, A>,
  x: X,
  args: A,
): (v: tf.Tensor) => tf.Tensor {
  const tree = flattenTree(x);
  const shapes = tree.leaves.map((leaf) => leaf.shape);
  return (v) => pack(flattenTree(rootFn(tree.rebuild<X>(unpack(v, shapes)), ...args)).leaves);
}

const repack = <X>(like: X, v: tf.Tensor): X => {
  const tree = flattenTree(like);
  return tree.rebuild<X>(
    unpack(
      v,
      tree.leaves.map((leaf) => leaf.shape),
    ),
  );
};

const columnTimes = (matrix: tf.Tensor, v: tf.Tensor): tf.Tensor =>
  tf.reshape(tf.matMul(matrix, tf.reshape(v, [v.size, 1])), [v.size]);

/** Inverse of a row-major [n, n] array; NaN everywhere if singular, so that the solver reports divergence. */
function inverseOf(matrix: Float64Array, n: number): Float64Array {
  const factor = luFactor(matrix, n);
  const inverse = new Float64Array(n * n).fill(NaN);
  if (factor.singular) return inverse;
  for (let j = 0; j < n; j++) {
    const unit = new Float64Array(n);
    unit[j] = 1;
    factor.solve(unit).forEach((value, i) => (inverse[i * n + j] = value));
  }
  return inverse;
}

const inverseJacobianAt = (f: (v: tf.Tensor) => tf.Tensor, v: tf.Tensor): Float64Array =>
  withoutTape(() => inverseOf(linearise(f, v).toDense!(), v.size));

/** Shortens the step until ‖F‖ falls; the full step if nothing helps. */
function damping(f: (v: tf.Tensor) => tf.Tensor, v: tf.Tensor, step: tf.Tensor, size: number): number {
  for (let length = 1; length > 1e-4; length /= 2) {
    const trial = withoutTape(
      () => tf.tidy(() => norm(toFloat64(f(tf.sub(v, tf.mul(length, step))))) as never) as number,
    );
    if (trial < (1 - 1e-4 * length) * size) return length;
  }
  return 1;
}

/**
 * Root of F(x, ...args) = 0 by damped Newton steps with the assembled ∂F/∂x: for small systems. With F = ∇f, a minimum.
 * Error: ‖F(x)‖. `diverged` when ∂F/∂x is singular. @default maxIter 100
 */
export function newton<X, A extends unknown[]>(
  rootFn: OptimalityFn<X, A>,
  options: SolverOptions = {},
): Solver<X, A, null> {
  checkSetup('newton', { 'the function': rootFn }, options, SOLVER_NAMES);
  return createSolver<X, A, null>(
    {
      optimality: rootFn,
      recipe: { kind: 'newton', root: rootFn },
      maxIter: 100,
      start: () => null,
      advance: (x, _, __, ...args) => {
        const f = packedRoot(rootFn, x, args);
        const v = pack(flattenTree(x).leaves);
        const step = columnTimes(constant(inverseJacobianAt(f, v), [v.size, v.size]), f(v));
        const length = damping(f, v, step, norm(toFloat64(f(v))));
        const next = tf.sub(v, tf.mul(length, step));
        return { x: repack(x, next), memory: null, error: norm(toFloat64(f(next))) };
      },
    },
    options,
  );
}

/**
 * Root of F(x, ...args) = 0 by Broyden's first method (1965): the Jacobian once at the start, rank-one updates of its
 * inverse after. Error: ‖F(x)‖. @default maxIter 200
 */
export function broyden<X, A extends unknown[]>(
  rootFn: OptimalityFn<X, A>,
  options: SolverOptions = {},
): Solver<X, A, Float64Array> {
  checkSetup('broyden', { 'the function': rootFn }, options, SOLVER_NAMES);
  return createSolver<X, A, Float64Array>(
    {
      optimality: rootFn,
      maxIter: 200,
      start: (x, ...args) => inverseJacobianAt(packedRoot(rootFn, x, args), pack(flattenTree(x).leaves)),
      advance: (x, inverse, _, ...args) => {
        const f = packedRoot(rootFn, x, args);
        const v = pack(flattenTree(x).leaves);
        const before = f(v);
        const next = tf.sub(v, columnTimes(constant(inverse, [v.size, v.size]), before));
        const after = toFloat64(f(next));
        const move = toFloat64(tf.sub(next, v));
        const change = after.map((value, i) => value - toFloat64(before)[i]);
        return { x: repack(x, next), memory: updateInverse(inverse, move, change), error: norm(after) };
      },
    },
    options,
  );
}

/** B⁻¹ + (s - B⁻¹y) sᵀB⁻¹ / (sᵀB⁻¹y) (Sherman & Morrison). */
function updateInverse(inverse: Float64Array, s: Float64Array, y: Float64Array): Float64Array {
  const n = s.length;
  const by = timesVector(inverse, n, n, y);
  const denominator = dot(s, by);
  if (!(Math.abs(denominator) > 1e-300)) return inverse;
  const sb = new Float64Array(n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) sb[j] += s[i] * inverse[i * n + j];
  return inverse.map((value, at) => {
    const i = Math.floor(at / n);
    return value + ((s[i] - by[i]) * sb[at % n]) / denominator;
  });
}
