import * as tf from '@tensorflow/tfjs-core';
import { constant } from '../constant.ts';
import { fixedPointResidual } from '../custom-fixed-point.ts';
import { toFloat64 } from '../float64/float64-backend.ts';
import { rowGram } from '../float64-matrix.ts';
import { luFactor } from '../linear-solve/lu-factor.ts';
import { zipTrees } from '../optimality/gradient.ts';
import type { OptimalityFn } from '../residual-map.ts';
import { flattenTree, pack, unpack } from '../tree.ts';
import { createSolver, treeNorm } from './solver.ts';
import type { Solver, SolverOptions } from './solver.ts';
import type { NamesOf } from '../option-names.ts';
import { checkSetup, SOLVER_NAMES } from './check-setup.ts';
import { checkCount } from '../option-names.ts';
import { ImplicitError } from '../errors.ts';

/** x <- T(x, ...args). Error: ‖T(x) - x‖. Differentiated through x = T(x). @default maxIter 5000 */
export function fixedPointIteration<X, A extends unknown[]>(
  map: OptimalityFn<X, A>,
  options: SolverOptions = {},
): Solver<X, A, null> {
  checkSetup('fixedPointIteration', { 'the map': map }, options, SOLVER_NAMES);
  return createSolver<X, A, null>(
    {
      optimality: fixedPointResidual(map),
      recipe: { kind: 'fixed-point', map, scale: 1 },
      maxIter: 5000,
      start: () => null,
      advance: (x, _, __, ...args) => {
        const next = map(x, ...args);
        return { x: next, memory: null, error: treeNorm(zipTrees(next, x, (a, b) => tf.sub(a, b))) };
      },
    },
    options,
  );
}

/** Options of {@link anderson}. */
export interface AndersonOptions extends SolverOptions {
  /** Earlier points combined. @default 5 */
  readonly history?: number;
  /** Regularisation of the least-squares problem, relative to its size. @default 1e-10 */
  readonly ridge?: number;
}

const ANDERSON: NamesOf<AndersonOptions> = { ...SOLVER_NAMES, history: true, ridge: true };

/** Packed points' images T(x) and residuals T(x) - x, newest first. */
interface AndersonHistory {
  readonly images: readonly tf.Tensor[];
  readonly residuals: readonly tf.Tensor[];
}

/** Weights summing to 1 that make the combined residual smallest. */
export function combinationWeights(residuals: readonly Float64Array[], ridge: number): Float64Array {
  const m = residuals.length;
  const rows = Float64Array.from(residuals.flatMap((r) => Array.from(r)));
  const gram = rowGram(rows, m, residuals[0].length);
  let trace = 0;
  for (let i = 0; i < m; i++) trace += gram[i * m + i];
  for (let i = 0; i < m; i++) gram[i * m + i] += ridge * trace + Number.MIN_VALUE;
  const raw = luFactor(gram, m).solve(new Float64Array(m).fill(1));
  const total = raw.reduce((sum, value) => sum + value, 0);
  const weights = raw.map((value) => value / total);
  // A degenerate history: the newest point alone.
  return weights.every(Number.isFinite) ? weights : weights.map((_, i) => (i === 0 ? 1 : 0));
}

/**
 * Anderson acceleration (1965; Walker & Ni 2011) of x = T(x, ...args): the image of the best affine combination of the last
 * points. Error: ‖T(x) - x‖. @default maxIter 500
 */
export function anderson<X, A extends unknown[]>(
  map: OptimalityFn<X, A>,
  options: AndersonOptions = {},
): Solver<X, A, AndersonHistory> {
  checkSetup('anderson', { 'the map': map }, options, ANDERSON);
  const { history = 5, ridge = 1e-10 } = options;
  checkCount('anderson', 'history', history);
  if (!(ridge >= 0))
    throw new ImplicitError('bad-usage', `anderson: ridge must be a number from 0 on, got ${String(ridge)}`);
  return createSolver<X, A, AndersonHistory>(
    {
      optimality: fixedPointResidual(map),
      recipe: { kind: 'anderson', map, history, ridge },
      maxIter: 500,
      start: () => ({ images: [], residuals: [] }),
      advance: (x, memory, _, ...args) => {
        const tree = flattenTree(x);
        const image = pack(flattenTree(map(x, ...args)).leaves);
        const residual = tf.sub(image, pack(tree.leaves));
        const images = [image, ...memory.images].slice(0, history);
        const residuals = [residual, ...memory.residuals].slice(0, history);
        const weights = combinationWeights(residuals.map(toFloat64), ridge);
        const next = tf.addN(images.map((old, i) => tf.mul(constant(weights[i]), old)));
        const shapes = tree.leaves.map((leaf) => leaf.shape);
        return {
          x: tree.rebuild<X>(unpack(next, shapes)),
          memory: { images, residuals },
          error: treeNorm(residual),
        };
      },
    },
    options,
  );
}
