import * as tf from '@tensorflow/tfjs-core';
import { fixedPointResidual } from '../custom-fixed-point.ts';
import { entropicMirrorDescent, mirrorDescent as mirrorMapStep } from '../optimality/fixed-points.ts';
import type { ProjectionFn } from '../optimality/fixed-points.ts';
import { zipTrees } from '../optimality/gradient.ts';
import type { Objective } from '../optimality/gradient.ts';
import type { OptimalityFn } from '../residual-map.ts';
import { SOLVER_NAMES, checkSetup } from './check-setup.ts';
import { checkStepsize } from './check-solver.ts';
import { createSolver, treeNorm } from './solver.ts';
import type { Solver, SolverOptions } from './solver.ts';
import type { NamesOf } from '../option-names.ts';

/** Options of {@link mirrorDescent} and {@link entropicDescent}. */
export interface MirrorDescentOptions extends SolverOptions {
  /** @default 1 */
  readonly stepsize?: number;
}

const NAMES: NamesOf<MirrorDescentOptions> = { ...SOLVER_NAMES, stepsize: true };

function fromMap<X, A extends unknown[]>(
  map: OptimalityFn<X, A>,
  options: SolverOptions,
  scale: number,
): Solver<X, A, null> {
  checkStepsize(scale);
  return createSolver<X, A, null>(
    {
      optimality: fixedPointResidual(map),
      recipe: { kind: 'fixed-point', map, scale },
      maxIter: 20_000,
      start: () => null,
      advance: (x, _, __, ...args) => {
        const next = map(x, ...args);
        return { x: next, memory: null, error: treeNorm(zipTrees(next, x, (a, b) => tf.sub(a, b))) / scale };
      },
    },
    options,
  );
}

/**
 * minimise f(x, ...args) in the geometry of a mirror map ∇φ with its Bregman projection (Beck & Teboulle 2003), constant step.
 * Error: ‖T(x) - x‖ / stepsize. Differentiated through x = T(x). @default maxIter 20000
 */
export function mirrorDescent<X, A extends unknown[]>(
  objective: Objective<X, A>,
  mirrorMap: (x: X) => X,
  bregmanProjection: ProjectionFn<X, A>,
  options: MirrorDescentOptions = {},
): Solver<X, A, null> {
  const functions = {
    'the objective': objective,
    'the mirror map': mirrorMap,
    'the projection': bregmanProjection,
  };
  checkSetup('mirrorDescent', functions, options, NAMES);
  const stepsize = options.stepsize ?? 1;
  return fromMap(mirrorMapStep(objective, mirrorMap, bregmanProjection, stepsize), options, stepsize);
}

/** The same on the simplex (last axis) with the entropy: multiplicative updates, safe where entries vanish; start inside, since a zero remains zero. */
export function entropicDescent<A extends unknown[]>(
  objective: Objective<tf.Tensor, A>,
  options: MirrorDescentOptions = {},
): Solver<tf.Tensor, A, null> {
  checkSetup('entropicDescent', { 'the objective': objective }, options, NAMES);
  const stepsize = options.stepsize ?? 1;
  return fromMap(entropicMirrorDescent(objective, stepsize), options, stepsize);
}
