import * as tf from '@tensorflow/tfjs-core';
import { ImplicitError } from './errors.ts';

/** Whether an enclosing gradient is recording operations right now. */
export function isRecording(): boolean {
  return tf.engine().state.gradientDepth > 0;
}

/**
 * Runs a function as if no gradient were being taken around it.
 *
 * tfjs has one tape. A solver that runs inside `tf.grad` would be recorded on it (memory grows with every iteration),
 * and a gradient taken inside a backward pass would replace it (tfjs then fails with "forEach of null"). Setting the
 * tape aside and restoring it avoids both; there is no public call for this, so the engine's state is used.
 */
export function withoutTape<T>(run: () => T): T {
  const { state } = tf.engine();
  const { activeTape, gradientDepth, kernelDepth } = state;
  Object.assign(state, { activeTape: null, gradientDepth: 0, kernelDepth: 0 });
  try {
    return run();
  } finally {
    // Still there only if a gradient inside failed.
    releaseTape();
    Object.assign(state, { activeTape, gradientDepth, kernelDepth });
  }
}

/**
 * Disposes of what the current tape saved and drops it. tfjs does so at the end of a gradient, but not when the
 * gradient throws: every tensor on the tape would remain in memory.
 */
export function releaseTape(): void {
  const { state } = tf.engine();
  const tape = state.activeTape as typeof state.activeTape | null;
  for (const { saved } of tape ?? []) for (const tensor of saved ?? []) tensor.dispose();
  Object.assign(state, { activeTape: null });
}

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
 * depend on it). `f` must return one tensor of the cotangent's shape.
 *
 * Differentiable again when an outer gradient records. Only what f does with its own parameters counts: tensors it
 * closes over are constants, even if they depend on the same primals (tfjs's own nested gradients mix them in).
 */
export function vjp(
  f: (primals: tf.Tensor[]) => tf.Tensor,
  primals: readonly tf.Tensor[],
  cotangent: tf.Tensor,
): tf.Tensor[] {
  const differentiate = (): tf.Tensor[] => {
    const own = primals.map((primal) => tf.clone(primal));
    const { grads } = tf.engine().gradients(() => f(own), own, cotangent, true);
    return own.map((primal, i) => (grads[i] as tf.Tensor | null | undefined) ?? tf.zeros(primal.shape));
  };
  return tf.tidy(() => (isRecording() ? onOwnTape(differentiate) : differentiate()));
}

/**
 * Records on a fresh tape and appends it to the outer one afterwards. A nested gradient walks the whole tape; with the
 * outer one out of its way, a hundred nested gradients cost a hundred times one, not ten thousand times.
 */
function onOwnTape<T>(run: () => T): T {
  const { state } = tf.engine();
  const outer = state.activeTape;
  state.activeTape = [];
  try {
    const result = run();
    for (const node of state.activeTape) outer.push(node);
    return result;
  } catch (error) {
    releaseTape();
    throw error;
  } finally {
    state.activeTape = outer;
  }
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
