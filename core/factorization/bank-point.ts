import { createPassiveSetSolver } from './passive-set.ts';
import type { FactorProducts } from './factor-products.ts';

/** A bank W of unit rows with the best coefficients, and the loss φ(W) = min over U >= 0 of ½ Σ v ‖a - u·W‖². */
export interface BankPoint {
  /** W [r · p]. */
  readonly bank: Float64Array;
  /** U [n · r], exact, 0 off its supports. */
  readonly coefficients: Float64Array;
  /** Less ½ Σ v ‖a‖², which does not move. */
  readonly loss: number;
}

/** A weighted problem: rows of A count `rowWeights` times. */
export interface WeightedProblem {
  readonly products: FactorProducts;
  readonly concepts: number;
  /** v [n]. @default 1 each */
  readonly rowWeights?: ArrayLike<number>;
  /** May W have either sign, as in semi-NMF? @default false */
  readonly isSigned?: boolean;
}

/** Scales every row of a bank [r · p] to unit length, in place; rows of zeros remain. */
export function toUnitRows(bank: Float64Array, r: number): Float64Array {
  const p = bank.length / r;
  for (let k = 0; k < r; k++) {
    const row = bank.subarray(k * p, (k + 1) * p);
    const length = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
    if (length > 0) for (let j = 0; j < p; j++) row[j] /= length;
  }
  return bank;
}

/** The point of a bank; `near` [n · r] are coefficients of a bank not far from it. */
export async function bankPoint(
  { products, concepts: r, rowWeights }: WeightedProblem,
  bank: Float64Array,
  near?: Float64Array,
): Promise<BankPoint> {
  const correlation = await products.timesBank(bank);
  const solver = createPassiveSetSolver(gramOfBank(bank, r), r);
  const coefficients = new Float64Array(correlation.length);
  let loss = 0;
  for (let at = 0; at < correlation.length; at += r) {
    const c = correlation.subarray(at, at + r);
    const { x } = solver.solve(c, near?.subarray(at, at + r));
    coefficients.set(x, at);
    let explained = 0;
    for (let k = 0; k < r; k++) explained += x[k] * c[k];
    loss -= ((rowWeights?.[at / r] ?? 1) * explained) / 2;
  }
  return { bank, coefficients, loss };
}

/** The slope of φ at a point, with what a sweep over the bank needs. */
export interface BankSlope {
  /** ∂φ/∂W [r · p]. */
  readonly gradient: Float64Array;
  /** Uᵀ·A [r · p] and Uᵀ·U [r · r], weighted. */
  readonly correlation: Float64Array;
  readonly gram: Float64Array;
}

/** The slope of φ; U stays as it is, since it is the best for W. */
export async function bankSlope(
  { products, concepts: r, rowWeights }: WeightedProblem,
  { bank, coefficients }: BankPoint,
): Promise<BankSlope> {
  const weighted = rowWeights
    ? coefficients.map((value, at) => value * rowWeights[Math.floor(at / r)])
    : coefficients;
  const correlation = await products.timesCoefficients(weighted);
  const gram = new Float64Array(r * r);
  for (let at = 0; at < coefficients.length; at += r) {
    for (let i = 0; i < r; i++) {
      const value = weighted[at + i];
      if (value !== 0) for (let j = 0; j < r; j++) gram[i * r + j] += value * coefficients[at + j];
    }
  }
  const p = bank.length / r;
  const gradient = correlation.map((value, at) => {
    const [k, j] = [Math.floor(at / p), at % p];
    let sum = -value;
    for (let l = 0; l < r; l++) sum += gram[k * r + l] * bank[l * p + j];
    return sum;
  });
  return { gradient, correlation, gram };
}

function gramOfBank(bank: Float64Array, r: number): Float64Array {
  const p = bank.length / r;
  const gram = new Float64Array(r * r);
  for (let i = 0; i < r; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = 0; k < p; k++) sum += bank[i * p + k] * bank[j * p + k];
      gram[i * r + j] = gram[j * r + i] = sum;
    }
  }
  return gram;
}
