/** How many seeds an experiment runs over: five, or two for a quick look. */
export function seedsFrom(seed: number, scale: number): number[] {
  return Array.from({ length: scale < 1 ? 2 : 5 }, (_, i) => seed + i);
}

/** The middle value; the mean of the two in the middle for an even count. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = (sorted.length - 1) / 2;
  return (sorted[Math.floor(half)] + sorted[Math.ceil(half)]) / 2;
}

/** Smallest and largest value: the ends of a bar over seeds. */
export function range(values: readonly number[]): readonly [number, number] {
  return [Math.min(...values), Math.max(...values)];
}

/** Mean and standard deviation over seeds (n - 1), as a table shows them. */
export function meanAndSpread(values: readonly number[], digits = 3): string {
  const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
  const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / Math.max(values.length - 1, 1);
  return `${Number(mean.toPrecision(digits))} ± ${Number(Math.sqrt(variance).toPrecision(2))}`;
}
