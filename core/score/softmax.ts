/**
 * Class probabilities of one row of a classifier's output.
 *
 * A row that is non-negative and sums to 1, or in per cent to 100, is taken as probabilities already (a model whose last
 * softmax could not be taken off); anything else is taken as logits and goes through a stable softmax.
 */
export function classProbabilities(output: ArrayLike<number>): Float64Array {
  const values = Float64Array.from(output);
  const whole = wholeOfShares(values);
  if (whole !== undefined) return whole === 1 ? values : values.map((value) => value / whole);
  const largest = values.reduce((most, value) => Math.max(most, value), -Infinity);
  const powers = values.map((value) => Math.exp(value - largest));
  const total = powers.reduce((all, power) => all + power, 0);
  return powers.map((power) => power / total);
}

/** What a row adds up to, 1 or in per cent 100, where it can be shares of a whole: non-negative. */
export function wholeOfShares(row: ArrayLike<number>): 1 | 100 | undefined {
  let sum = 0;
  for (let i = 0; i < row.length; i++) {
    if (!(row[i] >= 0)) return undefined;
    sum += row[i];
  }
  if (Math.abs(sum - 1) < 1e-3) return 1;
  return Math.abs(sum - 100) < 0.1 ? 100 : undefined;
}

/** Index of the largest value, the first of equals; 0 where nothing is a number. */
export function argMax(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i] > values[best]) best = i;
  return best;
}

/** The probability of a logit, 1 / (1 + e^-z). */
export function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}

/** The logit of a probability in (0, 1). */
export function logit(probability: number): number {
  return Math.log(probability / (1 - probability));
}
