import type { DerivativeReport, LinearReport } from './derivative-report.ts';
import type { LinearSolverName } from './linear-solve/linear-solve.ts';
import type { LinearSolveOptions, LinearSolver } from './linear-solve/linear-operator.ts';

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
  /** Called with how every gradient came about; changes nothing. Direct derivatives carry the same report. */
  readonly onDerivative?: (report: DerivativeReport) => void;
  /** Positions of arguments (after the solution) that are never differentiated, on top of numbers and integers. */
  readonly constants?: readonly number[];
  /**
   * Leading axes of the solution that count samples: sample i of F depends on sample i of x alone (arguments may be shared
   * or by sample). ∂F/∂x is then block diagonal, and every sample is solved by itself: one factorisation, or one run of an
   * iterative method, each. An F that ties samples together is refused ('bad-usage'). A sample that fails leaves the others right; see `samples` in the report. @default 0
   */
  readonly batch?: number;
  /**
   * What a gradient does at a point that does not solve F(x) = 0 (see `unsolvedAbove`): `warn` once for each wrapped
   * function, `throw` ImplicitError 'not-solved', or `accept` it without a word, for who stops early on purpose. Direct
   * derivatives do neither: their report has `optimality` and `displacement`. @default 'warn'
   */
  readonly unsolved?: 'throw' | 'warn' | 'accept';
  /** The `displacement` from which a point counts as unsolved. @default 1e-4 on the float64 backend, 1e-2 on float32 ones */
  readonly unsolvedAbove?: number;
  /** Takes what is worth a warning. @default console.warn */
  readonly onWarning?: (message: string) => void;
}

interface ConsoleLike {
  readonly console?: { readonly warn: (message: string) => void };
}

/** Passes a warning on as the options say. */
export function warn(message: string, { onWarning }: ImplicitOptions): void {
  if (onWarning) onWarning(message);
  else (globalThis as ConsoleLike).console?.warn(message);
}
