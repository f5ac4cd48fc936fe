import type { Matrix } from '../linalg/matrix.ts';
import type { Tensor } from '../tensor.ts';

/** One image made ready: its class logit as a function of how much of each concept is left in. */
export interface MaskedLogit {
  /**
   * Shapes   masks [n, r] with entries in [0, 1] (any real number is meaningful); returns n logits.
   *          Mask of ones: the logit of the reconstruction UW; zeros: the logit of an empty activation.
   */
  evaluate(masks: Matrix): Promise<Float64Array>;
  /** Present when the logit is affine in the masks: d logit / d mask of each concept, [r]. */
  readonly slopes?: Float64Array;
}

/** The part of the model after the cut, for one class, with the concept bank folded in. */
export interface MaskedHead {
  /** Shapes   coefficients [positions, r] of one image. */
  prepare(coefficients: Matrix): Promise<MaskedLogit>;
  dispose(): Promise<void>;
}

/** A head that also takes what no concept explains, A - UW, as one more player. */
export interface MaskedHeadWithRest extends MaskedHead {
  /**
   * Shapes   coefficients [positions, r] of one image, its activations A [1, …] in the layer's own layout. Masks are then
   *          [n, r + 1], the last for the rest: ones give the model's own logit.
   */
  prepareWithRest(coefficients: Matrix, activations: Tensor<'float32'>): Promise<MaskedLogit>;
}
