import * as tf from '@tensorflow/tfjs-core';
import { customGradient } from '../custom-gradients.ts';
import { toFloat64 } from '../float64/float64-backend.ts';
import { connectedTensors } from '../gradient-scope.ts';
import type { ImplicitOptions } from '../implicit-options.ts';
import { checkFinite } from '../inspect-condition.ts';
import type { Inspection } from '../inspect-condition.ts';
import { norm } from '../linear-solve/vector.ts';
import { checkDerivative, solveAdjointSystem } from '../solve-for-derivative.ts';
import { isRecording, releaseTape, withoutTape } from '../tape.ts';
import { flattenTree, pack, unpack } from '../tree.ts';
import type { ConditionAtPoint } from './condition-at-point.ts';

/** A solution of a compiled condition. */
export interface CompiledSolution<X> {
  readonly condition: ConditionAtPoint;
  readonly solution: X;
  /** What the solver found besides, such as its step size. */
  readonly found: number;
}

/**
 * What attachRoot does, by plans: tensors equal to the solution which, inside a gradient, depend on the arguments. For
 * first derivatives by arguments; throws what attachRoot throws.
 */
export function attachCompiled<X>(
  { condition, solution, found }: CompiledSolution<X>,
  leaves: readonly tf.Tensor[],
  options: ImplicitOptions,
): X {
  const tree = flattenTree(solution);
  const shapes = tree.leaves.map((leaf) => leaf.shape);
  const theta = leaves.filter((_, i) => condition.isTheta[i]);
  const connected = connectedTensors(theta);
  const isAsked = theta.map((tensor) => connected.includes(tensor));
  const identity = customGradient((...inputs: (tf.Tensor | tf.GradSaveFunc)[]) => {
    // Saved, not closed over: tfjs disposes everything else at the end of the forward pass.
    const save = inputs.at(-1) as tf.GradSaveFunc;
    const x = withoutTape(() => pack(tree.leaves));
    save([...leaves, x]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor[] => {
      try {
        condition.moveTo({ x: saved.at(-1)!, leaves: saved.slice(0, -1), found });
        return withoutTape(() => tf.tidy(() => pullBack(condition, dy, isAsked, options)));
      } catch (error) {
        if (!isRecording()) releaseTape();
        throw error;
      }
    };
    return { value: tf.clone(x), gradFunc };
  });
  return tree.rebuild<X>(unpack(identity(...theta), shapes));
}

/** dyᵀ ∂x/∂θ = -uᵀ ∂F/∂θ with (∂F/∂x)ᵀ u = dy, at the point of the condition. */
function pullBack(
  condition: ConditionAtPoint,
  dy: tf.Tensor,
  isAsked: readonly boolean[],
  options: ImplicitOptions,
): tf.Tensor[] {
  const { x, transposed } = condition;
  const values = condition.residual();
  const point: Inspection = {
    optimality: norm(values),
    values,
    captured: [],
    onKink: condition.isOnKink(tf.backend().epsilon()),
  };
  checkFinite(point);
  const product = (u: Float64Array): Float64Array => condition.byParameters(u, isAsked);
  const residualAt = (v: Float64Array): Float64Array => condition.residualAt(v);
  const u = solveAdjointSystem(
    { operator: transposed, product, residualAt, x, point },
    toFloat64(dy),
    options,
  );
  const products = condition.gradients(u);
  checkDerivative(products);
  return products;
}
