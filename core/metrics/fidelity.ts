/** What the model and the reconstruction say about one image. */
export interface ImageFidelity {
  /** Logit of the explained class, by the model and from the reconstructed activations. */
  readonly logit: number;
  readonly reconstructedLogit: number;
  /** Do both lead to the same class? */
  readonly agrees: boolean;
}

/** How closely the reconstructed activations lead the model to its own answers. */
export interface Fidelity {
  /** Share of images on which the reconstruction leads to the model's class, 0…1. */
  readonly agreement: number;
  /**
   * 1 - Σ (y - ŷ)² / Σ (y - ȳ)² over the images, y the model's logit, ŷ that of the reconstruction, ȳ the mean of y:
   * the share of the logit's variation that the reconstruction accounts for, without refitting. At most 1; below 0
   * is worse than the mean. Undefined where y does not vary. Among images of one class the logit varies little,
   * so that a small constant offset can cost much.
   */
  readonly logitR2: number | undefined;
  /** Mean |y - ŷ|, in units of the logit. Undefined when no image has finite logits. */
  readonly logitError: number | undefined;
  /** Images with a logit that is not finite: they count in the agreement only. */
  readonly leftOut: readonly number[];
}

/** How faithfully the reconstructed activations stand in for the model's; see {@link Fidelity}. Agreement of no image is NaN. */
export function fidelity(images: readonly ImageFidelity[]): Fidelity {
  const isUsable = ({ logit, reconstructedLogit }: ImageFidelity): boolean =>
    Number.isFinite(logit) && Number.isFinite(reconstructedLogit);
  const usable = images.filter(isUsable);
  return {
    agreement: images.filter(({ agrees }) => agrees).length / images.length,
    logitR2: logitR2(usable),
    logitError: usable.length > 0 ? meanError(usable) : undefined,
    leftOut: [...images.keys()].filter((i) => !isUsable(images[i])),
  };
}

function logitR2(images: readonly ImageFidelity[]): number | undefined {
  // Counted from the first image, equal logits are exact zeros.
  const fromFirst = images.map(({ logit }) => logit - images[0].logit);
  const mean = fromFirst.reduce((sum, value) => sum + value, 0) / images.length;
  const variation = fromFirst.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const residual = images.reduce((sum, { logit, reconstructedLogit: got }) => sum + (logit - got) ** 2, 0);
  return variation > 0 ? 1 - residual / variation : undefined;
}

function meanError(images: readonly ImageFidelity[]): number {
  const total = images.reduce((sum, { logit, reconstructedLogit: got }) => sum + Math.abs(logit - got), 0);
  return total / images.length;
}
