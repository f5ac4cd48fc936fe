import * as tf from '@tensorflow/tfjs-core';
import { ImplicitError } from './errors.ts';
import { toFloat64 } from './float64/float64-backend.ts';
import { linearSolver } from './linear-solve/linear-solve.ts';
import type { LinearSolverName } from './linear-solve/linear-solve.ts';
import type {
  LinearOperator,
  LinearSolution,
  LinearSolveOptions,
  LinearSolver,
} from './linear-solve/linear-operator.ts';
import { allFinite } from './linear-solve/vector.ts';

/** What became of the linear system behind a derivative. */
export type LinearReport = Omit<LinearSolution, 'x'>;

/** How a derivative is computed from an optimality condition. */
export interface ImplicitOptions {
  /** How to solve the linear system with ∂F/∂x. @default 'auto' */
  readonly solve?: LinearSolverName | LinearSolver;
  /** Passed to the linear solver; `tol` defaults to 1e-12 on the float64 backend and to 1e-6 on float32 ones. */
  readonly linear?: LinearSolveOptions;
  /**
   * Called after every linear solve. When given, an unsolved system no longer throws: the caller decides what a status
   * other than `converged` means. Values that are not finite throw all the same.
   */
  readonly onSolve?: (report: LinearReport) => void;
  /** Positions of arguments (after the solution) that are never differentiated, on top of numbers and integers. */
  readonly constants?: readonly number[];
}

/** Solves the system of a derivative by the options; ImplicitError 'not-differentiable' when it has no answer. */
export function solveForDerivative(
  operator: LinearOperator,
  b: Float64Array,
  { solve = 'auto', linear, onSolve }: ImplicitOptions,
): Float64Array {
  if (!allFinite(b)) throw notFinite('the vector to differentiate along');
  const tol = tf.backend().epsilon() < 1e-10 ? 1e-12 : 1e-6;
  const { x, ...report } = linearSolver(solve)(operator, b, { tol, ...linear });
  onSolve?.(report);
  if (!allFinite(x)) throw notFinite('the solution of the linear system');
  if (report.status !== 'converged' && !onSolve) {
    throw new ImplicitError(
      'not-differentiable',
      `implicit derivative: the linear system of ${operator.size} unknowns was not solved: ${report.status}, ` +
        `relative residual ${report.residual.toPrecision(3)}`,
      {
        hint: 'The derivative of the optimality condition by the solution may be singular here. Try { linear: { ridge: 1e-8 } }, { solve: "minimum-norm" } if the solution has a free gauge, or another solver.',
      },
    );
  }
  return x;
}

/** ImplicitError 'not-differentiable' if ∂F/∂args gave values that are not finite. */
export function checkDerivative(tensors: readonly tf.Tensor[]): void {
  if (!tensors.every((tensor) => allFinite(toFloat64(tensor)))) throw notFinite('the result');
}

function notFinite(what: string): ImplicitError {
  return new ImplicitError(
    'not-differentiable',
    `implicit derivative: ${what} has entries that are not finite`,
    {
      hint: 'Check that the optimality condition and its derivatives are finite at the solution (log 0, division by 0, 0 · Infinity).',
    },
  );
}
