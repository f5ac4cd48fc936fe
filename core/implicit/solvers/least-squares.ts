import * as tf from '@tensorflow/tfjs-core';
import { constant } from '../constant.ts';
import { toFloat64 } from '../float64/float64-backend.ts';
import { luFactor } from '../linear-solve/lu-factor.ts';
import { dot, norm } from '../linear-solve/vector.ts';
import { stationaryPoint } from '../optimality/stationary.ts';
import { vjp, withoutTape } from '../tape.ts';
import { createSolver } from './solver.ts';
import type { Solver, SolverOptions } from './solver.ts';

/** r(x, ...args), a tensor of any shape. */
export type ResidualFn<A extends unknown[]> = (x: tf.Tensor, ...args: A) => tf.Tensor;

/** JᵀJ of the residual at x, row-major [n, n]: one reverse pass for each residual. */
function gaussNewtonMatrix(residual: (x: tf.Tensor) => tf.Tensor, x: tf.Tensor, m: number): Float64Array {
  const n = x.size;
  const gram = new Float64Array(n * n);
  for (let row = 0; row < m; row++) {
    const gradient = tf.tidy(() => {
      const unit = new Float64Array(m);
      unit[row] = 1;
      const shape = residual(x).shape;
      return toFloat64(vjp(([p]) => residual(p), [x], constant(unit, shape))[0]) as never;
    }) as Float64Array;
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) gram[i * n + j] += gradient[i] * gradient[j];
  }
  return gram;
}

function dampedInverse(gram: Float64Array, n: number, damping: number): Float64Array | undefined {
  const shifted = Float64Array.from(gram);
  let largest = 0;
  for (let i = 0; i < n; i++) largest = Math.max(largest, gram[i * n + i]);
  for (let i = 0; i < n; i++) shifted[i * n + i] += damping * Math.max(gram[i * n + i], 1e-12 * largest);
  const factor = luFactor(shifted, n);
  if (factor.singular) return undefined;
  const inverse = new Float64Array(n * n);
  for (let j = 0; j < n; j++) {
    const unit = new Float64Array(n);
    unit[j] = 1;
    factor.solve(unit).forEach((value, i) => (inverse[i * n + j] = value));
  }
  return inverse;
}

const halfSquares =
  <A extends unknown[]>(residual: ResidualFn<A>) =>
  (x: tf.Tensor, ...args: A): tf.Tensor =>
    tf.mul(0.5, tf.sum(tf.square(residual(x, ...args))));

const descend = (x: tf.Tensor, inverse: Float64Array, gradient: tf.Tensor): tf.Tensor => {
  const step = tf.matMul(constant(inverse, [x.size, x.size]), tf.reshape(gradient, [x.size, 1]));
  return tf.sub(x, tf.reshape(step, x.shape));
};

/**
 * minimise ½‖r(x, ...args)‖² by Gauss-Newton steps: for residuals that are small or nearly linear at the solution, and more
 * of them than unknowns. Error: ‖Jᵀr‖. `diverged` when JᵀJ is singular. @default maxIter 200
 */
export function gaussNewton<A extends unknown[]>(
  residual: ResidualFn<A>,
  options: SolverOptions = {},
): Solver<tf.Tensor, A, null> {
  const gradient = stationaryPoint<tf.Tensor, A>(halfSquares(residual));
  return createSolver<tf.Tensor, A, null>(
    {
      optimality: gradient,
      maxIter: 200,
      start: () => null,
      advance: (x, _, __, ...args) => {
        const inverse = withoutTape(() => {
          const m = tf.tidy(() => residual(x, ...args).size as never) as number;
          return dampedInverse(
            gaussNewtonMatrix((p) => residual(p, ...args), x, m),
            x.size,
            0,
          );
        });
        if (!inverse) return { x, memory: null, error: NaN };
        const next = descend(x, inverse, gradient(x, ...args));
        return { x: next, memory: null, error: norm(toFloat64(gradient(next, ...args))) };
      },
    },
    options,
  );
}

/**
 * minimise ½‖r(x, ...args)‖² by the Levenberg-Marquardt method, damping scaled by the diagonal of JᵀJ and adapted by the
 * ratio of actual to predicted decrease (Nielsen 1999). Error: ‖Jᵀr‖. @default maxIter 500
 */
export function levenbergMarquardt<A extends unknown[]>(
  residual: ResidualFn<A>,
  options: SolverOptions = {},
): Solver<tf.Tensor, A, number> {
  const objective = halfSquares(residual);
  const gradient = stationaryPoint<tf.Tensor, A>(objective);
  const value = (x: tf.Tensor, args: A): number => toFloat64(objective(x, ...args))[0];
  return createSolver<tf.Tensor, A, number>(
    {
      optimality: gradient,
      maxIter: 500,
      start: () => 1e-3,
      advance: (x, damping, _, ...args) => {
        const g = gradient(x, ...args);
        const inverse = withoutTape(() => {
          const m = tf.tidy(() => residual(x, ...args).size as never) as number;
          return dampedInverse(
            gaussNewtonMatrix((p) => residual(p, ...args), x, m),
            x.size,
            damping,
          );
        });
        if (!inverse) return { x, memory: 10 * damping, error: norm(toFloat64(g)) };
        const next = descend(x, inverse, g);
        const predicted = -0.5 * dot(toFloat64(g), toFloat64(tf.sub(next, x)));
        const [before, after] = withoutTape(() => [value(x, args), value(next, args)]);
        const slack = 10 * tf.backend().epsilon() * Math.abs(before);
        const accepted = after <= before + slack;
        const gain = predicted > 0 ? (before - after) / predicted : 0;
        const factor = accepted ? Math.max(0.1, Math.min(1, 1 - (gain - 0.5) ** 3)) : 4;
        const kept = accepted ? next : x;
        return { x: kept, memory: damping * factor, error: norm(toFloat64(gradient(kept, ...args))) };
      },
    },
    options,
  );
}
