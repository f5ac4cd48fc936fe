import { matrix, type Matrix } from '../linalg/matrix.ts';
import type { Gemm } from '../platform.ts';
import type { RealMatrix } from './nnls-derivative.ts';

/** The two products of A [n, p] that a factorisation needs, on float64 arrays. */
export interface FactorProducts {
  /** A · Wᵀ for W [r · p] -> [n · r]. */
  timesBank(bank: Float64Array): Promise<Float64Array>;
  /** Uᵀ · A for U [n · r] -> [r · p]. */
  timesCoefficients(coefficients: Float64Array): Promise<Float64Array>;
  dispose(): Promise<void>;
}

/** Products on a device, in float32. */
export async function gemmProducts(activations: Matrix, gemm: Gemm): Promise<FactorProducts> {
  const { rows, cols } = activations;
  const bound = await gemm.bind(activations);
  return {
    timesBank: async (bank) => {
      const w = matrix(bank.length / cols, cols, Float32Array.from(bank));
      return Float64Array.from((await bound.timesTransposed(w)).data);
    },
    timesCoefficients: async (coefficients) => {
      const u = matrix(rows, coefficients.length / rows, Float32Array.from(coefficients));
      return Float64Array.from((await bound.transposedTimes(u)).data);
    },
    dispose: () => bound.dispose(),
  };
}

/** Products by plain loops, in float64 throughout: for small matrices and references. */
export function preciseProducts({ rows: n, cols: p, data: a }: RealMatrix): FactorProducts {
  return {
    timesBank: (bank) => {
      const r = bank.length / p;
      const out = new Float64Array(n * r);
      for (let row = 0; row < n; row++) {
        for (let k = 0; k < r; k++) {
          let sum = 0;
          for (let j = 0; j < p; j++) sum += a[row * p + j] * bank[k * p + j];
          out[row * r + k] = sum;
        }
      }
      return Promise.resolve(out);
    },
    timesCoefficients: (coefficients) => {
      const r = coefficients.length / n;
      const out = new Float64Array(r * p);
      for (let row = 0; row < n; row++) {
        for (let k = 0; k < r; k++) {
          const value = coefficients[row * r + k];
          if (value !== 0) for (let j = 0; j < p; j++) out[k * p + j] += value * a[row * p + j];
        }
      }
      return Promise.resolve(out);
    },
    dispose: () => Promise.resolve(),
  };
}
