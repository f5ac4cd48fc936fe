import { openSolver, type HessianOptions } from './bank-newton.ts';
import type { BankPoint } from './bank-point.ts';
import { nnlsDerivative, type RealMatrix } from './nnls-derivative.ts';
import type { PolishedBank } from './polish-bank.ts';

/** Rows of activations, and the image that each shows. */
export interface ImageRows {
  /** A [n, p]. */
  readonly activations: RealMatrix;
  /** [n], 0 … images - 1; rows of one image follow each other. */
  readonly imageOf: ArrayLike<number>;
  readonly images: number;
}

/** How the systems of all images are solved. */
interface DerivativeOptions extends HessianOptions {
  /** Relative residual of every image's system. @default 1e-12 in float64, 1e-2 on a backend */
  readonly tol?: number;
  /** Called after some images, with how many are done. */
  readonly onImages?: (done: number) => void;
  readonly signal?: AbortSignal | undefined;
}

/** How a bank moves with the weight of each image. */
interface ImageDerivative {
  /** dW/dw_i [images · r · p], at weights of 1. */
  readonly byImage: Float32Array;
  /** Share of the rows whose support would change with a little noise, see `nnlsDerivative`. */
  readonly nearDegenerate: number;
  /**
   * 'solved'; 'near-degenerate': solved, but more than {@link MOST_DEGENERATE} of the rows may change their support, so
   * that it holds for smaller changes than those of a sample; 'not-at-minimum': the bank is no minimum; 'not-solved'.
   */
  readonly status: 'solved' | 'near-degenerate' | 'not-at-minimum' | 'not-solved';
  /** Steps of the iteration, at most. */
  readonly iterations: number;
}

/** Share of near-degenerate rows above which refits have to say what the derivative cannot. */
const MOST_DEGENERATE = 0.05;
const MAX_ITER = 100;
/** Values of the right-hand sides that are solved together. */
const BLOCK_VALUES = 2 ** 22;

/**
 * Derivative of a whole factorisation by the weight of each image, without refits. W(w) minimises Σ w_i ‖A_i - U_i·W‖² over
 * U, W >= 0, rows of W of unit length; at w = 1 its derivative follows from the conditions of the minimum:
 *
 *   H · dW/dw_i = U_iᵀ·(A_i - U_i·W) on the free entries, H as in the toolkit's `bankSolver`.
 *
 * The given active sets are held, and the length of every row; the derivatives of all images sum to zero, since a common
 * factor of the weights changes nothing.
 *
 * Shapes   as {@link ImageRows} and {@link PolishedBank}; memory images · r · p.
 * Status   see {@link ImageDerivative}. Throws the signal's reason; ImplicitError for shapes that do not fit.
 * Source   implicit function theorem on the KKT conditions; Giordano et al. 2019, "A Swiss army infinitesimal jackknife".
 * Limits   first order: leaving an image out wholly changes supports as a rule, and is only roughly foretold.
 */
export async function derivativeByImages(
  rows: ImageRows,
  point: PolishedBank,
  options: DerivativeOptions = {},
): Promise<ImageDerivative> {
  const { precision = 'float64', signal, onImages } = options;
  const { tol = precision === 'float64' ? 1e-12 : 1e-2 } = options;
  const { images } = rows;
  const size = point.bank.length;
  const byImage = new Float32Array(images * size);
  const starts = startsOf(rows);
  const together = Math.max(1, Math.floor(BLOCK_VALUES / size));
  const solver = openSolver(rows.activations, point, point.free, options);
  const worst = { isBroken: false, isOpen: false, iterations: 0 };
  let flagged = 0;
  try {
    for (let from = 0; from < images; from += together) {
      const count = Math.min(together, images - from);
      const force = new Float64Array(count * size);
      for (let i = 0; i < count; i++) {
        const own = imageForce(rows.activations, point, starts[from + i], starts[from + i + 1]);
        force.set(own.force, i * size);
        flagged += own.nearDegenerate;
      }
      const { banks, status, iterations } = solver.solve(force, { tol, maxIter: MAX_ITER });
      byImage.set(banks, from * size);
      worst.isBroken ||= status === 'breakdown';
      worst.isOpen ||= status !== 'converged';
      worst.iterations = Math.max(worst.iterations, iterations);
      onImages?.(from + count);
      await nextTurn();
      signal?.throwIfAborted();
    }
  } finally {
    solver.dispose();
  }
  const nearDegenerate = flagged / rows.activations.rows;
  const isSolved = !worst.isBroken && !worst.isOpen && byImage.every(Number.isFinite);
  const status =
    point.status !== 'optimal'
      ? 'not-at-minimum'
      : !isSolved
        ? 'not-solved'
        : nearDegenerate > MOST_DEGENERATE
          ? 'near-degenerate'
          : 'solved';
  return { byImage, nearDegenerate, status, iterations: worst.iterations };
}

/**
 * How far each image alone moves each concept along one direction, for many images at the cost of one solve a concept:
 * c_kᵀ · dW_k/dw_i = (H⁻¹ (e_k ⊗ c_k))ᵀ · U_iᵀ(A_i - U_i·W), since H is symmetric.
 *
 * Shapes   directions [r · p], of the length of a concept or zero; returns [images · r], signed.
 * Limits   only where the bank is identifiable: a direction along which it is free has no answer, and gets a useless one.
 */
export function influenceAlong(
  rows: ImageRows,
  point: PolishedBank,
  directions: Float64Array,
  options: Omit<DerivativeOptions, 'onImages' | 'signal'> = {},
): Float64Array {
  const { precision = 'float64' } = options;
  const { tol = precision === 'float64' ? 1e-12 : 1e-2 } = options;
  const size = point.bank.length;
  const { cols: p } = rows.activations;
  const r = size / p;
  const asked = new Float64Array(r * size);
  for (let k = 0; k < r; k++) asked.set(directions.subarray(k * p, (k + 1) * p), k * size + k * p);
  const solver = openSolver(rows.activations, point, point.free, options);
  const { banks } = solver.solve(asked, { tol, maxIter: MAX_ITER });
  solver.dispose();
  const starts = startsOf(rows);
  const out = new Float64Array(rows.images * r);
  for (let image = 0; image < rows.images; image++) {
    const { force } = imageForce(rows.activations, point, starts[image], starts[image + 1]);
    for (let k = 0; k < r; k++) {
      for (let at = 0; at < size; at++) out[image * r + k] += banks[k * size + at] * force[at];
    }
  }
  return out;
}

/** First row of every image, and the end. */
function startsOf({ activations, imageOf, images }: ImageRows): number[] {
  const starts = new Array<number>(images + 1).fill(activations.rows);
  for (let row = activations.rows - 1; row >= 0; row--) starts[imageOf[row]] = row;
  for (let image = images - 1; image >= 0; image--)
    starts[image] = Math.min(starts[image], starts[image + 1]);
  return starts;
}

/** Uᵀ·(A - U·W) of some rows, and how many of them are near-degenerate. */
function imageForce(
  { cols: p, data }: RealMatrix,
  { bank, coefficients }: BankPoint,
  from: number,
  to: number,
): { readonly force: Float64Array; readonly nearDegenerate: number } {
  const r = bank.length / p;
  const force = new Float64Array(bank.length);
  if (from === to) return { force, nearDegenerate: 0 };
  const rest = new Float64Array(p);
  for (let row = from; row < to; row++) {
    const u = coefficients.subarray(row * r, (row + 1) * r);
    for (let j = 0; j < p; j++) rest[j] = data[row * p + j];
    for (let k = 0; k < r; k++) {
      if (u[k] !== 0) for (let j = 0; j < p; j++) rest[j] -= u[k] * bank[k * p + j];
    }
    for (let k = 0; k < r; k++) {
      if (u[k] !== 0) for (let j = 0; j < p; j++) force[k * p + j] += u[k] * rest[j];
    }
  }
  const own = { rows: to - from, cols: p, data: data.subarray(from * p, to * p) };
  const support = Uint8Array.from(coefficients.subarray(from * r, to * r), (value) => (value > 0 ? 1 : 0));
  const { nearDegenerateCount } = nnlsDerivative(own, { rows: r, cols: p, data: bank }, support);
  return { force, nearDegenerate: nearDegenerateCount };
}

/** Lets others have a turn: a signal, a heartbeat. */
const nextTurn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));
