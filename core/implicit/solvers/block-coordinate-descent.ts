import * as tf from '@tensorflow/tfjs-core';
import { ImplicitError } from '../errors.ts';
import { constant } from '../constant.ts';
import { fixedPointResidual } from '../custom-fixed-point.ts';
import { blockProximalGradient } from '../optimality/fixed-points.ts';
import type { BlockProxFn } from '../optimality/fixed-points.ts';
import { gradientOf } from '../optimality/gradient.ts';
import type { Objective } from '../optimality/gradient.ts';
import { checkStepsize } from './check-solver.ts';
import { createSolver, treeNorm } from './solver.ts';
import type { Solver, SolverOptions } from './solver.ts';

/** Options of {@link blockCoordinateDescent}. */
export interface BlockCoordinateOptions extends SolverOptions {
  /** One for each block, at most 1 / (curvature of the block); a single number serves all. @default 1 */
  readonly stepsizes?: number | readonly number[];
}

function checkBlocks(x: readonly tf.Tensor[], stepsizes: number | readonly number[]): null {
  const isList = Array.isArray(x) && x.every((block) => block instanceof tf.Tensor);
  if (isList && (typeof stepsizes === 'number' || stepsizes.length === x.length)) return null;
  throw new ImplicitError(
    'bad-tensor',
    isList
      ? `block coordinate descent: ${x.length} blocks need as many step sizes or a single one`
      : 'block coordinate descent: the start must be a list of tensors',
  );
}

/**
 * minimise f(x, ...args) + Σⱼ gⱼ(xⱼ) over a list of blocks by cyclic proximal-gradient steps, one block after the other
 * (Tseng & Yun 2009).
 *
 * Error: norm of the last sweep's changes, each over its step size. Differentiated through the block proximal-gradient
 * fixed point, which treats all blocks at once and has the same solutions. @default maxIter 5000
 */
export function blockCoordinateDescent<A extends unknown[]>(
  objective: Objective<readonly tf.Tensor[], A>,
  prox: BlockProxFn<A>,
  options: BlockCoordinateOptions = {},
): Solver<readonly tf.Tensor[], A, null> {
  const { stepsizes = 1 } = options;
  const stepOf = (block: number): number => (typeof stepsizes === 'number' ? stepsizes : stepsizes[block]);
  (typeof stepsizes === 'number' ? [stepsizes] : stepsizes).forEach(checkStepsize);
  const updateBlock = (x: readonly tf.Tensor[], block: number, args: A): tf.Tensor => {
    const ofBlock: Objective<tf.Tensor, A> = (value, ...rest) => objective(x.with(block, value), ...rest);
    const eta = constant(stepOf(block));
    const moved = tf.sub(x[block], tf.mul(eta, gradientOf(ofBlock)(x[block], ...args)));
    return prox(moved, eta, block, ...args);
  };
  return createSolver<readonly tf.Tensor[], A, null>(
    {
      optimality: fixedPointResidual(blockProximalGradient(objective, prox, stepsizes)),
      maxIter: 5000,
      start: (...[x]: [readonly tf.Tensor[], ...A]) => checkBlocks(x, stepsizes),
      advance: (x, _, __, ...args) => {
        let current = x;
        let error = 0;
        x.forEach((_block, block) => {
          const next = updateBlock(current, block, args);
          error += (treeNorm(tf.sub(next, current[block])) / stepOf(block)) ** 2;
          current = current.with(block, next);
        });
        return { x: current, memory: null, error: Math.sqrt(error) };
      },
    },
    options,
  );
}
