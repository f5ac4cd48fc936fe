import * as tf from '@tensorflow/tfjs-core';
import { constant, projectionSimplex, solvers } from 'tfjs-implicit';
import type { objectives } from 'tfjs-implicit';
import { largestCurvature } from './bilevel.ts';

/** Digits told apart. */
export const CLASSES = 3;
/** Training samples, and as many for validation. */
export const SAMPLES = 30;
const BLOCKS = 6;

/** Largest eigenvalues of the dual's Hessian: of all of it, and of each block of rows. */
export interface Curvature {
  readonly whole: number;
  readonly blocks: readonly number[];
}

/** The penalty and the data of the dual. */
export type Args = [tf.Tensor, objectives.OneHotData];
/** The objective of the dual. */
export type Dual = (beta: tf.Tensor, ...args: Args) => tf.Tensor;
/** A solver of the dual with its start, its iterations and how its solution is put together. */
export interface Method {
  readonly name: string;
  readonly iterations: number;
  readonly solver: (
    dual: Dual,
    curvature: Curvature,
    options: solvers.SolverOptions,
  ) => solvers.Solver<never, Args>;
  readonly start: () => unknown;
  readonly join: (x: unknown) => tf.Tensor;
}

const whole = (): tf.Tensor =>
  constant(new Float64Array(SAMPLES * CLASSES).fill(1 / CLASSES), [SAMPLES, CLASSES]);
/** The paper's three solvers. */
export const methods: readonly Method[] = [
  {
    name: 'mirror descent',
    iterations: 200,
    solver: (dual, curvature, options) =>
      solvers.entropicDescent<Args>(dual, { ...options, stepsize: 6 / curvature.whole }) as never,
    start: whole,
    join: (x) => x as tf.Tensor,
  },
  {
    name: 'projected gradient',
    iterations: 100,
    solver: (dual, curvature, options) =>
      solvers.projectedGradient<tf.Tensor, Args>(dual, (y) => projectionSimplex(y), {
        ...options,
        stepsize: 1 / curvature.whole,
      }) as never,
    start: whole,
    join: (x) => x as tf.Tensor,
  },
  {
    name: 'block coordinates',
    iterations: 30,
    solver: (dual, curvature, options) =>
      solvers.blockCoordinateDescent<Args>(
        (rows, ...args) => dual(tf.concat([...rows], 0), ...args),
        (y) => projectionSimplex(y),
        { ...options, stepsizes: curvature.blocks.map((value) => 1 / value) },
      ) as never,
    start: () => tf.split(whole(), BLOCKS, 0),
    join: (x) => tf.concat([...(x as tf.Tensor[])], 0),
  },
];

/** Curvatures of the dual of features X [m, p] at a penalty. */
export function curvatureOf(X: tf.Tensor, theta: number): Curvature {
  const largest = (rows: tf.Tensor): number => largestCurvature(rows) / theta;
  return { whole: largest(X), blocks: tf.split(X, BLOCKS, 0).map(largest) };
}
