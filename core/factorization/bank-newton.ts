import { bankSolver, inFloat64, type BankSolver, type FactorPoint } from '@tessera/implicit';
import type { RealMatrix } from './nnls-derivative.ts';
import type { BankPoint } from './bank-point.ts';

/** How systems with the Hessian by the bank are solved. */
export interface HessianOptions {
  /**
   * In 64 bits on plain loops, or on the backend of TensorFlow.js that is active: many times as fast, in 32 bits, for a
   * solution to some three digits. @default 'float64'
   */
  readonly precision?: 'float64' | 'backend';
  /** The rows that stand for all, each counted as often as makes up for the others. @default all of them */
  readonly sample?: readonly number[];
}

/** Opens the toolkit's solver at a point of a weighted problem, on the rows of the sample. */
export function openSolver(
  activations: RealMatrix,
  point: Pick<BankPoint, 'bank' | 'coefficients'>,
  free: Uint8Array,
  { precision = 'float64', sample }: HessianOptions,
  rowWeights?: ArrayLike<number>,
): BankSolver {
  const run = precision === 'float64' ? inFloat64 : <T>(work: () => T): T => work();
  const at = pointOf(activations, point, free, sample, rowWeights);
  const solver = run(() => bankSolver(at));
  return {
    solve: (banks, options) => run(() => solver.solve(banks, options)),
    dispose: () => run(() => solver.dispose()),
  };
}

/** Rows are scaled by the root of their weight, which weights their squared error. */
function pointOf(
  { rows: n, cols: p, data }: RealMatrix,
  { bank, coefficients }: Pick<BankPoint, 'bank' | 'coefficients'>,
  free: Uint8Array,
  sample: readonly number[] | undefined,
  rowWeights: ArrayLike<number> | undefined,
): FactorPoint {
  const r = bank.length / p;
  const w = { rows: r, cols: p, data: bank };
  if (sample === undefined && rowWeights === undefined) {
    return { a: { rows: n, cols: p, data }, u: { rows: n, cols: r, data: coefficients }, w, free };
  }
  const rows = sample ?? Array.from({ length: n }, (_, row) => row);
  const a = new Float32Array(rows.length * p);
  const precise = data instanceof Float64Array ? new Float64Array(rows.length * p) : a;
  const u = new Float64Array(rows.length * r);
  rows.forEach((row, i) => {
    const scale = Math.sqrt(((rowWeights?.[row] ?? 1) * n) / rows.length);
    for (let j = 0; j < p; j++) precise[i * p + j] = scale * data[row * p + j];
    for (let k = 0; k < r; k++) u[i * r + k] = scale * coefficients[row * r + k];
  });
  return {
    a: { rows: rows.length, cols: p, data: precise },
    u: { rows: rows.length, cols: r, data: u },
    w,
    free,
  };
}
