import * as tf from '@tensorflow/tfjs-core';
import { ImplicitError } from '../errors.ts';
import { constant } from '../constant.ts';
import { toFloat64 } from '../float64/float64-backend.ts';
import { fixedPointResidual } from '../custom-fixed-point.ts';
import { rowGram } from '../float64-matrix.ts';
import { inverseOf, luFactor } from '../linear-solve/lu-factor.ts';
import { norm } from '../linear-solve/vector.ts';
import { projectedGradient } from '../optimality/fixed-points.ts';
import type { OptimalityFn } from '../residual-map.ts';
import { withoutTape } from '../tape.ts';
import { tidyTree } from '../tidy-tree.ts';
import { shapesOf } from '../tree.ts';
import { createSolver, treeNorm } from './solver.ts';
import type { Solver, SolverOptions } from './solver.ts';
import { checkTensor } from '../checks.ts';
import { checkPositive } from '../option-names.ts';
import type { NamesOf } from '../option-names.ts';
import { SOLVER_NAMES, checkSetup } from './check-setup.ts';

/** Options of {@link nnlsAdmm}. */
export interface NnlsOptions extends SolverOptions {
  /** Penalty of the splitting. @default the mean of the diagonal of W Wᵀ */
  readonly rho?: number;
}

const NAMES: NamesOf<NnlsOptions> = { ...SOLVER_NAMES, rho: true };

/** The scaled dual, the unconstrained copy, the penalty [..., 1, 1] and (W Wᵀ + rho I)⁻¹ [..., r, r] of every W. */
interface Splitting {
  readonly u: tf.Tensor;
  readonly dual: tf.Tensor;
  readonly rho: Float64Array;
  readonly inverse: Float64Array;
}

/** ½‖A - U W‖² for U [n, r], A [n, p], W [r, p], or batches of these. */
function nnlsObjective(u: tf.Tensor, a: tf.Tensor, w: tf.Tensor): tf.Tensor {
  return tf.mul(0.5, tf.sum(tf.square(tf.sub(a, tf.matMul(u, w)))));
}

/**
 * U = max(U - η∇, 0) as a root: the condition behind every derivative of non-negative least squares here. η is one over
 * the mean diagonal of W Wᵀ, so that an inexact U is distinguished from its kinks alike at any scale of W.
 */
export const nnlsOptimality: OptimalityFn<tf.Tensor, [tf.Tensor, tf.Tensor]> = (u, a, w) => {
  checkFactors('nnlsOptimality', u, a, w);
  return tidyTree(() => projectedResidual(u, a, w));
};

const projectedResidual: typeof nnlsOptimality = (u, a, w) => {
  const banks = banksOf(w);
  const squares = banks.map((bank) => norm(bank) ** 2);
  const sizes = Float64Array.from(squares, (square) => (square > 0 ? w.shape.at(-2)! / square : 1));
  const stepsize = constant(sizes, [...w.shape.slice(0, -2), 1, 1]);
  const map = projectedGradient<tf.Tensor, [tf.Tensor, tf.Tensor]>(
    nnlsObjective,
    (y) => tf.relu(y),
    stepsize,
  );
  return fixedPointResidual(map)(u, a, w);
};

/** The values of every W [r, p] of a batch [..., r, p]. */
function banksOf(w: tf.Tensor): Float64Array[] {
  const values = withoutTape(() => toFloat64(w));
  const size = w.shape.at(-2)! * w.shape.at(-1)!;
  const count = tf.util.sizeFromShape(w.shape.slice(0, -2));
  return Array.from({ length: count }, (_, i) => values.subarray(i * size, (i + 1) * size));
}

/** ImplicitError 'bad-tensor' unless U [n, r], A [n, p] and W [r, p] fit, or batches of one size of them. */
export function checkFactors(where: string, u: tf.Tensor, a: tf.Tensor, w: tf.Tensor): void {
  checkTensor(where, 'U', u);
  checkTensor(where, 'A', a);
  checkTensor(where, 'W', w);
  const [leading, n, p] = [a.shape.slice(0, -2), a.shape.at(-2), a.shape.at(-1)];
  const r = w.shape.at(-2);
  const fits = (tensor: tf.Tensor, rows: number | undefined, columns: number | undefined): boolean =>
    tensor.shape.join() === [...leading, rows, columns].join();
  if (a.rank >= 2 && r !== undefined && fits(u, n, r) && fits(w, r, p)) return;
  throw new ImplicitError(
    'bad-tensor',
    `${where}: expected U [n, r], A [n, p] and W [r, p], got ${shapesOf([u, a, w])}`,
  );
}

function splittingFor(u: tf.Tensor, w: tf.Tensor, chosen: number | undefined): Splitting {
  const [r, p] = w.shape.slice(-2) as [number, number];
  const systems = banksOf(w).map((bank) => {
    const gram = rowGram(bank, r, p);
    let trace = 0;
    for (let i = 0; i < r; i++) trace += gram[i * r + i];
    const rho = chosen ?? (trace > 0 ? trace / r : 1);
    for (let i = 0; i < r; i++) gram[i * r + i] += rho;
    return { rho, inverse: inverseOf(luFactor(gram, r), r) };
  });
  const inverse = new Float64Array(systems.length * r * r);
  systems.forEach((system, i) => inverse.set(system.inverse, i * r * r));
  return { u, dual: tf.zerosLike(u), rho: Float64Array.from(systems, ({ rho }) => rho), inverse };
}

/**
 * argmin ½‖A - U W‖² over U >= 0 [n, r], for A [n, p] and W [r, p], by the alternating direction method of multipliers
 * (Boyd et al. 2011): arguments of `run` are (U₀, A, W). A batch has axes in front of all three; every W has one
 * factorisation, and every row of U is differentiated by itself.
 *
 * Error: primal plus dual residual. Differentiated by A and W through the projected-gradient condition, which has a
 * derivative wherever no coefficient and its multiplier vanish together and the active rows of W are independent.
 * @default maxIter 5000
 */
export function nnlsAdmm(options: NnlsOptions = {}): Solver<tf.Tensor, [tf.Tensor, tf.Tensor], Splitting> {
  checkSetup('nnlsAdmm', {}, options, NAMES);
  if (options.rho !== undefined) checkPositive('nnlsAdmm', 'rho', options.rho);
  return createSolver<tf.Tensor, [tf.Tensor, tf.Tensor], Splitting>(
    {
      optimality: nnlsOptimality,
      maxIter: 5000,
      // Rows of U do not know of each other.
      batchAxes: (a) => a.rank - 1,
      start: (u0, a, w) => {
        checkFactors('nnlsAdmm', u0, a, w);
        return withoutTape(() => splittingFor(u0, w, options.rho));
      },
      advance: (z, { u, dual, rho, inverse }, _, a, w) => {
        const [leading, r] = [w.shape.slice(0, -2), w.shape.at(-2)!];
        // (U(W Wᵀ + rho I) - A Wᵀ - rho (Z - Y)) = 0, solved as a correction: the inverse then counts as a constant.
        const gap = tf.sub(
          tf.matMul(tf.sub(tf.matMul(u, w), a), w, false, true),
          tf.mul(constant(rho, [...leading, 1, 1]), tf.sub(tf.sub(z, dual), u)),
        );
        const uNext = tf.sub(u, tf.matMul(gap, constant(inverse, [...leading, r, r])));
        const zNext = tf.relu(tf.add(uNext, dual));
        const dualNext = tf.add(dual, tf.sub(uNext, zNext));
        const error = treeNorm(tf.sub(uNext, zNext)) + treeNorm(tf.sub(zNext, z));
        return { x: zNext, memory: { u: uNext, dual: dualNext, rho, inverse }, error };
      },
    },
    options,
  );
}
