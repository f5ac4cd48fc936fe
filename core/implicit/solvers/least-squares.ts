import * as tf from '@tensorflow/tfjs-core';
import { constant } from '../constant.ts';
import { toFloat64 } from '../float64/float64-backend.ts';
import { inverseOf, luFactor } from '../linear-solve/lu-factor.ts';
import { dot, norm } from '../linear-solve/vector.ts';
import { stationaryPoint } from '../optimality/stationary.ts';
import { vjp, withoutTape } from '../tape.ts';
import { packProblem } from './packed-problem.ts';
import { createSolver, numberOf } from './solver.ts';
import type { Solver, SolverOptions } from './solver.ts';
import { checkSetup, SOLVER_NAMES } from './check-setup.ts';

/** r(x, ...args), a tensor of any shape. */
export type ResidualFn<X, A extends unknown[]> = (x: X, ...args: A) => tf.Tensor;

/** JᵀJ of the residual at x, row-major [n, n]: one reverse pass for each residual. Never recorded. */
function gaussNewtonMatrix(residual: (x: tf.Tensor) => tf.Tensor, x: tf.Tensor): Float64Array {
  const n = x.size;
  const gram = new Float64Array(n * n);
  withoutTape(() =>
    tf.tidy(() => {
      const { shape, size } = residual(x);
      for (let row = 0; row < size; row++) addOuterSquare(gram, rowOfJacobian(residual, x, shape, row));
    }),
  );
  return gram;
}

function rowOfJacobian(
  residual: (x: tf.Tensor) => tf.Tensor,
  x: tf.Tensor,
  shape: number[],
  row: number,
): Float64Array {
  const unit = new Float64Array(tf.util.sizeFromShape(shape));
  unit[row] = 1;
  return tf.tidy(
    () => toFloat64(vjp(([p]) => residual(p), [x], constant(unit, shape))[0]) as never,
  ) as Float64Array;
}

function addOuterSquare(gram: Float64Array, v: Float64Array): void {
  const n = v.length;
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) gram[i * n + j] += v[i] * v[j];
}

function dampedInverse(gram: Float64Array, n: number, damping: number): Float64Array | undefined {
  const shifted = Float64Array.from(gram);
  let largest = 0;
  for (let i = 0; i < n; i++) largest = Math.max(largest, gram[i * n + i]);
  for (let i = 0; i < n; i++) shifted[i * n + i] += damping * Math.max(gram[i * n + i], 1e-12 * largest);
  const factor = luFactor(shifted, n);
  return factor.singular ? undefined : inverseOf(factor, n);
}

const halfSquares =
  <X, A extends unknown[]>(residual: ResidualFn<X, A>) =>
  (x: X, ...args: A): tf.Tensor =>
    tf.mul(0.5, tf.sum(tf.square(residual(x, ...args))));

const descend = (x: tf.Tensor, inverse: Float64Array, gradient: tf.Tensor): tf.Tensor => {
  const step = tf.matMul(constant(inverse, [x.size, x.size]), tf.reshape(gradient, [x.size, 1]));
  return tf.sub(x, tf.reshape(step, x.shape));
};

/**
 * minimise ½‖r(x, ...args)‖² by Gauss-Newton steps: for residuals that are small or nearly linear at the solution, and more
 * of them than unknowns. Error: ‖Jᵀr‖. `diverged` when JᵀJ is singular. @default maxIter 200
 */
export function gaussNewton<A extends unknown[], X = tf.Tensor>(
  residual: ResidualFn<X, A>,
  options: SolverOptions = {},
): Solver<X, A, null> {
  checkSetup('gaussNewton', { 'the residual': residual }, options, SOLVER_NAMES);
  const objective = halfSquares(residual);
  return createSolver<X, A, null>(
    {
      optimality: stationaryPoint(objective),
      maxIter: 200,
      start: () => null,
      advance: (start, _, __, ...args) => {
        const { x, gradient, unpack } = packProblem(objective, start, args);
        const inverse = dampedInverse(
          gaussNewtonMatrix((p) => residual(unpack<X>(p), ...args), x),
          x.size,
          0,
        );
        if (!inverse) return { x: start, memory: null, error: NaN };
        const next = descend(x, inverse, gradient(x));
        return { x: unpack<X>(next), memory: null, error: norm(toFloat64(gradient(next))) };
      },
    },
    options,
  );
}

/**
 * minimise ½‖r(x, ...args)‖² by the Levenberg-Marquardt method, damping scaled by the diagonal of JᵀJ and adapted by the
 * ratio of actual to predicted decrease (Nielsen 1999). Error: ‖Jᵀr‖. @default maxIter 500
 */
export function levenbergMarquardt<A extends unknown[], X = tf.Tensor>(
  residual: ResidualFn<X, A>,
  options: SolverOptions = {},
): Solver<X, A, number> {
  checkSetup('levenbergMarquardt', { 'the residual': residual }, options, SOLVER_NAMES);
  const objective = halfSquares(residual);
  return createSolver<X, A, number>(
    {
      optimality: stationaryPoint(objective),
      maxIter: 500,
      start: () => 1e-3,
      advance: (start, damping, _, ...args) => {
        const { x, objective: f, gradient, unpack } = packProblem(objective, start, args);
        const g = gradient(x);
        const gram = gaussNewtonMatrix((p) => residual(unpack<X>(p), ...args), x);
        const inverse = dampedInverse(gram, x.size, damping);
        if (!inverse) return { x: start, memory: 10 * damping, error: norm(toFloat64(g)) };
        const next = descend(x, inverse, g);
        const predicted = -0.5 * dot(toFloat64(g), toFloat64(tf.sub(next, x)));
        const [before, after] = withoutTape(() => [numberOf(f(x)), numberOf(f(next))]);
        const slack = 10 * tf.backend().epsilon() * Math.abs(before);
        const accepted = after <= before + slack;
        const gain = predicted > 0 ? (before - after) / predicted : 0;
        const factor = accepted ? Math.max(0.1, Math.min(1, 1 - (gain - 0.5) ** 3)) : 4;
        const kept = accepted ? next : x;
        return { x: unpack<X>(kept), memory: damping * factor, error: norm(toFloat64(gradient(kept))) };
      },
    },
    options,
  );
}
