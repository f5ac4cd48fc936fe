import { checkFunctions } from '../checks.ts';
import { checkImplicitOptions } from '../implicit-options.ts';
import { checkNames } from '../option-names.ts';
import type { NamesOf } from '../option-names.ts';
import type { SolverOptions } from './solver.ts';

/** The options of every solver. */
export const SOLVER_NAMES: NamesOf<SolverOptions> = {
  maxIter: true,
  tol: true,
  implicit: true,
  onSolved: true,
};

/** Checks how a solver is made: that functions are functions, and that options have the names and kinds they should have. */
export function checkSetup<O extends SolverOptions>(
  where: string,
  functions: Readonly<Record<string, unknown>>,
  options: O,
  names: NamesOf<O>,
): void {
  checkFunctions(where, functions);
  checkNames(where, options, names);
  if (options.onSolved !== undefined) checkFunctions(where, { onSolved: options.onSolved });
  if (options.implicit !== undefined) checkImplicitOptions(`${where}: implicit`, options.implicit);
}
