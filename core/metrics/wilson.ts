/** Half the width of a 95 % interval of a normal distribution, in standard deviations. */
export const Z95 = 1.959964;

/** A share with its 95 % interval. */
export interface ShareEstimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** 95 % interval of a share of `hits` in `n`, n >= 1. Source: Wilson 1927. */
export function wilson(hits: number, n: number): [low: number, high: number] {
  const z = Z95;
  const share = hits / n;
  const middle = (share + z ** 2 / (2 * n)) / (1 + z ** 2 / n);
  const half = (z / (1 + z ** 2 / n)) * Math.sqrt((share * (1 - share)) / n + z ** 2 / (4 * n ** 2));
  return [middle - half, middle + half];
}

/** A share of `hits` in `n` with its interval, which holds the share itself and stays within 0 … 1. */
export function shareEstimate(hits: number, n: number): ShareEstimate {
  const [low, high] = wilson(hits, n);
  const value = hits / n;
  return { value, low: Math.max(0, Math.min(low, value)), high: Math.min(1, Math.max(high, value)) };
}

/**
 * Lower end of the 95 % interval of the difference of two shares of independent counts. Source: Newcombe 1998, method 10.
 */
export function lowestDifference(a: ShareEstimate, b: ShareEstimate): number {
  return a.value - b.value - Math.sqrt((a.value - a.low) ** 2 + (b.high - b.value) ** 2);
}
