import type { ConceptSplit } from '../explanation.ts';

/**
 * When the automatic mode keeps a split: the parts rebuild what they were found in, the rebuilt activations bring
 * the parent back, other images would give the same parts, and at least two parts matter.
 *
 * Set by looking at the splits of the demo, of SqueezeNet 1.1 and of MobileNetV2: below these a person can
 * seldom say what the parts are.
 */
const GOOD_SPLIT = {
  /** R² at the earlier layer. Few parts of a rich layer: a third of the variation is a lot. */
  reconstruction: 0.3,
  /** R² of the parent's coefficients from the rebuilt activations. */
  reproduction: 0.5,
  stability: 0.75,
  /** Total index of the second part. */
  secondPart: 0.1,
} as const;

/** Can the split be good at all? Told before importance is known, which costs most. */
export function rebuildsWell({
  reconstruction,
  reproduction,
  stability,
}: Pick<ConceptSplit, 'reconstruction' | 'reproduction' | 'stability'>): boolean {
  return (
    reconstruction.r2 >= GOOD_SPLIT.reconstruction &&
    reproduction.r2 >= GOOD_SPLIT.reproduction &&
    stability >= GOOD_SPLIT.stability
  );
}

/** Is the split worth showing without having been asked for? See {@link GOOD_SPLIT}. */
export function isGoodSplit(split: ConceptSplit): boolean {
  const second = split.parts[1];
  return rebuildsWell(split) && second !== undefined && second.importance.mean >= GOOD_SPLIT.secondPart;
}
