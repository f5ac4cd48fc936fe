import { studentQuantile975 } from '../sensitivity/student-quantile.ts';

/** Half the width of the 95 % interval of the mean of n independent values, by Student's t; n >= 2. */
export function halfWidth95(values: readonly number[]): number {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return studentQuantile975(n - 1) * Math.sqrt(squares / (n - 1) / n);
}

/** The mean of some values with its 95 % interval by Student's t; of one value the interval is a point: nothing is known of others. */
export function meanEstimate(values: readonly number[]): { mean: number; low: number; high: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const half = values.length > 1 ? halfWidth95(values) : 0;
  return { mean, low: mean - half, high: mean + half };
}
