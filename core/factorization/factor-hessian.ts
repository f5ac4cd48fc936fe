import type { RealMatrix } from './nnls-derivative.ts';

/** Tangents or cotangents of both factors, row-major: U [n · r], W [r · p]. */
export interface FactorPair {
  readonly coefficients: Float64Array;
  readonly conceptBank: Float64Array;
}

/** Second derivatives of ½‖A - U·W‖² + ½μ(‖U‖² + ‖W‖²) among the free entries of U [n, r] and W [r, p]. */
export interface FactorHessian {
  /** Number of free entries f: those of U first, then those of W, both row-major. */
  readonly free: number;
  readonly smallestFree: number;
  /** Of the Hessian [f]; its square roots are the entries' own scales. */
  readonly diagonal: Float64Array;
  /** Place of the free entries of each row of W among the f, and their values: the rows of the unit-row gauge. */
  readonly rowsOfBank: readonly { readonly places: readonly number[]; readonly values: readonly number[] }[];
  /** H · x. */
  readonly apply: (x: Float64Array) => Float64Array;
  /** Change of -gradient with A: δA [n · p] -> (δA·Wᵀ, Uᵀ·δA) [f]. */
  forcing(tangent: ArrayLike<number>): Float64Array;
  /** Its transpose: x [f] -> x_U·W + U·x_W [n · p]. */
  forcingTransposed(x: Float64Array): Float64Array;
  gather(pair: FactorPair): Float64Array;
  /** Zero where an entry is not free. */
  spread(x: Float64Array): FactorPair;
}

/**
 * The Hessian as an operator, O(n·p·r) a product.
 *
 * δ∇_U = (δU·W + U·δW)·Wᵀ + (U·W - A)·δWᵀ + μ·δU,  δ∇_W = Uᵀ·(δU·W + U·δW) + δUᵀ·(U·W - A) + μ·δW.
 * Entries above `zero` are free.
 */
export function factorHessian(
  a: RealMatrix,
  u: RealMatrix,
  w: RealMatrix,
  { penalty, zero }: { readonly penalty: number; readonly zero: number },
): FactorHessian {
  const { rows: n, cols: p } = a;
  const r = w.rows;
  const sizeU = n * r;
  const places = [...placesAbove(u.data, zero, 0), ...placesAbove(w.data, zero, sizeU)];
  const valueAt = (place: number) => (place < sizeU ? u.data[place] : w.data[place - sizeU]);
  const excess = product(u.data, w.data, n, r, p).map((value, i) => value - a.data[i]);

  const spread = (x: Float64Array): FactorPair => {
    const both = new Float64Array(sizeU + r * p);
    places.forEach((place, i) => (both[place] = x[i]));
    return { coefficients: both.subarray(0, sizeU), conceptBank: both.subarray(sizeU) };
  };
  const gather = ({ coefficients, conceptBank }: FactorPair): Float64Array =>
    Float64Array.from(places, (place) => (place < sizeU ? coefficients[place] : conceptBank[place - sizeU]));
  const forcing = (tangent: ArrayLike<number>): Float64Array =>
    gather({
      coefficients: timesTransposed(tangent, w.data, n, p, r),
      conceptBank: transposedTimes(u.data, tangent, n, r, p),
    });
  const forcingTransposed = (x: Float64Array): Float64Array => {
    const { coefficients, conceptBank } = spread(x);
    const left = product(coefficients, w.data, n, r, p);
    const right = product(u.data, conceptBank, n, r, p);
    return left.map((value, i) => value + right[i]);
  };

  return {
    free: places.length,
    smallestFree: places.reduce((least, place) => Math.min(least, valueAt(place)), Infinity),
    diagonal: diagonalOf(u, w, places, penalty),
    rowsOfBank: Array.from({ length: r }, (_, k) => {
      const own = [...places.keys()].filter((i) => Math.floor((places[i] - sizeU) / p) === k);
      return { places: own, values: own.map((i) => valueAt(places[i])) };
    }),
    apply(x) {
      const { coefficients, conceptBank } = spread(x);
      const out = forcing(forcingTransposed(x));
      const crossed = gather({
        coefficients: timesTransposed(excess, conceptBank, n, p, r),
        conceptBank: transposedTimes(coefficients, excess, n, r, p),
      });
      return out.map((value, i) => value + crossed[i] + penalty * x[i]);
    },
    forcing,
    forcingTransposed,
    gather,
    spread,
  };
}

function placesAbove(values: ArrayLike<number>, zero: number, offset: number): number[] {
  const places: number[] = [];
  for (let i = 0; i < values.length; i++) if (values[i] > zero) places.push(offset + i);
  return places;
}

/** ‖W_k‖² + μ for entries of U's column k, ‖U_k‖² + μ for entries of W's row k. */
function diagonalOf(u: RealMatrix, w: RealMatrix, places: readonly number[], penalty: number): Float64Array {
  const [r, p, sizeU] = [w.rows, w.cols, u.data.length];
  const ofColumns = new Float64Array(r).fill(penalty);
  const ofRows = new Float64Array(r).fill(penalty);
  u.data.forEach((value: number, i: number) => (ofRows[i % r] += value ** 2));
  w.data.forEach((value: number, i: number) => (ofColumns[Math.floor(i / p)] += value ** 2));
  return Float64Array.from(places, (place) =>
    place < sizeU ? ofColumns[place % r] : ofRows[Math.floor((place - sizeU) / p)],
  );
}

/** X·Y for X [n, r], Y [r, p]. */
function product(x: ArrayLike<number>, y: ArrayLike<number>, n: number, r: number, p: number): Float64Array {
  const out = new Float64Array(n * p);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < r; k++) {
      const amount = x[i * r + k];
      if (amount === 0) continue;
      for (let j = 0; j < p; j++) out[i * p + j] += amount * y[k * p + j];
    }
  }
  return out;
}

/** X·Yᵀ for X [n, p], Y [r, p]. */
function timesTransposed(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  n: number,
  p: number,
  r: number,
): Float64Array {
  const out = new Float64Array(n * r);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < r; k++) {
      let sum = 0;
      for (let j = 0; j < p; j++) sum += x[i * p + j] * y[k * p + j];
      out[i * r + k] = sum;
    }
  }
  return out;
}

/** Xᵀ·Y for X [n, r], Y [n, p]. */
function transposedTimes(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  n: number,
  r: number,
  p: number,
): Float64Array {
  const out = new Float64Array(r * p);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < r; k++) {
      const amount = x[i * r + k];
      if (amount === 0) continue;
      for (let j = 0; j < p; j++) out[k * p + j] += amount * y[i * p + j];
    }
  }
  return out;
}
