/**
 * Adjusted p-values of some tests that are read together, [n]: who calls finds those of at most α errs anywhere among the
 * tests with a chance of at most α, however they hang together.
 *
 * Source  Holm 1979, "A simple sequentially rejective multiple test procedure" (step-down).
 * Limits  a p-value that is not known (NaN) stays so and does not count as a test.
 */
export function holmAdjusted(pValues: readonly number[]): number[] {
  const known = [...pValues.keys()].filter((at) => !Number.isNaN(pValues[at]));
  const order = known.sort((a, b) => pValues[a] - pValues[b]);
  const adjusted = pValues.map(() => NaN);
  let most = 0;
  order.forEach((at, place) => {
    most = Math.max(most, Math.min(1, (order.length - place) * pValues[at]));
    adjusted[at] = most;
  });
  return adjusted;
}
