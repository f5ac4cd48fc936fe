/**
 * Class probabilities of one row of a classifier's output.
 *
 * A row that is non-negative and sums to 1, or in per cent to 100, is taken as probabilities already (a model whose last
 * softmax could not be taken off); anything else is taken as logits and goes through a stable softmax.
 */
export function classProbabilities(output: ArrayLike<number>): Float64Array {
  const values = Float64Array.from(output);
  const sum = values.reduce((total, value) => total + value, 0);
  const whole = Math.abs(sum - 100) < 0.1 ? 100 : 1;
  if (Math.abs(sum / whole - 1) < 1e-3 && values.every((value) => value >= 0))
    return whole === 1 ? values : values.map((value) => value / whole);
  const largest = values.reduce((most, value) => Math.max(most, value), -Infinity);
  const powers = values.map((value) => Math.exp(value - largest));
  const total = powers.reduce((all, power) => all + power, 0);
  return powers.map((power) => power / total);
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
