import type * as tf from '@tensorflow/tfjs-core';
import type { FlatTree } from '../../tree.ts';
import { checkShapes } from '../../solvers/check-solver.ts';
import { flattenTree, pack, unpack } from '../../tree.ts';
import type { Closure } from '../closure.ts';

/** When a loop ends. */
export interface Limits {
  readonly maxIter: number;
  readonly tol: number;
  /** Rounding of the active backend, which a line search takes into account. */
  readonly epsilon: number;
}

/** Where a loop ended: packed unknowns, and a step size where the method has one. */
export interface LoopEnd {
  readonly x: Float64Array;
  readonly iterations: number;
  readonly error: number;
  readonly stepsize?: number;
}

/** The iterations of a solver on a plan, for one structure of unknowns and arguments. */
export interface Loop {
  readonly closure: Closure;
  /** Iterates from packed unknowns; no tensor is made. */
  readonly run: (x0: Float64Array, leaves: readonly tf.Tensor[], limits: Limits) => LoopEnd;
}

/** Unknowns that are a tree of tensors, as a vector and back. */
export interface PackedUnknowns<X> {
  readonly size: number;
  readonly apart: (vector: tf.Tensor) => X;
}

export function packedUnknowns<X>(tree: FlatTree<X>): PackedUnknowns<X> {
  const { leaves } = tree;
  const shapes = leaves.map(({ shape }) => shape);
  return {
    size: leaves.reduce((sum, leaf) => sum + leaf.size, 0),
    apart: (vector) => tree.rebuild<X>(unpack(vector, shapes)),
  };
}

/** Joins a step's result; throws what a solver throws if it has not the shapes of what it came from. */
export function packLike(before: unknown, after: unknown): tf.Tensor {
  checkShapes(before, after);
  return pack(flattenTree(after).leaves);
}

/** Whether a loop goes on; the rules are those of every solver. */
export const goesOn = (error: number, iteration: number, { maxIter, tol }: Limits): boolean =>
  !(iteration > 0 && !Number.isFinite(error)) && !(error <= tol) && iteration < maxIter;

/** ⟨a, b⟩, in four sums side by side: one alone would wait for each addition. */
export function dot(a: Float64Array, b: Float64Array): number {
  let [first, second, third, fourth] = [0, 0, 0, 0];
  const whole = a.length - (a.length % 4);
  for (let i = 0; i < whole; i += 4) {
    first += a[i] * b[i];
    second += a[i + 1] * b[i + 1];
    third += a[i + 2] * b[i + 2];
    fourth += a[i + 3] * b[i + 3];
  }
  for (let i = whole; i < a.length; i++) first += a[i] * b[i];
  return first + second + (third + fourth);
}

/** ‖a - b‖₂. */
export function distance(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] - b[i]) ** 2;
  return Math.sqrt(sum);
}

/** ‖a‖₂, as a plain sum of squares. */
export const length = (a: Float64Array): number => Math.sqrt(dot(a, a));
