import * as tf from '@tensorflow/tfjs-core';
import { constant } from '../constant.ts';
import { toFloat64 } from '../float64/float64-backend.ts';
import { ImplicitError } from '../errors.ts';
import { cgColumns, type ColumnSolution, type ColumnSystem } from '../linear-solve/cg-columns.ts';
import { choleskyFactor } from '../linear-solve/cholesky-factor.ts';
import { rowGram } from '../float64-matrix.ts';
import type { RealMatrix } from './real-matrix.ts';

/** Factors of a matrix, and which entries of the bank may move. */
export interface FactorPoint {
  /** A [n, p]. */
  readonly a: RealMatrix;
  /** U [n, r] >= 0, the best for W; its positive entries are its supports. */
  readonly u: RealMatrix;
  /** W [r, p]. */
  readonly w: RealMatrix;
  /** [r · p]: 1 where W may move, 0 where it is held at zero. */
  readonly free: Uint8Array;
}

/** What a solve with {@link BankSolver} came to; see {@link ColumnSolution}. */
export interface BankSolution extends Omit<ColumnSolution, 'x'> {
  /** [k · r · p]; zero where the bank is held. */
  readonly banks: Float64Array;
}

/** How a system is solved. */
export interface BankSolveOptions {
  /** Wanted residual of every right-hand side, relative to it. */
  readonly tol: number;
  readonly maxIter: number;
  /** Solves with H + damping · diag ‖U_k‖² instead, for steps far from a minimum. @default 0 */
  readonly damping?: number;
}

/** Solves systems with the Hessian of {@link bankSolver}, on the backend of TensorFlow.js that was active when it was made. */
export interface BankSolver {
  /** H⁻¹ of every right-hand side in `banks` [k · r · p], side by side; what is not free counts as zero. */
  solve(banks: Float64Array, options: BankSolveOptions): BankSolution;
  dispose(): void;
}

/** Relative ridge on the Gram matrix of a support, as in the solver of U. */
const RIDGE = 1e-9;

/** Values of the largest tensor of a product. */
const BLOCK_VALUES = 2 ** 24;

/**
 * Solves with the Hessian H of φ(W) = min over U >= 0 of ½‖A - U·W‖² among the free entries of W, supports of U held. U
 * moves with W by its closed form row by row, so that only the r·p entries of W remain, and H is never formed:
 *
 *   H·δW = UᵀU·δW + (Uᵀ·δU + δUᵀ·U)·W - δUᵀ·A,   δu_S = (W_S W_Sᵀ)⁻¹ (δW·a - δW·Wᵀu - W·δWᵀu)_S.
 *
 * H does not see the length of a row of W; + Σ ‖U_k‖² w_k w_kᵀ makes it definite and changes no solution whose
 * right-hand side is orthogonal to the w_k: that solution keeps the lengths. Conjugate gradients, preconditioned channel
 * by channel with UᵀU on the free entries; all right-hand sides share two products with A a step.
 *
 * Shapes   A [n, p], U [n, r], W [r, p] with unit rows; memory 2·n·p for A and its transpose, 3·n·r·k for k right-hand sides
 *          at a time, as many as keep n·r·k below 2²⁴.
 * Throws   ImplicitError 'bad-tensor' for shapes that do not fit; what was not solved is a status.
 * Source   variable projection (Golub & Pereyra 1973) on the active set.
 */
export function bankSolver(point: FactorPoint): BankSolver {
  checkPoint(point);
  const [n, p, r] = [point.a.rows, point.a.cols, point.w.rows];
  const own = tensorsOf(point);
  const block = Math.max(1, Math.floor(BLOCK_VALUES / (Math.max(n, p) * r)));
  return {
    solve(banks, { damping = 0, ...options }) {
      const system = bankSystem(own, n, p, r, damping);
      const size = r * p;
      const solved = new Float64Array(banks.length);
      let worst: Omit<ColumnSolution, 'x'> = { status: 'converged', iterations: 0, residual: 0 };
      for (let from = 0; from < banks.length; from += block * size) {
        const part = banks.subarray(from, from + block * size);
        const b = tf.tidy(() => tf.mul<tf.Tensor2D>(toColumns(part, r, p), own.free));
        const { x, ...report } = cgColumns(system, b, options);
        solved.set(fromColumns(x, r, p), from);
        tf.dispose([b, x]);
        worst = worseOf(worst, report);
      }
      return { banks: solved, ...worst };
    },
    dispose: () => tf.dispose(Object.values(own)),
  };
}

function checkPoint({ a, u, w, free }: FactorPoint): void {
  const fits = u.rows === a.rows && u.cols === w.rows && w.cols === a.cols && free.length === w.rows * w.cols;
  if (fits) return;
  const shapes = [a, u, w].map(({ rows, cols }) => `[${rows}, ${cols}]`);
  throw new ImplicitError(
    'bad-tensor',
    `bankSolver: A ${shapes[0]} is no product of U ${shapes[1]} and W ${shapes[2]} with ${free.length} entries`,
  );
}

function worseOf<Report extends Omit<ColumnSolution, 'x'>>(a: Report, b: Report): Report {
  const rank = { converged: 0, 'max-iterations': 1, breakdown: 2 };
  const status = rank[b.status] > rank[a.status] ? b.status : a.status;
  return {
    ...a,
    status,
    iterations: Math.max(a.iterations, b.iterations),
    residual: Math.max(a.residual, b.residual),
  };
}

type PointTensors = ReturnType<typeof tensorsOf>;

/**
 * Columns are [p · r, k]: channel by channel, and in each concept by concept. No tensor is the right factor of two products in
 * different shapes: the WebAssembly backend keeps what it has prepared of a right factor, and takes it for both.
 */
function bankSystem(own: PointTensors, n: number, p: number, r: number, damping: number): ColumnSystem {
  const apply = (x: tf.Tensor2D): tf.Tensor2D => {
    const k = x.shape[1];
    const wide = tf.reshape(x, [p, r * k]);
    // W_m · δW_l at [m, l], and turned at [l, m].
    const mixed = tf.matMul(own.w, wide);
    const both = tf.add(mixed, turned(mixed, r, k));
    const force = tf.sub(tf.matMul(own.a, wide), tf.matMul(own.u, both));
    const du = tf.reshape(tf.matMul(own.inverses, tf.reshape(force, [n, r, k])), [n, r * k]);
    const overlap = tf.matMul(own.uT, du);
    const ofBank = tf.matMul(own.wT, tf.add(overlap, turned(overlap, r, k)));
    const cells = tf.reshape(tf.mul(x, own.free), [p, r, k]);
    const damped = tf.mul(cells, tf.mul(own.lengths, constant(damping)));
    const ofOwn = tf.reshape(tf.add(tf.matMul(own.gram, cells), damped), [p, r * k]);
    const product = tf.add(tf.sub(ofBank, tf.matMul(own.aT, du)), ofOwn);
    const lengths = tf.mul(own.gauge, tf.sum(tf.mul(own.gauge, cells), 0, true));
    return tf.add(tf.mul(tf.reshape(product, [p * r, k]), own.free), tf.reshape(lengths, [p * r, k]));
  };
  const precondition = (x: tf.Tensor2D): tf.Tensor2D =>
    tf.reshape(tf.matMul(own.channels, tf.reshape(x, [p, r, x.shape[1]])), [p * r, x.shape[1]]);
  return { apply, precondition };
}

function toColumns(banks: Float64Array, r: number, p: number): tf.Tensor2D {
  const k = banks.length / (r * p);
  return tf.reshape(tf.transpose(constant(banks, [k, r, p]), [2, 1, 0]), [p * r, k]);
}

function fromColumns(columns: tf.Tensor2D, r: number, p: number): Float64Array {
  const k = columns.shape[1];
  const banks = tf.tidy(() => tf.transpose(tf.reshape(columns, [p, r, k]), [2, 1, 0]));
  const values = toFloat64(banks);
  banks.dispose();
  return values;
}

/** [i, j · k] -> [j, i · k] for i, j of r. */
function turned(x: tf.Tensor, r: number, k: number): tf.Tensor {
  return tf.reshape(tf.transpose(tf.reshape(x, [r, r, k]), [1, 0, 2]), [r, r * k]);
}

function tensorsOf({ a, u, w, free }: FactorPoint) {
  const [p, r] = [a.cols, w.rows];
  const gramU = gramOfColumns(u);
  const gauge = new Float64Array(p * r);
  const isFree = new Float64Array(p * r);
  for (let k = 0; k < r; k++) {
    for (let j = 0; j < p; j++) {
      isFree[j * r + k] = free[k * p + j];
      if (free[k * p + j]) gauge[j * r + k] = w.data[k * p + j] * Math.sqrt(gramU[k * r + k]);
    }
  }
  return tf.tidy(() => {
    const [tensorA, tensorU, tensorW] = [a, u, w].map(
      ({ rows, cols, data }) => constant(Float64Array.from(data), [rows, cols]) as tf.Tensor2D,
    );
    return {
      a: tensorA,
      aT: tf.transpose(tensorA),
      u: tensorU,
      uT: tf.transpose(tensorU),
      w: tensorW,
      wT: tf.transpose(tensorW),
      gram: constant(gramU, [1, r, r]),
      lengths: constant(
        gramU.filter((_, at) => at % (r + 1) === 0),
        [1, r, 1],
      ),
      inverses: constant(rowInverses(u, w), [u.rows, r, r]),
      channels: constant(channelInverses(gramU, r, p, free), [p, r, r]),
      gauge: constant(gauge, [p, r, 1]),
      free: constant(isFree, [p * r, 1]),
    };
  });
}

function gramOfColumns({ rows, cols: r, data }: RealMatrix): Float64Array {
  const gram = new Float64Array(r * r);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < r; i++) {
      const value = data[row * r + i];
      if (value !== 0) for (let j = 0; j < r; j++) gram[i * r + j] += value * data[row * r + j];
    }
  }
  return gram;
}

/** (W_S W_Sᵀ)⁻¹ of every row's support S, zero elsewhere [n · r · r]. */
function rowInverses(u: RealMatrix, w: RealMatrix): Float64Array {
  const gram = rowGram(Float64Array.from(w.data), w.rows, w.cols);
  return inversesOn(gram, w.rows, u.rows, (row, k) => u.data[row * w.rows + k] > 0);
}

/** (UᵀU)⁻¹ on the concepts that are free in each channel, zero elsewhere [p · r · r]. */
function channelInverses(gram: Float64Array, r: number, p: number, free: Uint8Array): Float64Array {
  return inversesOn(gram, r, p, (j, k) => free[k * p + j] === 1 && gram[k * r + k] > 0);
}

/** `count` inverses of principal submatrices; equal choices share one. */
function inversesOn(
  gram: Float64Array,
  r: number,
  count: number,
  isChosen: (which: number, k: number) => boolean,
): Float64Array {
  const known = new Map<string, Float64Array>();
  const out = new Float64Array(count * r * r);
  for (let which = 0; which < count; which++) {
    const chosen: number[] = [];
    for (let k = 0; k < r; k++) if (isChosen(which, k)) chosen.push(k);
    const key = chosen.join(' ');
    const inverse = known.get(key) ?? inverseOn(gram, r, chosen);
    known.set(key, inverse);
    out.set(inverse, which * r * r);
  }
  return out;
}

/** The inverse of a principal submatrix in its place in [r · r]; with a ridge where it is singular. */
function inverseOn(gram: Float64Array, r: number, chosen: readonly number[]): Float64Array {
  const s = chosen.length;
  const block = Float64Array.from(
    { length: s * s },
    (_, at) => gram[chosen[Math.floor(at / s)] * r + chosen[at % s]],
  );
  let factor = choleskyFactor(block, s);
  if (!factor.definite) {
    for (let i = 0; i < s; i++) block[i * s + i] *= 1 + RIDGE;
    factor = choleskyFactor(block, s, 0);
  }
  const out = new Float64Array(r * r);
  if (!factor.definite) return out;
  chosen.forEach((k, i) => {
    const unit = new Float64Array(s);
    unit[i] = 1;
    factor.solve(unit).forEach((value, l) => (out[k * r + chosen[l]] = value));
  });
  return out;
}
