import { bankSolver, inFloat64, type BankSolver, type FactorPoint } from 'tfjs-implicit';
import type { RealMatrix } from './nnls-derivative.ts';
import type { BankPoint } from './bank-point.ts';

/** How systems with the Hessian by the bank are solved. */
export interface HessianOptions {
  /**
   * In 64 bits on plain loops, or on the backend of TensorFlow.js that is active: many times as fast, in 32 bits, for a
   * solution to some three digits. @default 'float64'
   */
  readonly precision?: 'float64' | 'backend';
}

/** Opens the toolkit's solver at a point of a weighted problem. */
export function openSolver(
  activations: RealMatrix,
  point: Pick<BankPoint, 'bank' | 'coefficients'>,
  free: Uint8Array,
  { precision = 'float64' }: HessianOptions,
  rowWeights?: ArrayLike<number>,
): BankSolver {
  const run = precision === 'float64' ? inFloat64 : <T>(work: () => T): T => work();
  const at = pointOf(activations, point, free, rowWeights);
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
  rowWeights: ArrayLike<number> | undefined,
): FactorPoint {
  const r = bank.length / p;
  const scaled = <Values extends Float32Array | Float64Array>(values: Values, width: number): Values =>
    rowWeights
      ? (values.map((value, at) => value * Math.sqrt(rowWeights[Math.floor(at / width)])) as Values)
      : values;
  return {
    a: { rows: n, cols: p, data: scaled(data, p) },
    u: { rows: n, cols: r, data: scaled(coefficients, r) },
    w: { rows: r, cols: p, data: bank },
    free,
  };
}
