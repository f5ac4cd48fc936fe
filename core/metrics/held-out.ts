/** A mean share over images, with its 95 % interval. */
export interface MeanShare {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** What concepts carry in images that had no part in making them. */
export interface HeldOut {
  readonly images: number;
  /** Share of them that keep the model's answer with the concepts alone. */
  readonly agreement: number;
  readonly logitR2?: number;
  /** Share of the score's movement that involves what no concept explains; absent where nothing moves the score. */
  readonly rest?: MeanShare & { readonly images: number };
}
