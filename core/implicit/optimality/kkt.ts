import * as tf from '@tensorflow/tfjs-core';
import type { OptimalityFn } from '../residual-map.ts';
import { gradientOf } from './gradient.ts';
import type { Objective } from './gradient.ts';
import { conditionLike } from '../arity.ts';
import { checkFunctions } from '../checks.ts';
import { checkFields, checkNames } from '../option-names.ts';
import type { NamesOf } from '../option-names.ts';

/** A primal solution with its multipliers: `nu` for equalities, `mu` >= 0 for inequalities; absent if there are none. */
export interface KktPoint<X> {
  readonly x: X;
  readonly nu?: tf.Tensor;
  readonly mu?: tf.Tensor;
}

/** minimise objective s.t. equality(x) = 0 and inequality(x) <= 0, entry by entry. All see the same arguments. */
export interface ConstrainedProblem<X, A extends unknown[]> {
  readonly objective: Objective<X, A>;
  readonly equality?: (x: X, ...args: A) => tf.Tensor;
  readonly inequality?: (x: X, ...args: A) => tf.Tensor;
}

const PROBLEM: NamesOf<ConstrainedProblem<unknown, unknown[]>> = {
  objective: true,
  equality: true,
  inequality: true,
};
/** The fields of a {@link KktPoint}. */
const POINT: NamesOf<KktPoint<unknown>> = { x: true, nu: true, mu: true };

/**
 * The Karush-Kuhn-Tucker conditions as a root:
 * { x: ∇ₓ(f + ⟨nu, g⟩ + ⟨mu, h⟩), nu: g(x), mu: min(mu, -h(x)) }  for equality g and inequality h.
 *
 * The minimum says what mu ⊙ h = 0, mu >= 0 and h <= 0 say together, and its derivative is that of the active or the
 * inactive row at any size of mu. Regular where active constraints are independent and second-order sufficiency holds; a
 * weakly active one (mu = h = 0) counts as inactive, which gives the derivative of one side.
 */
export function kktConditions<X, A extends unknown[]>(
  problem: ConstrainedProblem<X, A>,
): OptimalityFn<KktPoint<X>, A> {
  checkFields('kktConditions', problem, PROBLEM);
  const { objective, equality, inequality } = problem;
  checkFunctions('kktConditions', {
    objective,
    ...(equality ? { equality } : {}),
    ...(inequality ? { inequality } : {}),
  });
  return conditionLike('kktConditions', objective, (point: KktPoint<X>, ...args: A) => {
    checkNames('kktConditions: the point', point, POINT);
    const { x, nu, mu } = point;
    const lagrangian = (at: X): tf.Tensor => {
      const terms = [tf.reshape(objective(at, ...args), [])];
      if (equality && nu) terms.push(tf.sum(tf.mul(nu, equality(at, ...args))));
      if (inequality && mu) terms.push(tf.sum(tf.mul(mu, inequality(at, ...args))));
      return tf.addN(terms);
    };
    return {
      x: gradientOf(lagrangian)(x),
      ...(equality && nu ? { nu: equality(x, ...args) } : {}),
      ...(inequality && mu ? { mu: tf.minimum(mu, tf.neg(inequality(x, ...args))) } : {}),
    };
  });
}
