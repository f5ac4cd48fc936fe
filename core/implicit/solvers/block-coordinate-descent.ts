import * as tf from '@tensorflow/tfjs-core';
import { ImplicitError } from '../errors.ts';
import { constant } from '../constant.ts';
import { fixedPointResidual } from '../custom-fixed-point.ts';
import { blockProximalGradient } from '../optimality/fixed-points.ts';
import type { BlockProxFn } from '../optimality/fixed-points.ts';
import { gradientOf } from '../optimality/gradient.ts';
import type { Objective } from '../optimality/gradient.ts';
import type { OptimalityFn } from '../residual-map.ts';
import { withoutTape } from '../tape.ts';
import { backtrackedStep } from './backtracking.ts';
import { SOLVER_NAMES, checkSetup } from './check-setup.ts';
import { checkStepsize } from './check-solver.ts';
import { createSolver, treeNorm } from './solver.ts';
import type { Solver, SolverOptions } from './solver.ts';
import type { NamesOf } from '../option-names.ts';

/** Options of {@link blockCoordinateDescent}. */
export interface BlockCoordinateOptions extends SolverOptions {
  /** One for each block, at most 1 / (curvature of the block); a single number serves all. @default found by backtracking */
  readonly stepsizes?: number | readonly number[];
}

const NAMES: NamesOf<BlockCoordinateOptions> = { ...SOLVER_NAMES, stepsizes: true };

function checkBlocks(x: readonly tf.Tensor[], stepsizes: BlockCoordinateOptions['stepsizes']): void {
  const isList = Array.isArray(x) && x.every((block) => block instanceof tf.Tensor);
  if (isList && (!Array.isArray(stepsizes) || stepsizes.length === x.length)) return;
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
): Solver<readonly tf.Tensor[], A, readonly number[]> {
  checkSetup('blockCoordinateDescent', { 'the objective': objective, 'the prox': prox }, options, NAMES);
  const { stepsizes } = options;
  const fixed = (block: number): number | undefined =>
    typeof stepsizes === 'object' ? stepsizes[block] : stepsizes;
  (typeof stepsizes === 'object' ? stepsizes : [stepsizes]).forEach(checkStepsize);
  const rootFor = (steps: number | readonly number[]): OptimalityFn<readonly tf.Tensor[], A> =>
    fixedPointResidual(blockProximalGradient(objective, prox, steps));
  const updateBlock = (x: readonly tf.Tensor[], block: number, last: number, args: A): BlockUpdate => {
    const ofBlock: Objective<tf.Tensor, A> = (value, ...rest) => objective(x.with(block, value), ...rest);
    const gradient = gradientOf(ofBlock);
    const g = gradient(x[block], ...args);
    const stepFrom = (size: number): tf.Tensor => {
      const eta = constant(size);
      return prox(tf.sub(x[block], tf.mul(eta, g)), eta, block, ...args);
    };
    const problem = {
      value: (y: tf.Tensor) => ofBlock(y, ...args),
      gradient: (y: tf.Tensor) => gradient(y, ...args),
      stepFrom,
    };
    // A little growth lets the step recover from one steep region.
    const search = (): number => backtrackedStep(problem, x[block], g, 1.2 * last);
    const size = fixed(block) ?? withoutTape(() => tf.tidy(() => search() as never) as number);
    return { next: stepFrom(size), size };
  };
  return createSolver<readonly tf.Tensor[], A, readonly number[]>(
    {
      optimality: rootFor(stepsizes ?? 1),
      optimalityAfter: rootFor,
      maxIter: 5000,
      start: (...[x]: [readonly tf.Tensor[], ...A]) => {
        checkBlocks(x, stepsizes);
        return x.map((_, block) => fixed(block) ?? 1);
      },
      advance: (x, sizes, __, ...args) => {
        let current = x;
        let error = 0;
        const memory = sizes.map((last, block) => {
          const { next, size } = updateBlock(current, block, last, args);
          error += (treeNorm(tf.sub(next, current[block])) / size) ** 2;
          current = current.with(block, next);
          return size;
        });
        return { x: current, memory, error: Math.sqrt(error) };
      },
    },
    options,
  );
}

/** A block after its step, and the size of the step. */
interface BlockUpdate {
  readonly next: tf.Tensor;
  readonly size: number;
}
