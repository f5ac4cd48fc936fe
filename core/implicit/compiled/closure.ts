import type * as tf from '@tensorflow/tfjs-core';

/** What a traced function closes over. */
export interface Closure {
  /** Tensors that it reads, as of the last time it ran. Their values are constants of its graph. */
  readonly captured: () => readonly tf.Tensor[];
  /** Whether those are the same as then: none was disposed of, no variable assigned. */
  readonly isUntouched: () => boolean;
  /**
   * Whether it still computes what was traced: it runs again, on tensors without values, and every kernel it asks for, every
   * tensor it reads and every number it writes down is compared. No kernel is evaluated.
   */
  readonly isCurrent: () => boolean;
}
