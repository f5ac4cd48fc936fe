import * as tf from '@tensorflow/tfjs-core';
import { explainFailure } from './arity.ts';
import { ImplicitError } from './errors.ts';
import { toFloat64 } from './float64/float64-backend.ts';
import type { ImplicitOptions } from './implicit-options.ts';
import { registerGradients } from './gradients/register-gradients.ts';
import { allFinite } from './linear-solve/vector.ts';
import { flattenTree, haveShapesOf, packSamples, shapesOf, unpackSamples } from './tree.ts';
import type { FlatTree } from './tree.ts';
import { checkAlive } from './checks.ts';

/** F(x, theta) on packed vectors: x [n], the differentiated tensors, the other tensors -> [n]. */
export type Residual = (
  x: tf.Tensor,
  theta: readonly tf.Tensor[],
  constants: readonly tf.Tensor[],
) => tf.Tensor;

/** A user's optimality condition at one solution and one set of arguments, taken apart into plain tensors. */
export interface ResidualMap {
  readonly residual: Residual;
  /** Tensors of the solution. */
  readonly solution: readonly tf.Tensor[];
  readonly theta: readonly tf.Tensor[];
  readonly constants: readonly tf.Tensor[];
  /** Puts one value for each differentiated tensor into the shape of the arguments, null for all other tensors. */
  arrange<T>(values: readonly unknown[]): T;
  /** How many samples the vectors hold, one after the other; 1 without a batch. */
  readonly batch: number;
  /** Joins tensors shaped like the solution into a vector. */
  readonly pack: (leaves: readonly tf.Tensor[]) => tf.Tensor;
  /** Cuts such a vector into tensors shaped like the solution. */
  readonly unpack: (vector: tf.Tensor) => tf.Tensor[];
  /** Which tensors of the arguments, in the order of a tree's leaves, are differentiated. */
  readonly isTheta: readonly boolean[];
}

/** F of the solution and the arguments, with values shaped like the solution. */
export type OptimalityFn<X, A extends unknown[]> = (x: X, ...args: A) => X;

/**
 * Takes a problem apart; tensors of type float32 (tfjs's only real type) outside `constantArguments` are differentiated.
 *
 * Throws ImplicitError 'bad-tensor' when the solution holds no tensor, integers, or values that are not finite, and later
 * when F does not return the solution's shapes.
 */
export function createResidualMap<X, A extends unknown[]>(
  optimalityFn: OptimalityFn<X, A>,
  solution: X,
  args: A,
  {
    constants: constantArguments = [],
    batch: batchAxes = 0,
  }: Pick<ImplicitOptions, 'constants' | 'batch'> = {},
): ResidualMap {
  registerGradients();
  checkPositions(constantArguments, args.length);
  const x = flattenTree(solution);
  checkAlive('implicit differentiation', [...x.leaves, ...flattenTree(args).leaves]);
  checkSolution(x);
  const shapes = x.leaves.map((leaf) => leaf.shape);
  const batch = countSamples(x.leaves, batchAxes);
  const join = (leaves: readonly tf.Tensor[]): tf.Tensor => packSamples(leaves, batch);
  const part = (vector: tf.Tensor): tf.Tensor[] => unpackSamples(vector, shapes, batch);
  const all = flattenTree(args);
  const isTheta = differentiableLeaves(args, constantArguments);
  const residual: Residual = (vector, theta, constants) => {
    const queues = { theta: [...theta], constants: [...constants] };
    const leaves = isTheta.map((yes) => (yes ? queues.theta.shift()! : queues.constants.shift()!));
    const evaluate = (): X => optimalityFn(x.rebuild<X>(part(vector)), ...all.rebuild<A>(leaves));
    const value = explainFailure('optimality condition', optimalityFn, [solution, ...args], evaluate);
    return join(residualLeaves(value, x.leaves));
  };
  return {
    residual,
    solution: x.leaves,
    theta: all.leaves.filter((_, i) => isTheta[i]),
    constants: all.leaves.filter((_, i) => !isTheta[i]),
    isTheta,
    batch,
    pack: join,
    unpack: part,
    arrange: <T>(values: readonly unknown[]) => {
      const queue = [...values];
      return all.rebuild<T>(isTheta.map((yes) => (yes ? queue.shift() : null)));
    },
  };
}

function differentiableLeaves(args: readonly unknown[], constantArguments: readonly number[]): boolean[] {
  return args.flatMap((argument, position) =>
    flattenTree(argument).leaves.map(
      (leaf) => leaf.dtype === 'float32' && !constantArguments.includes(position),
    ),
  );
}

function checkPositions(constants: readonly number[], count: number): void {
  const wrong = constants.find((p) => !Number.isInteger(p) || p < 0 || p >= count);
  if (wrong === undefined) return;
  throw new ImplicitError(
    'bad-usage',
    `constants: ${wrong} is no position among ${count} argument${count === 1 ? '' : 's'} (the first is 0, after the solution)`,
  );
}

function checkSolution(x: FlatTree<unknown>): void {
  if (x.leaves.length === 0) {
    throw new ImplicitError('bad-tensor', 'implicit differentiation: the solution holds no tensor', {
      hint: 'A solver must return a tensor, or arrays and plain objects of tensors.',
    });
  }
  if (x.leaves.every(({ size }) => size === 0))
    throw new ImplicitError('bad-tensor', 'implicit differentiation: the solution has no entries');
  for (const leaf of x.leaves) {
    if (leaf.dtype !== 'float32') {
      throw new ImplicitError(
        'bad-tensor',
        `implicit differentiation: the solution must be real (float32), got ${leaf.dtype} of shape [${leaf.shape.join(', ')}]`,
      );
    }
    if (!allFinite(toFloat64(leaf))) {
      throw new ImplicitError(
        'bad-tensor',
        'implicit differentiation: the solution has entries that are not finite',
        {
          hint: 'The solver diverged, or was started outside its domain.',
        },
      );
    }
  }
}

/** The samples in the leading axes, which all tensors of the solution must share; ImplicitError 'bad-usage', 'bad-tensor'. */
function countSamples(leaves: readonly tf.Tensor[], axes: number): number {
  if (!Number.isInteger(axes) || axes < 0) {
    throw new ImplicitError('bad-usage', `batch: the number of leading axes must be 0 or more, got ${axes}`);
  }
  const leading = leaves.map(({ shape }) => shape.slice(0, axes).join());
  if (leaves.every(({ rank }) => rank >= axes) && new Set(leading).size === 1)
    return tf.util.sizeFromShape(leaves[0].shape.slice(0, axes));
  throw new ImplicitError(
    'bad-tensor',
    `batch: all tensors of the solution must share their first ${axes} axes, got ${shapesOf(leaves)}`,
  );
}

/** What F returned, after comparing it with the solution leaf by leaf. */
function residualLeaves(value: unknown, x: readonly tf.Tensor[]): readonly tf.Tensor[] {
  const { leaves } = flattenTree(value);
  if (!haveShapesOf(leaves, x)) {
    throw new ImplicitError(
      'bad-tensor',
      `optimality condition: expected values shaped like the solution, ${shapesOf(x)}, got ${shapesOf(leaves)}`,
      { hint: 'F(x, ...) must return one value for every entry of x, in the same structure.' },
    );
  }
  const whole = leaves.find(({ dtype }) => dtype !== 'float32');
  if (!whole) return leaves;
  throw new ImplicitError('bad-tensor', `optimality condition: values must be real, got ${whole.dtype}`, {
    hint: 'Casts to integers and comparisons have no derivative.',
  });
}
