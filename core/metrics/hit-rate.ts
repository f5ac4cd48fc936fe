/** How often the model says what the name of an image's folder says. */
export interface HitRate {
  /** Images in folders that name a class, and those of them that the model calls so. */
  readonly known: number;
  readonly hits: number;
  /**
   * (hits / known - 1 / K) / (1 - 1 / K) for K classes, with what guessing reaches taken off: 1 is always right, 0 no
   * better than guessing. Absent where no folder names a class, for a model of one class, and of two where
   * folders name only one of them: always saying it would be right.
   */
  readonly aboveChance?: number;
}

/** Hit rate over images; `truth` is undefined where the folder names no class. `classes` is K, at least 1. */
export function hitRate(
  images: readonly { readonly truth: number | undefined; readonly predicted: number }[],
  classes: number,
): HitRate {
  const known = images.filter(({ truth }) => truth !== undefined);
  const hits = known.filter(({ truth, predicted }) => truth === predicted).length;
  const counts = { known: known.length, hits };
  const isOneOfTwo = classes === 2 && new Set(known.map(({ truth }) => truth)).size < 2;
  if (known.length === 0 || classes < 2 || isOneOfTwo) return counts;
  const chance = 1 / classes;
  return { ...counts, aboveChance: (hits / known.length - chance) / (1 - chance) };
}
