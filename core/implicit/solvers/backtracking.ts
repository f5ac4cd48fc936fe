import * as tf from '@tensorflow/tfjs-core';
import { zipTrees } from '../optimality/gradient.ts';
import { numberOf, treeNorm } from './solver.ts';

/** A smooth f with its gradient, and where a step of a given size from one point leads. */
export interface StepProblem<X> {
  readonly value: (x: X) => tf.Tensor;
  readonly gradient: (x: X) => X;
  readonly stepFrom: (stepsize: number) => X;
}

/** ⟨a, b⟩ over all tensors of two trees. */
export const dotTrees = <X>(a: X, b: X): number => {
  let sum = 0;
  zipTrees(a, b, (left, right) => {
    sum += numberOf(tf.sum(tf.mul(left, right)));
    return left;
  });
  return sum;
};

/** a - b, tensor by tensor. */
export const subtractTrees = <X>(a: X, b: X): X => zipTrees(a, b, (left, right) => tf.sub(left, right));

/** What a trial step found: f at both ends, ⟨∇f(y), move⟩ and the length of the move. */
interface TrialStep {
  readonly at: number;
  readonly next: number;
  readonly slope: number;
  readonly distance: number;
}

/** Whether f(next) lies under the quadratic model at y; undefined if rounding hides the answer. */
function isBelowModel({ at, next, slope, distance }: TrialStep, eta: number): boolean | undefined {
  const gap = next - at - slope - distance ** 2 / (2 * eta);
  const rounding = 10 * tf.backend().epsilon() * Math.max(Math.abs(at), Math.abs(next));
  return Math.abs(gap) <= rounding ? undefined : gap < 0;
}

/** Where values cannot be told apart, gradients can: the same bound on the curvature along the move. */
function isFlatEnough<X>({ gradient }: StepProblem<X>, g: X, next: X, move: X, eta: number): boolean {
  const distance = treeNorm(move);
  const rounding = 10 * tf.backend().epsilon() * treeNorm(g) * distance;
  return dotTrees(subtractTrees(gradient(next), g), move) <= distance ** 2 / eta + rounding;
}

/**
 * The first of `first`, `first`/2, … at which f lies under its quadratic model at y (Beck & Teboulle 2009), g its gradient
 * there: a step size at most 1 / (curvature along the step). NaN if f is not finite, or falls by no step at all.
 */
export function backtrackedStep<X>(problem: StepProblem<X>, y: X, g: X, first: number): number {
  const at = numberOf(problem.value(y));
  for (let eta = first; Number.isFinite(at) && eta > 1e-30; eta /= 2) {
    const next = problem.stepFrom(eta);
    const move = subtractTrees(next, y);
    const value = numberOf(problem.value(next));
    const step = { at, next: value, slope: dotTrees(g, move), distance: treeNorm(move) };
    if (isBelowModel(step, eta) ?? isFlatEnough(problem, g, next, move, eta)) return eta;
  }
  return NaN;
}
