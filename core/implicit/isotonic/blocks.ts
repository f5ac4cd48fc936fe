/** Blocks of neighbours that share one value: first index of each, in order; the last one ends at n. */
export type BlockStarts = readonly number[];

/** What pooling needs to know about a kind of regression: statistics of single entries, and how they combine. */
export interface Pooling<S> {
  /** The statistic of the entry at an index. */
  readonly entry: (index: number) => S;
  readonly join: (left: S, right: S) => S;
  /** The best common value of a block with this statistic. */
  readonly value: (statistic: S) => number;
}

/**
 * The blocks of the best non-decreasing fit of n entries, by pooling adjacent violators (Ayer et al. 1955; Best &
 * Chakravarti 1990): O(n). Neighbours of exactly one value stay apart, so a sorted row is its own fit entry by entry.
 */
export function poolAdjacentViolators<S>(n: number, { entry, join, value }: Pooling<S>): BlockStarts {
  const starts: number[] = [];
  const statistics: S[] = [];
  const values: number[] = [];
  for (let i = 0; i < n; i++) {
    let [start, statistic] = [i, entry(i)];
    let level = value(statistic);
    while (values.length > 0 && values.at(-1)! > level) {
      start = starts.pop()!;
      statistic = join(statistics.pop()!, statistic);
      values.pop();
      level = value(statistic);
    }
    starts.push(start);
    statistics.push(statistic);
    values.push(level);
  }
  return starts;
}
