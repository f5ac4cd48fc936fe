import type { DerivativeReport, LinearReport } from './derivative-report.ts';
import { checkFunctions } from './checks.ts';
import { ImplicitError } from './errors.ts';
import { linearSolver } from './linear-solve/linear-solve.ts';
import { checkOptions as checkLinearOptions } from './linear-solve/prepare.ts';
import { checkNames } from './option-names.ts';
import type { NamesOf } from './option-names.ts';
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

const IMPLICIT: NamesOf<ImplicitOptions> = {
  solve: true,
  linear: true,
  onSolve: true,
  onDerivative: true,
  constants: true,
  batch: true,
  unsolved: true,
  unsolvedAbove: true,
  onWarning: true,
};

/** What else a function takes beside the options of derivatives. */
const WITH_AUX = { ...IMPLICIT, hasAux: true } as const;

/**
 * ImplicitError 'unknown-name' for an option, a linear solver or one of its options that does not exist, 'bad-usage' for a value
 * that makes no sense.
 */
export function checkImplicitOptions(
  where: string,
  options: ImplicitOptions & { readonly hasAux?: boolean },
): void {
  checkNames(where, options, WITH_AUX);
  const { solve, linear, unsolved, unsolvedAbove, onSolve, onDerivative, onWarning } = options;
  if (solve !== undefined) linearSolver(solve);
  if (linear !== undefined) checkLinearOptions(linear);
  for (const [name, listener] of Object.entries({ onSolve, onDerivative, onWarning }))
    if (listener !== undefined) checkFunctions(where, { [name]: listener });
  if (unsolved !== undefined && !['throw', 'warn', 'accept'].includes(unsolved))
    throw new ImplicitError('bad-usage', `${where}: unsolved must be throw, warn or accept, got ${unsolved}`);
  if (unsolvedAbove !== undefined && !(unsolvedAbove >= 0))
    throw new ImplicitError(
      'bad-usage',
      `${where}: unsolvedAbove must be a number from 0 on, got ${String(unsolvedAbove)}`,
    );
}

interface ConsoleLike {
  readonly console?: { readonly warn: (message: string) => void };
}

/** Passes a warning on as the options say. */
export function warn(message: string, { onWarning }: ImplicitOptions): void {
  if (onWarning) onWarning(message);
  else (globalThis as ConsoleLike).console?.warn(message);
}
