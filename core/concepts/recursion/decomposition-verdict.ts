import type { Decomposition } from '../explanation.ts';

/**
 * When the automatic mode keeps a decomposition: the parts rebuild what they were found in, the rebuilt activations bring
 * the parent back, other images would give the same parts, and at least two parts matter.
 *
 * Set by looking at the parts found in the demo, in SqueezeNet 1.1 and in MobileNetV2: below these a person can
 * rarely say what the parts are.
 */
const GOOD_DECOMPOSITION = {
  /** R² at the earlier layer. Few parts of a rich layer: a third of the variation is a lot. */
  reconstruction: 0.3,
  /** R² of the parent's coefficients from the rebuilt activations. */
  reproduction: 0.5,
  stability: 0.75,
  /** Total index of the second part. */
  secondPart: 0.1,
} as const;

/** Can the decomposition be good at all? Asked before importance is estimated, which costs most. */
export function rebuildsWell({
  reconstruction,
  reproduction,
  stability,
}: Pick<Decomposition, 'reconstruction' | 'reproduction' | 'stability'>): boolean {
  return (
    reconstruction.r2 >= GOOD_DECOMPOSITION.reconstruction &&
    reproduction.r2 >= GOOD_DECOMPOSITION.reproduction &&
    stability >= GOOD_DECOMPOSITION.stability
  );
}

/** Is the decomposition worth showing without having been asked for? See {@link GOOD_DECOMPOSITION}. */
export function isGoodDecomposition(decomposition: Decomposition): boolean {
  const second = decomposition.parts[1];
  return (
    rebuildsWell(decomposition) &&
    second !== undefined &&
    second.importance.mean >= GOOD_DECOMPOSITION.secondPart
  );
}
