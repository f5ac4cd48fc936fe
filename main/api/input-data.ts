/** How the images and cards of a run differ today from what they were. */
export interface RunInputs {
  /** False where the run did not record them: then it is not known. */
  readonly isKnown: boolean;
  /** Number of its images. */
  readonly images: number;
  readonly changed: number;
  readonly missing: number;
  /** Paths. */
  readonly cards: readonly string[];
}
