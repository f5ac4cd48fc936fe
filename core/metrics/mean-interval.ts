import { studentQuantile975 } from '../sensitivity/student-quantile.ts';

/** Half the width of the 95 % interval of the mean of n independent values, by Student's t; n >= 2. */
export function halfWidth95(values: readonly number[]): number {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return studentQuantile975(n - 1) * Math.sqrt(squares / (n - 1) / n);
}
