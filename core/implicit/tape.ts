import * as tf from '@tensorflow/tfjs-core';
import { ImplicitError } from './errors.ts';
import { isRecording, onOwnTape, withoutTape } from './gradient-scope.ts';

export { isRecording, releaseTape, withoutTape } from './gradient-scope.ts';

/** tfjs names the kernel it has no gradient for; this says what that means here. ImplicitError 'not-differentiable'. */
export function explainMissingGradients<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    const kernel = missingGradient(error);
    if (kernel === undefined) throw error;
    throw new ImplicitError(
      'not-differentiable',
      `TensorFlow.js has no gradient for the operation ${kernel}`,
      {
        hint: 'Write the condition with other operations, or register a gradient with tf.registerGradient.',
        cause: error,
      },
    );
  }
}

/** The kernel that has no gradient, if that is what the error is about. */
export function missingGradient(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  return /gradient function not found for (\w+)/.exec(error.message)?.[1] ?? missingGradient(error.cause);
}

/**
 * Partial vector-Jacobian products: cotangentᵀ ∂f/∂xᵢ at `primals`, one tensor for each primal (zeros where f does not
 * depend on it), then one for each of `captured`, tensors that f closes over. `f` must return one tensor of the
 * cotangent's shape.
 *
 * Differentiable again when an outer gradient records. Only what f does with its own parameters counts: other tensors it
 * closes over are constants, even if they depend on the same primals (tfjs's own nested gradients mix them in).
 */
export function vjp(
  f: (primals: tf.Tensor[]) => tf.Tensor,
  primals: readonly tf.Tensor[],
  cotangent: tf.Tensor,
  captured: readonly tf.Tensor[] = [],
): tf.Tensor[] {
  return tf.tidy(() => {
    // Before the fresh tape, which so does not lead from a captured tensor to a parameter that is the same tensor.
    const own = primals.map((primal) => tf.clone(primal));
    const differentiate = (): tf.Tensor[] => {
      const sources = [...own, ...captured];
      const { grads } = tf.engine().gradients(() => f(own), sources, cotangent, true);
      return sources.map((source, i) => (grads[i] as tf.Tensor | null | undefined) ?? tf.zeros(source.shape));
    };
    return isRecording() ? onOwnTape(differentiate) : differentiate();
  });
}

/**
 * Jacobian-vector product Σᵢ ∂f/∂xᵢ · tangentᵢ at `primals`, by differentiating the vector-Jacobian product (linear in its
 * cotangent) once more: two reverse passes make one forward pass.
 *
 * Throws tfjs's "gradient function not found" when a gradient of f uses an operation that has none itself.
 */
export function jvp(
  f: (primals: tf.Tensor[]) => tf.Tensor,
  primals: readonly tf.Tensor[],
  tangents: readonly tf.Tensor[],
): tf.Tensor {
  return tf.tidy(() => {
    const shape = tf.tidy(() => withoutTape(() => f([...primals])).shape);
    const pulled = ([cotangent]: tf.Tensor[]): tf.Tensor => {
      const products = vjp(f, primals, cotangent).map((g, i) => tf.sum(tf.mul(g, tangents[i])));
      return tf.addN(products);
    };
    return vjp(pulled, [tf.zeros(shape)], tf.scalar(1))[0];
  });
}
