/**
 * The false discovery rate at which each of some tests would be called a find, [n]: where those of at most q are called
 * finds, a share of about q of them is due to chance, on average and at most.
 *
 * Source  Benjamini & Hochberg 1995 (step-up procedure; their adjusted p-values).
 * Limits  tests that are independent or rise and fall together; 1 where a p-value is not known (NaN).
 */
export function falseDiscoveryRates(pValues: readonly number[]): number[] {
  const known = [...pValues.keys()].filter((at) => !Number.isNaN(pValues[at]));
  const order = known.sort((a, b) => pValues[b] - pValues[a]);
  const rates = pValues.map(() => 1);
  let least = 1;
  order.forEach((at, place) => {
    const rank = order.length - place;
    least = Math.min(least, (pValues[at] * order.length) / rank);
    rates[at] = least;
  });
  return rates;
}
