import type { LuFactor } from './lu-factor.ts';

/** A square matrix A [size, size], known by what it does to a vector. */
export interface LinearOperator {
  readonly size: number;
  /**
   * How many systems of one size stand side by side: A is then block diagonal, vectors hold one sample after the other, and
   * every sample is solved by itself. @default 1
   */
  readonly batch?: number;
  /** The blocks of a batch [batch, n, n], row-major, where that is cheaper than products with unit vectors. */
  readonly toBlocks?: () => Float64Array;
  /** A · v. */
  readonly apply: (v: Float64Array) => Float64Array;
  /** Aᵀ · v; needed by normal-cg and minimum-norm. */
  readonly applyTranspose?: (v: Float64Array) => Float64Array;
  /** All of A, row-major, where that is cheaper than `size` products. */
  readonly toDense?: () => Float64Array;
  /** A = LU by luFactor's tolerance, where it is kept from one solve to the next. */
  readonly factorise?: (tolerance: number) => LuFactor;
}

/**
 * How a linear solve ended. `breakdown`: the method cannot go on (singular or, for cg and cholesky, not positive
 * definite matrix, or values that are not finite); `x` is then the best iterate and must not be trusted.
 */
export type LinearStatus = 'converged' | 'max-iterations' | 'breakdown';

/** What a linear solve came to. */
export interface LinearSolution {
  readonly x: Float64Array;
  readonly status: LinearStatus;
  readonly iterations: number;
  /** ‖b - A x‖ / ‖b‖ of the returned x, recomputed, not the method's own running estimate. */
  readonly residual: number;
  /** Of a batch: how each sample ended. The other fields are then those of the worst. */
  readonly samples?: readonly SampleReport[];
}

/** How one system of a batch ended. */
export interface SampleReport {
  readonly status: LinearStatus;
  readonly iterations: number;
  readonly residual: number;
}

/** What every linear solver takes; each uses what applies to it. */
export interface LinearSolveOptions {
  /** Wanted ‖b - A x‖ / ‖b‖. @default 1e-10 */
  readonly tol?: number;
  /** Products with A (or pairs of them). @default 10 · size + 100 */
  readonly maxIter?: number;
  /** Warm start. @default zeros */
  readonly init?: Float64Array;
  /** Approximates A⁻¹ · r, for cg (then symmetric positive definite), gmres and bicgstab; others have no use for it. */
  readonly preconditioner?: (r: Float64Array) => Float64Array;
  /** Solves (A + ridge · I) x = b instead. @default 0 */
  readonly ridge?: number;
  /** Pivots and singular values below this part of the largest count as 0 in lu and minimum-norm. @default 1e-11 */
  readonly rankTol?: number;
  /** Vectors kept by gmres between restarts. @default 50 */
  readonly restart?: number;
}

/** Solves A x = b. Never throws for numerical reasons: look at `status`. */
export type LinearSolver = (
  operator: LinearOperator,
  b: Float64Array,
  options?: LinearSolveOptions,
) => LinearSolution;

/** An operator from a row-major matrix. */
export function denseOperator(matrix: Float64Array, size: number): LinearOperator {
  return {
    size,
    apply: (v) => {
      const product = new Float64Array(size);
      for (let i = 0; i < size; i++) {
        let sum = 0;
        for (let j = 0; j < size; j++) sum += matrix[i * size + j] * v[j];
        product[i] = sum;
      }
      return product;
    },
    applyTranspose: (v) => {
      const product = new Float64Array(size);
      for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) product[j] += matrix[i * size + j] * v[i];
      return product;
    },
    toDense: () => matrix,
  };
}

/** Aᵀ as an operator; `apply` fails when A does not offer `applyTranspose`. */
export function transposeOperator(operator: LinearOperator): LinearOperator {
  const { size, batch = 1 } = operator;
  return {
    size,
    ...(batch > 1 ? { batch, toBlocks: () => transposeBlocks(denseBlocks(operator), batch) } : {}),
    apply: (v) => operator.applyTranspose!(v),
    applyTranspose: (v) => operator.apply(v),
    toDense: () => transposeSquare(denseMatrix(operator), size),
  };
}

/** Row-major transpose of a square matrix. */
export function transposeSquare(matrix: Float64Array, size: number): Float64Array {
  const result = new Float64Array(matrix.length);
  for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) result[j * size + i] = matrix[i * size + j]!;
  return result;
}

/** Transposes every block of a batch [batch, n, n]. */
export function transposeBlocks(blocks: Float64Array, batch: number): Float64Array {
  const length = blocks.length / batch;
  const result = new Float64Array(blocks.length);
  for (let b = 0; b < batch; b++) {
    const block = blocks.subarray(b * length, (b + 1) * length);
    result.set(transposeSquare(block, Math.round(Math.sqrt(length))), b * length);
  }
  return result;
}

/** The blocks of a batch [batch, n, n], row-major; by n products with unit vectors in every sample at once. */
export function denseBlocks(operator: LinearOperator): Float64Array {
  if (operator.toBlocks) return operator.toBlocks();
  const { size, batch = 1 } = operator;
  const n = size / batch;
  const blocks = new Float64Array(batch * n * n);
  for (let j = 0; j < n; j++) {
    const column = operator.apply(unitInEach(size, n, j));
    for (let b = 0; b < batch; b++)
      for (let i = 0; i < n; i++) blocks[(b * n + i) * n + j] = column[b * n + i];
  }
  return blocks;
}

/** A vector [size] with 1 at place j of every stretch of n entries. */
export function unitInEach(size: number, n: number, j: number): Float64Array {
  const unit = new Float64Array(size);
  for (let at = j; at < size; at += n) unit[at] = 1;
  return unit;
}

/** All entries of an operator, row-major; by unit vectors if it has no quicker way. */
export function denseMatrix(operator: LinearOperator): Float64Array {
  if (operator.toDense) return operator.toDense();
  const { size } = operator;
  const matrix = new Float64Array(size * size);
  const unit = new Float64Array(size);
  for (let j = 0; j < size; j++) {
    unit[j] = 1;
    operator.apply(unit).forEach((value, i) => (matrix[i * size + j] = value));
    unit[j] = 0;
  }
  return matrix;
}

/** A + ridge · I. */
export function addRidge(operator: LinearOperator, ridge: number): LinearOperator {
  if (ridge === 0) return operator;
  const { size, batch = 1, applyTranspose } = operator;
  const shifted = (product: Float64Array, v: Float64Array): Float64Array =>
    product.map((value, i) => value + ridge * v[i]);
  const toBlocks = (): Float64Array => {
    const blocks = Float64Array.from(denseBlocks(operator));
    const n = size / batch;
    for (let row = 0; row < size; row++) blocks[row * n + (row % n)] += ridge;
    return blocks;
  };
  return {
    size,
    ...(batch > 1 ? { batch, toBlocks } : {}),
    apply: (v) => shifted(operator.apply(v), v),
    ...(applyTranspose ? { applyTranspose: (v: Float64Array) => shifted(applyTranspose(v), v) } : {}),
    toDense: () => {
      const matrix = Float64Array.from(denseMatrix(operator));
      for (let i = 0; i < size; i++) matrix[i * size + i] += ridge;
      return matrix;
    },
  };
}
