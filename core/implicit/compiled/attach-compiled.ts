import * as tf from '@tensorflow/tfjs-core';
import { constant } from '../constant.ts';
import { toFloat64 } from '../float64/float64-backend.ts';
import { checkDerivative, solveForDerivative } from '../implicit-options.ts';
import type { ImplicitOptions } from '../implicit-options.ts';
import { checkResidual } from '../residual-map.ts';
import { isRecording, releaseTape, withoutTape } from '../tape.ts';
import { flattenTree, pack, unpack } from '../tree.ts';
import type { ConditionAtPoint } from './condition-at-point.ts';

/** A solution of a compiled condition. */
export interface CompiledSolution<X> {
  readonly condition: ConditionAtPoint;
  readonly solution: X;
  readonly found: number;
}

/**
 * What attachRoot does, by plans: tensors equal to the solution which, inside a gradient, depend on the arguments. For
 * first derivatives; throws what attachRoot throws.
 */
export function attachCompiled<X>(
  { condition, solution, found }: CompiledSolution<X>,
  leaves: readonly tf.Tensor[],
  options: ImplicitOptions,
): X {
  const tree = flattenTree(solution);
  const shapes = tree.leaves.map((leaf) => leaf.shape);
  const theta = leaves.filter((_, i) => condition.isTheta[i]);
  const identity = tf.customGrad((...inputs: (tf.Tensor | tf.GradSaveFunc)[]) => {
    // Saved, not closed over: tfjs disposes everything else at the end of the forward pass.
    const save = inputs.at(-1) as tf.GradSaveFunc;
    const x = withoutTape(() => pack(tree.leaves));
    save([...leaves, x]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor[] => {
      try {
        condition.moveTo({ x: saved.at(-1)!, leaves: saved.slice(0, -1), found });
        return withoutTape(() => pullBack(condition, dy, options));
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
function pullBack(condition: ConditionAtPoint, dy: tf.Tensor, options: ImplicitOptions): tf.Tensor[] {
  return tf.tidy(() => {
    const residual = constant(condition.residual());
    checkResidual({ residual: () => tf.clone(residual), theta: [], constants: [] }, dy);
    const u = solveForDerivative(condition.transposed, toFloat64(dy), options);
    const products = condition.byParameters(u);
    checkDerivative(products);
    return products;
  });
}
