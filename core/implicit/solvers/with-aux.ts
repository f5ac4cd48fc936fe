import * as tf from '@tensorflow/tfjs-core';
import { withArityOf } from '../arity.ts';
import { ImplicitError } from '../errors.ts';
import type { Objective } from '../optimality/gradient.ts';
import { flattenTree } from '../tree.ts';
import type { Solver } from './solver.ts';
import { checkFunctions } from '../checks.ts';

/** An objective that also returns whatever was worked out on the way: a tensor, or a tree with tensors in it. */
export type ObjectiveWithAux<X, A extends unknown[], T> = (
  x: X,
  ...args: A
) => { readonly value: tf.Tensor; readonly aux: T };

/** A solution with the objective's value and its auxiliary output there. */
export interface SolutionWithAux<X, T> {
  readonly x: X;
  readonly value: tf.Tensor;
  readonly aux: T;
}

/**
 * Solves for an objective with auxiliary output: `makeSolver` gets the objective without it, as in
 * `withAux(solvers.lbfgs, objective)` or `withAux((f) => solvers.projectedGradient(f, project), objective)`.
 *
 * The result is `run` of that solver, with `value` and `aux` computed from the solution it returns (not from its last but
 * one iterate). All three are differentiable by the arguments: through the solution, and directly. Throws ImplicitError
 * 'bad-usage' unless the objective returns { value, aux }, and what the solver throws.
 */
export function withAux<X, A extends unknown[], T>(
  makeSolver: (objective: Objective<X, A>) => Pick<Solver<X, A>, 'run'>,
  objective: ObjectiveWithAux<X, A, T>,
): (x0: X, ...args: A) => SolutionWithAux<X, T> {
  checkFunctions('withAux', { 'the solver': makeSolver, 'the objective': objective });
  const checked: typeof objective = (x, ...args) => {
    const result = objective(x, ...args) as unknown;
    const isPair = typeof result === 'object' && result !== null && 'value' in result && 'aux' in result;
    if (isPair) return result as ReturnType<typeof objective>;
    throw new ImplicitError('bad-usage', 'withAux: the objective must return { value, aux }');
  };
  const solver = makeSolver(withArityOf(objective, (x: X, ...args: A) => checked(x, ...args).value));
  return (x0, ...args) => {
    let solved: SolutionWithAux<X, T> | undefined;
    tf.tidy(() => {
      const x = solver.run(x0, ...args);
      solved = { x, ...checked(x, ...args) };
      return [...flattenTree(solved).leaves];
    });
    return solved!;
  };
}
