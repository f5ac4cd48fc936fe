/** How alike the concepts of two runs are, pair by pair. */
export interface SimilarityTable {
  /**
   * `places`: correlation of the amounts at the same places of the same images, less what is the same in all. `images`: correlation of the mean amounts
   * in the same images. `directions`: cosine of the directions in the layer that both share.
   */
  readonly by: 'places' | 'images' | 'directions';
  readonly rows: number;
  readonly cols: number;
  /** [rows · cols], at most 1; NaN where nothing can be said: a concept that is the same everywhere in these images. */
  readonly values: Float64Array;
  /** What the two concepts would reach if they were not the same one: mean and deviation; absent where unknown. */
  readonly chance: (a: number, b: number) => Chance | undefined;
}

/** Mean and standard deviation of similarities of what does not belong together. */
export interface Chance {
  readonly mean: number;
  readonly deviation: number;
}

/** Mean and deviation of some similarities; undefined for fewer than two. */
export function chanceOf(similarities: readonly number[]): Chance | undefined {
  const n = similarities.length;
  if (n < 2) return undefined;
  const mean = similarities.reduce((sum, value) => sum + value, 0) / n;
  const squares = similarities.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / (n - 1)) };
}

/** A similarity to nine digits, so that what is equal has 1 whatever the order of the sums. */
export function roundedSimilarity(value: number): number {
  return Math.round(Math.min(1, Math.max(-1, value)) * 1e9) / 1e9;
}
