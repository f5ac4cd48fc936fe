import * as tf from '@tensorflow/tfjs-core';
import { refuseCoupling } from './batch-coupling.ts';
import { customGradient } from './custom-gradients.ts';
import { constant } from './constant.ts';
import { connectedTensors, holdForBackward } from './gradient-scope.ts';
import { checkFunctions } from './checks.ts';
import { checkImplicitOptions } from './implicit-options.ts';
import type { ImplicitOptions } from './implicit-options.ts';
import { checkFinite, inspectCondition } from './inspect-condition.ts';
import type { Inspection } from './inspect-condition.ts';
import { lineariseTransposed } from './linearise.ts';
import { toFloat64 } from './float64/float64-backend.ts';
import { createResidualMap } from './residual-map.ts';
import type { OptimalityFn, Residual } from './residual-map.ts';
import { checkDerivative, solveAdjointSystem } from './solve-for-derivative.ts';
import type { ParameterProduct } from './solve-for-derivative.ts';
import { explainMissingGradients, isRecording, releaseTape, vjp, withoutTape } from './tape.ts';
import { flattenTree, pack } from './tree.ts';

/**
 * Gives a solution that is already known the derivative that the optimality condition implies.
 *
 * Returns tensors equal to `solution` which, inside `tf.grad` and its kin, depend on the differentiable tensors of
 * `args` through F(x, ...args) = 0 (implicit function theorem; Blondel et al. 2022, eq. 2). Derivatives of any order.
 * This is the way to use a solver that is asynchronous or lives elsewhere: solve first, attach inside the gradient.
 *
 * Tensors that F closes over take part where the gradient depends on them, as if they were arguments; what is read out
 * of a tensor (`dataSync`) does not, and nothing can tell. An attached solution is differentiated where a gradient records;
 * elsewhere it is a copy. Where `solution` does not solve F the backward pass warns, or does what `unsolved` says.
 *
 * Throws ImplicitError: 'bad-tensor' for shapes that do not fit or values that are not finite; 'not-differentiable',
 * during the backward pass, when the linear system cannot be solved, F or the derivative is not finite, or an operation
 * in F has no gradient; 'not-solved' with { unsolved: 'throw' }.
 */
export function attachRoot<X, A extends unknown[]>(
  optimalityFn: OptimalityFn<X, A>,
  options: ImplicitOptions = {},
): (solution: X, ...args: A) => X {
  checkFunctions('attachRoot', { 'the condition': optimalityFn });
  checkImplicitOptions('attachRoot', options);
  return (solution, ...args) => {
    const map = createResidualMap(optimalityFn, solution, args, options);
    const tree = flattenTree(solution);
    let attached: tf.Tensor[] = [];
    tf.tidy(() => {
      const x = withoutTape(() => map.pack(tree.leaves));
      attached = map.unpack(
        attachVector(map.residual, x, map.theta, map.constants, {
          options,
          batch: map.batch,
          condition: optimalityFn,
        }),
      );
      return attached;
    });
    return tree.rebuild<X>(attached);
  };
}

/** The options of a condition, and how many samples its vectors hold. */
interface Settings {
  readonly options: ImplicitOptions;
  readonly batch: number;
  /** The condition as it was given. */
  readonly condition: object;
}

/** The same for a vector [n]; differentiable by every tensor of `theta`, and by what F captured. */
function attachVector(
  residual: Residual,
  solution: tf.Tensor,
  theta: readonly tf.Tensor[],
  constants: readonly tf.Tensor[],
  settings: Settings,
): tf.Tensor {
  if (!isRecording()) return tf.clone(solution);
  const point = inspectCondition(residual, solution, theta, constants);
  const captured = connectedTensors(point.captured);
  if (theta.length + captured.length === 0) return tf.clone(solution);
  const asked = connectedTensors(theta);
  const isAsked = [...theta.map((tensor) => asked.includes(tensor)), ...captured.map(() => true)];
  const identity = customGradient((...inputs: (tf.Tensor | tf.GradSaveFunc)[]) => {
    // Saved, not closed over: tfjs disposes everything else at the end of the forward pass.
    const save = inputs.at(-1) as tf.GradSaveFunc;
    save([...theta, ...constants, solution]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor[] => {
      const at = {
        residual,
        solution: saved.at(-1)!,
        theta: saved.slice(0, theta.length),
        constants: saved.slice(theta.length, -1),
        captured,
        isAsked,
        point,
      };
      return releasingOnFailure(() => pullBack(at, dy, settings));
    };
    return { value: tf.clone(solution), gradFunc };
  });
  const attached = identity(...theta, ...captured);
  holdForBackward(point.captured);
  return attached;
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

/** A condition at the point that is differentiated. */
interface AttachedPoint {
  readonly residual: Residual;
  readonly solution: tf.Tensor;
  readonly theta: readonly tf.Tensor[];
  readonly constants: readonly tf.Tensor[];
  readonly captured: readonly tf.Tensor[];
  /** Which of theta, then captured, a gradient being taken depends on. */
  readonly isAsked: readonly boolean[];
  readonly point: Inspection;
}

/**
 * The vector-Jacobian product dyᵀ ∂x/∂theta = -uᵀ ∂F/∂theta with (∂F/∂x)ᵀ u = dy, for theta and what F captured.
 *
 * When an outer gradient records, x and u are re-attached as roots of their own conditions, so the result can be
 * differentiated again; nothing extra is computed until someone does.
 */
function pullBack(at: AttachedPoint, dy: tf.Tensor, settings: Settings): tf.Tensor[] {
  const { residual, solution, theta, constants, captured } = at;
  const byTheta = (x: tf.Tensor, u: tf.Tensor): tf.Tensor[] =>
    vjp((parameters) => residual(x, parameters, constants), theta, tf.neg(u), captured);
  const product = (u: Float64Array): Float64Array =>
    withoutTape(() =>
      readAndDispose(tf.tidy(() => pack(byTheta(solution, constant(u)).filter((_, i) => at.isAsked[i])))),
    );
  if (!isRecording()) {
    return withoutTape(() =>
      tf.tidy(() => {
        const products = byTheta(solution, solveAdjoint(at, dy, settings, product));
        checkDerivative(products);
        return products;
      }),
    );
  }

  const x = attachVector(residual, solution, theta, constants, settings);
  const adjointResidual: Residual = (u, [point, cotangent, ...parameters], others) => {
    const pulled = vjp(([free]) => residual(free, parameters, others), [point], u)[0];
    return tf.sub(pulled, cotangent);
  };
  const uStar = withoutTape(() => solveAdjoint(at, dy, settings, product));
  // An adjoint of least norm leaves what it cannot meet; that is not a point to refuse.
  const accepting = { ...settings, options: { ...settings.options, unsolved: 'accept' as const } };
  return byTheta(x, attachVector(adjointResidual, uStar, [x, dy, ...theta], constants, accepting));
}

function readAndDispose(tensor: tf.Tensor): Float64Array {
  const values = toFloat64(tensor);
  tensor.dispose();
  return values;
}

/** u with (∂F/∂x)ᵀ u = dy, after everything that could be wrong was looked at. */
function solveAdjoint(
  { residual, solution, theta, constants, point }: AttachedPoint,
  dy: tf.Tensor,
  { options, batch, condition }: Settings,
  product: ParameterProduct,
): tf.Tensor {
  checkFinite(point);
  const operator = lineariseTransposed((x) => residual(x, theta, constants), solution, batch);
  refuseCoupling(condition, { size: operator.size, batch }, operator.apply);
  const residualAt = (v: Float64Array): Float64Array =>
    withoutTape(() => readAndDispose(tf.tidy(() => residual(constant(v), theta, constants))));
  const system = { operator, product, residualAt, x: toFloat64(solution), point };
  return constant(solveAdjointSystem(system, toFloat64(dy), options));
}
