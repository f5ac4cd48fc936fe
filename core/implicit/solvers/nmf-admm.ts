import * as tf from '@tensorflow/tfjs-core';
import { constant } from '../constant.ts';
import { fixedPointResidual } from '../custom-fixed-point.ts';
import { toFloat64 } from '../float64/float64-backend.ts';
import { rowGram } from '../float64-matrix.ts';
import { inverseOf, luFactor } from '../linear-solve/lu-factor.ts';
import { projectedGradient } from '../optimality/fixed-points.ts';
import { zipTrees } from '../optimality/gradient.ts';
import type { OptimalityFn } from '../residual-map.ts';
import { withoutTape } from '../tape.ts';
import { checkFactors } from './nnls-admm.ts';
import { createSolver, treeNorm } from './solver.ts';
import type { Solver, SolverOptions } from './solver.ts';
import { ImplicitError } from '../errors.ts';
import { checkFields } from '../option-names.ts';
import type { NamesOf } from '../option-names.ts';
import { SOLVER_NAMES, checkSetup } from './check-setup.ts';

/** Coefficients U [n, r] and bank W [r, p] of A ≈ U W, both >= 0. */
export interface NmfFactors {
  readonly U: tf.Tensor;
  readonly W: tf.Tensor;
}

/** Options of {@link nmfAdmm}: the problem's two weights and how it is solved. */
export interface NmfOptions extends SolverOptions {
  /** Weight of mu/2 (‖U‖² + ‖W‖²), which makes the factors locally unique. @default 0 */
  readonly mu?: number;
  /** Weight of ¼ Σₖ (‖Wₖ‖² - 1)², which pins the scale of each pair at unit rows and costs nothing. @default 0 */
  readonly unitRows?: number;
}

const NAMES: NamesOf<NmfOptions> = { ...SOLVER_NAMES, mu: true, unitRows: true };
const FACTORS: NamesOf<NmfFactors> = { U: true, W: true };

function checkWeights(where: string, options: NmfOptions): void {
  checkSetup(where, {}, options, NAMES);
  const { mu = 0, unitRows = 0 } = options;
  for (const [name, value] of Object.entries({ mu, unitRows })) {
    if (value >= 0 && Number.isFinite(value)) continue;
    throw new ImplicitError(
      'bad-usage',
      `${where}: ${name} must be a number from 0 on, got ${String(value)}`,
    );
  }
}

/** ½‖A - U W‖² + mu/2 (‖U‖² + ‖W‖²) + unitRows/4 Σₖ (‖Wₖ‖² - 1)². */
function nmfObjective({ mu = 0, unitRows = 0 }: NmfOptions = {}): (x: NmfFactors, a: tf.Tensor) => tf.Tensor {
  return ({ U, W }, a) => {
    const fit = tf.sum(tf.square(tf.sub(a, tf.matMul(U, W))));
    const size = tf.add(tf.sum(tf.square(U)), tf.sum(tf.square(W)));
    const excess = tf.sum(tf.square(tf.sub(tf.sum(tf.square(W), 1), 1)));
    return tf.addN([
      tf.mul(0.5, fit),
      tf.mul(constant(mu / 2), size),
      tf.mul(constant(unitRows / 4), excess),
    ]);
  };
}

/**
 * The condition behind the derivatives of both factors by A, as a root. With mu = 0 and unitRows = 0 the scale of each pair
 * (U D, D⁻¹ W) is free and the system singular: solve it with 'minimum-norm', or pin the scale.
 */
export function nmfOptimality(options: NmfOptions = {}): OptimalityFn<NmfFactors, [tf.Tensor]> {
  checkWeights('nmfOptimality', options);
  const map = projectedGradient<NmfFactors, [tf.Tensor]>(nmfObjective(options), ({ U, W }) => ({
    U: tf.relu(U),
    W: tf.relu(W),
  }));
  return fixedPointResidual(map);
}

/** Unconstrained copies and scaled duals of both factors. */
interface Splitting {
  readonly copy: NmfFactors;
  readonly dual: NmfFactors;
}

/** Solves the ridge-penalised least-squares problem of one factor: (target · factorᵀ + rho · anchor)(G + (mu + rho) I)⁻¹. */
function leastSquaresCopy(
  target: tf.Tensor,
  factor: tf.Tensor,
  anchor: tf.Tensor,
  current: tf.Tensor,
  mu: number,
): tf.Tensor {
  const [r, p] = factor.shape as [number, number];
  const { rho, inverse } = withoutTape(() => {
    const gram = rowGram(toFloat64(factor), r, p);
    let trace = 0;
    for (let i = 0; i < r; i++) trace += gram[i * r + i];
    const penalty = Math.max(trace / r, 1e-12);
    for (let i = 0; i < r; i++) gram[i * r + i] += penalty + mu;
    return { rho: penalty, inverse: inverseOf(luFactor(gram, r), r) };
  });
  const pull = tf.matMul(tf.sub(tf.matMul(current, factor), target), factor, false, true);
  const gap = tf.addN([pull, tf.mul(constant(mu), current), tf.mul(constant(rho), tf.sub(current, anchor))]);
  return tf.sub(current, tf.matMul(gap, constant(inverse, [r, r])));
}

/**
 * A ≈ U W with U, W >= 0 by the alternating direction method of multipliers (Huang, Sidiropoulos & Liavas 2016); the argument of
 * `run` is A [n, p], the start a pair of factors. Finds a local minimum.
 *
 * Error: norm of the projected-gradient residual. `unitRows` normalises the rows of W in every step.
 * Differentiated through {@link nmfOptimality}, by minimum norm where the scale is free. @default maxIter 20000
 */
export function nmfAdmm(options: NmfOptions = {}): Solver<NmfFactors, [tf.Tensor], Splitting> {
  checkWeights('nmfAdmm', options);
  const { mu = 0, unitRows = 0 } = options;
  const optimality = nmfOptimality(options);
  const gauge = mu === 0 && unitRows === 0;
  const implicit = { ...(gauge ? { solve: 'minimum-norm' as const } : {}), ...options.implicit };
  return createSolver<NmfFactors, [tf.Tensor], Splitting>(
    {
      optimality,
      maxIter: 20_000,
      start: (x, a) => {
        checkFields('nmfAdmm: the start', x, FACTORS);
        checkFactors('nmfAdmm', x.U, a, x.W);
        return { copy: x, dual: zipTrees(x, x, (leaf) => tf.zerosLike(leaf)) };
      },
      advance: (x, { copy, dual }, _, a) => {
        const u = leastSquaresCopy(a, x.W, tf.sub(x.U, dual.U), copy.U, mu);
        const U = tf.relu(tf.add(u, dual.U));
        const wT = leastSquaresCopy(
          tf.transpose(a),
          tf.transpose(U),
          tf.transpose(tf.sub(x.W, dual.W)),
          tf.transpose(copy.W),
          mu,
        );
        const w = tf.transpose(wT);
        const W = tf.relu(tf.add(w, dual.W));
        const memory = {
          copy: { U: u, W: w },
          dual: { U: tf.add(dual.U, tf.sub(u, U)), W: tf.add(dual.W, tf.sub(w, W)) },
        };
        const next = { U, W };
        return { x: next, memory, error: treeNorm(withoutTape(() => optimality(next, a))) };
      },
    },
    { ...options, implicit },
  );
}
