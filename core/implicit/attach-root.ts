import * as tf from '@tensorflow/tfjs-core';
import { constant } from './constant.ts';
import { checkDerivative, solveForDerivative } from './implicit-options.ts';
import type { ImplicitOptions } from './implicit-options.ts';
import { lineariseTransposed } from './linearise.ts';
import { toFloat64 } from './float64/float64-backend.ts';
import { checkResidual, createResidualMap } from './residual-map.ts';
import type { OptimalityFn, Residual } from './residual-map.ts';
import { explainMissingGradients, isRecording, releaseTape, vjp, withoutTape } from './tape.ts';
import { flattenTree, pack, unpack } from './tree.ts';

/**
 * Gives a solution that is already known the derivative that the optimality condition implies.
 *
 * Returns tensors equal to `solution` which, inside `tf.grad` and its kin, depend on the differentiable tensors of
 * `args` through F(x, ...args) = 0 (implicit function theorem; Blondel et al. 2022, eq. 2). Derivatives of any order.
 * This is the way to use a solver that is asynchronous or lives elsewhere: solve first, attach inside the gradient.
 *
 * Throws ImplicitError: 'bad-tensor' for shapes that do not fit or values that are not finite; 'not-differentiable',
 * during the backward pass, when the linear system cannot be solved, F or the derivative is not finite, or an operation
 * in F has no gradient.
 */
export function attachRoot<X, A extends unknown[]>(
  optimalityFn: OptimalityFn<X, A>,
  options: ImplicitOptions = {},
): (solution: X, ...args: A) => X {
  return (solution, ...args) => {
    const map = createResidualMap(optimalityFn, solution, args, options.constants);
    const tree = flattenTree(solution);
    const shapes = tree.leaves.map((leaf) => leaf.shape);
    let attached: tf.Tensor[] = [];
    tf.tidy(() => {
      const x = withoutTape(() => pack(tree.leaves));
      attached = unpack(attachVector(map.residual, x, map.theta, map.constants, options), shapes);
      return attached;
    });
    return tree.rebuild<X>(attached);
  };
}

/** The same for a vector [n]; differentiable by every tensor of `theta`. */
function attachVector(
  residual: Residual,
  solution: tf.Tensor,
  theta: readonly tf.Tensor[],
  constants: readonly tf.Tensor[],
  options: ImplicitOptions,
): tf.Tensor {
  if (theta.length === 0) return tf.clone(solution);
  const identity = tf.customGrad((...inputs: (tf.Tensor | tf.GradSaveFunc)[]) => {
    // Saved, not closed over: tfjs disposes everything else at the end of the forward pass.
    const save = inputs.at(-1) as tf.GradSaveFunc;
    save([...theta, ...constants, solution]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor[] => {
      const parameters = saved.slice(0, theta.length);
      const others = saved.slice(theta.length, -1);
      return releasingOnFailure(() => pullBack(residual, saved.at(-1)!, parameters, others, dy, options));
    };
    return { value: tf.clone(solution), gradFunc };
  });
  return identity(...theta);
}

/** A backward pass that throws ends the gradient around it: nobody needs its tape any more. */
function releasingOnFailure<T>(run: () => T): T {
  try {
    return explainMissingGradients(run);
  } catch (error) {
    if (!isRecording()) releaseTape();
    throw error;
  }
}

/**
 * The vector-Jacobian product dyᵀ ∂x/∂theta = -uᵀ ∂F/∂theta with (∂F/∂x)ᵀ u = dy.
 *
 * When an outer gradient records, x and u are re-attached as roots of their own conditions, so the result can be
 * differentiated again; nothing extra is computed until someone does.
 */
function pullBack(
  residual: Residual,
  solution: tf.Tensor,
  theta: readonly tf.Tensor[],
  constants: readonly tf.Tensor[],
  dy: tf.Tensor,
  options: ImplicitOptions,
): tf.Tensor[] {
  const solveAdjoint = (): tf.Tensor => {
    checkResidual({ residual, theta, constants }, solution);
    const operator = lineariseTransposed((x) => residual(x, theta, constants), solution);
    return constant(solveForDerivative(operator, toFloat64(dy), options));
  };
  const byTheta = (x: tf.Tensor, u: tf.Tensor): tf.Tensor[] =>
    vjp((parameters) => residual(x, parameters, constants), theta, tf.neg(u));
  if (!isRecording()) {
    return withoutTape(() =>
      tf.tidy(() => {
        const products = byTheta(solution, solveAdjoint());
        checkDerivative(products);
        return products;
      }),
    );
  }

  const x = attachVector(residual, solution, theta, constants, options);
  const adjointResidual: Residual = (u, [point, cotangent, ...parameters], others) => {
    const pulled = vjp(([free]) => residual(free, parameters, others), [point], u)[0];
    return tf.sub(pulled, cotangent);
  };
  const uStar = withoutTape(solveAdjoint);
  return byTheta(x, attachVector(adjointResidual, uStar, [x, dy, ...theta], constants, options));
}
