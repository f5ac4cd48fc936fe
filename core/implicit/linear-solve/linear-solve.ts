import { ImplicitError } from '../errors.ts';
import { bicgstab } from './bicgstab.ts';
import { cg } from './cg.ts';
import { cholesky, lu } from './dense-solve.ts';
import { gmres } from './gmres.ts';
import type { LinearOperator, LinearSolution, LinearSolver } from './linear-operator.ts';
import { minimumNorm } from './minimum-norm.ts';
import { normalCg } from './normal-cg.ts';
import { perBlock } from './per-block.ts';

/** Up to this size the default assembles the matrix: exact, and dearer than a few dozen products only slowly. */
const DENSE_LIMIT = 500;

const blockLu = perBlock(lu);

/** Whether the default assembles the matrix. */
export const assembledByDefault = ({ size, batch = 1 }: LinearOperator): boolean =>
  size / batch <= DENSE_LIMIT;

/**
 * The default. Dense LU up to 500 unknowns (of a sample, for a batch); beyond that gmres, then bicgstab from where it stopped, then normal-cg.
 *
 * Krylov methods on the normal equations alone, as some toolkits default to, lose most digits on the
 * Karush-Kuhn-Tucker systems of constrained problems.
 */
const auto: LinearSolver = (operator, b, options = {}) => {
  if (assembledByDefault(operator)) return blockLu(operator, b, options);
  const methods = [gmres, bicgstab, ...(operator.applyTranspose ? [normalCg] : [])];
  let best: LinearSolution | undefined;
  for (const method of methods) {
    const start = best && Number.isFinite(best.residual) ? { init: best.x } : {};
    const solution = method(operator, b, { ...options, ...start });
    if (solution.status === 'converged') return solution;
    if (!best || !(solution.residual >= best.residual)) best = solution;
  }
  return best!;
};

const solvers = {
  auto,
  cg,
  'normal-cg': normalCg,
  bicgstab,
  gmres,
  lu: blockLu,
  cholesky: perBlock(cholesky),
  'minimum-norm': perBlock(minimumNorm),
} as const satisfies Record<string, LinearSolver>;

/** A linear solver by its name; the README says which serves what. */
export type LinearSolverName = keyof typeof solvers;

/** The names a `solve` option takes. */
export const linearSolverNames = Object.keys(solvers) as readonly LinearSolverName[];

/** Looks a solver up by name; ImplicitError 'unknown-name' lists the names there are. */
export function linearSolver(solver: LinearSolverName | LinearSolver): LinearSolver {
  if (typeof solver === 'function') return solver;
  const found = (solvers as Readonly<Record<string, LinearSolver | undefined>>)[solver];
  if (found) return found;
  throw new ImplicitError('unknown-name', `unknown linear solver "${String(solver)}"`, {
    hint: `Use one of ${linearSolverNames.join(', ')}, or a function.`,
  });
}
