import * as tf from '@tensorflow/tfjs-core';
import { constant } from '../constant.ts';
import { fixedPointResidual } from '../custom-fixed-point.ts';
import { gradientOf, stepAgainst, zipTrees } from '../optimality/gradient.ts';
import type { Objective } from '../optimality/gradient.ts';
import { proximalGradient as proximalGradientMap } from '../optimality/fixed-points.ts';
import type { ProjectionFn, ProxFn } from '../optimality/fixed-points.ts';
import { stationaryPoint } from '../optimality/stationary.ts';
import { withoutTape } from '../tape.ts';
import type { OptimalityFn } from '../residual-map.ts';
import type { Scalar } from '../scalar.ts';
import { backtrackedStep, dotTrees, subtractTrees } from './backtracking.ts';
import { SOLVER_NAMES, checkSetup } from './check-setup.ts';
import { checkStepsize } from './check-solver.ts';
import { createSolver, treeNorm } from './solver.ts';
import type { Solver, SolverDefinition, SolverOptions } from './solver.ts';
import type { NamesOf } from '../option-names.ts';

/** Options of {@link proximalGradient} and its relatives. */
export interface ProximalGradientOptions extends SolverOptions {
  /** Fixed step size, at most 1 / (largest curvature) to be safe. @default found by backtracking */
  readonly stepsize?: number;
  /** Nesterov momentum, restarted when it points uphill (O'Donoghue & Candès 2015). @default true */
  readonly acceleration?: boolean;
}

/** Momentum point, its weight, and the step size that last worked. */
interface Momentum<X> {
  readonly y: X;
  readonly t: number;
  readonly stepsize: number;
}

const NAMES: NamesOf<ProximalGradientOptions> = { ...SOLVER_NAMES, stepsize: true, acceleration: true };

/**
 * minimise f(x, ...args) + g(x, ...args), f smooth, g by its proximal operator: FISTA (Beck & Teboulle 2009) with adaptive
 * restart and, unless a step size is given, backtracking.
 *
 * Error: ‖prox(y - ηg) - y‖ / η. Differentiated through the proximal-gradient fixed point. @default maxIter 5000
 */
export function proximalGradient<X, A extends unknown[]>(
  objective: Objective<X, A>,
  prox: ProxFn<X, A>,
  options: ProximalGradientOptions = {},
): Solver<X, A, Momentum<X>> {
  checkSetup('proximalGradient', { 'the objective': objective, 'the prox': prox }, options, NAMES);
  // With the solver's own step size an inexact solution is mapped to the right side of the kinks.
  const rootFor = (stepsize: Scalar): OptimalityFn<X, A> =>
    fixedPointResidual(proximalGradientMap(objective, prox, stepsize));
  const definition = proximalDefinition(objective, prox, rootFor(options.stepsize ?? 1), options, rootFor);
  return createSolver(definition, options);
}

function proximalDefinition<X, A extends unknown[]>(
  objective: Objective<X, A>,
  prox: ProxFn<X, A>,
  optimality: OptimalityFn<X, A>,
  { stepsize, acceleration = true }: ProximalGradientOptions,
  conditionFor?: (stepsize: Scalar) => OptimalityFn<X, A>,
): SolverDefinition<X, A, Momentum<X>> {
  checkStepsize(stepsize);
  const gradient = gradientOf(objective);
  const proxStep = (y: X, g: X, eta: number, args: A): X =>
    prox(stepAgainst(y, constant(eta), g), constant(eta), ...args);
  const findStepsize = (y: X, g: X, first: number, args: A): number =>
    backtrackedStep(
      {
        value: (x) => objective(x, ...args),
        gradient: (x) => gradient(x, ...args),
        stepFrom: (eta) => proxStep(y, g, eta, args),
      },
      y,
      g,
      first,
    );
  return {
    optimality,
    recipe: {
      kind: 'proximal-gradient',
      ...{ objective, prox, stepsize, acceleration },
      ...(conditionFor ? { conditionFor } : {}),
    },
    ...(conditionFor ? { optimalityAfter: ({ stepsize: last }: Momentum<X>) => conditionFor(last) } : {}),
    maxIter: 5000,
    start: (...[x]: [X, ...A]) => ({ y: x, t: 1, stepsize: stepsize ?? 1 }),
    advance: (x, { y, t, stepsize: last }, _, ...args) => {
      const g = gradient(y, ...args);
      // A little growth lets the step recover from one steep region.
      const eta =
        stepsize ?? withoutTape(() => tf.tidy(() => findStepsize(y, g, 1.2 * last, args) as never) as number);
      const next = proxStep(y, g, eta, args);
      const error = treeNorm(subtractTrees(next, y)) / eta;
      const momentum = subtractTrees(next, x);
      const uphill =
        withoutTape(() => tf.tidy(() => dotTrees(subtractTrees(y, next), momentum) as never) as number) > 0;
      const tNext = !acceleration || uphill ? 1 : (1 + Math.sqrt(1 + 4 * t * t)) / 2;
      const weight = constant(acceleration && !uphill ? (t - 1) / tNext : 0);
      const yNext = zipTrees(next, momentum, (leaf, m) => tf.add(leaf, tf.mul(weight, m)));
      return { x: next, memory: { y: yNext, t: tNext, stepsize: eta }, error };
    },
  };
}

/** minimise f(x, ...args) over a convex set given by its projection, which sees the same arguments. See {@link proximalGradient}. */
export function projectedGradient<X, A extends unknown[]>(
  objective: Objective<X, A>,
  projection: ProjectionFn<X, A>,
  options: ProximalGradientOptions = {},
): Solver<X, A, Momentum<X>> {
  const functions = { 'the objective': objective, 'the projection': projection };
  checkSetup('projectedGradient', functions, options, NAMES);
  return proximalGradient(objective, (y, _, ...args) => projection(y, ...args), options);
}

/** minimise a smooth f(x, ...args). Error: ‖∇f‖. Differentiated through ∇f = 0. See {@link proximalGradient}. */
export function gradientDescent<X, A extends unknown[]>(
  objective: Objective<X, A>,
  options: ProximalGradientOptions = {},
): Solver<X, A, Momentum<X>> {
  checkSetup('gradientDescent', { 'the objective': objective }, options, NAMES);
  const identity: ProxFn<X, A> = (...[y]: [X, tf.Tensor, ...A]) => y;
  return createSolver(proximalDefinition(objective, identity, stationaryPoint(objective), options), options);
}
