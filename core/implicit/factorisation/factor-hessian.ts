import { multiply, transposed, type RealMatrix } from './real-matrix.ts';

/** Tangents or cotangents of both factors, row-major: U [n · r], W [r · p]. */
export interface FactorPair {
  readonly U: Float64Array;
  readonly W: Float64Array;
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
  const [uT, wT] = [transposed(u), transposed(w)];
  const ofA = (data: ArrayLike<number>): RealMatrix => ({ rows: n, cols: p, data });
  const excess = ofA(multiply(u, w).map((value, i) => value - a.data[i]));

  const spread = (x: Float64Array): FactorPair => {
    const both = new Float64Array(sizeU + r * p);
    places.forEach((place, i) => (both[place] = x[i]));
    return { U: both.subarray(0, sizeU), W: both.subarray(sizeU) };
  };
  const gather = ({ U, W }: FactorPair): Float64Array =>
    Float64Array.from(places, (place) => (place < sizeU ? U[place] : W[place - sizeU]));
  const forcing = (tangent: ArrayLike<number>): Float64Array =>
    gather({ U: multiply(ofA(tangent), wT), W: multiply(uT, ofA(tangent)) });
  const asMatrices = (x: Float64Array): { readonly dU: RealMatrix; readonly dW: RealMatrix } => {
    const { U, W } = spread(x);
    return { dU: { rows: n, cols: r, data: U }, dW: { rows: r, cols: p, data: W } };
  };
  const forcingTransposed = (x: Float64Array): Float64Array => {
    const { dU, dW } = asMatrices(x);
    const right = multiply(u, dW);
    return multiply(dU, w).map((value, i) => value + right[i]);
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
      const { dU, dW } = asMatrices(x);
      const out = forcing(forcingTransposed(x));
      const crossed = gather({
        U: multiply(excess, transposed(dW)),
        W: multiply(transposed(dU), excess),
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
  for (let i = 0; i < u.data.length; i++) ofRows[i % r] += u.data[i] ** 2;
  for (let i = 0; i < w.data.length; i++) ofColumns[Math.floor(i / p)] += w.data[i] ** 2;
  return Float64Array.from(places, (place) =>
    place < sizeU ? ofColumns[place % r] : ofRows[Math.floor((place - sizeU) / p)],
  );
}
