import * as tf from '@tensorflow/tfjs-core';
import { explainFailure } from '../arity.ts';
import { checkFunctions, checkSameShape } from '../checks.ts';
import { constant } from '../constant.ts';
import { ImplicitError, describeValue } from '../errors.ts';
import { toFloat64 } from '../float64/float64-backend.ts';
import { registerGradients } from '../gradients/register-gradients.ts';
import { checkNames } from '../option-names.ts';
import type { NamesOf } from '../option-names.ts';
import type { Objective } from '../optimality/gradient.ts';
import { packProblem } from '../solvers/packed-problem.ts';
import type { PackedProblem } from '../solvers/packed-problem.ts';
import { withoutTape } from '../tape.ts';
import { flattenTree, pack } from '../tree.ts';
import { backtracking } from './backtracking.ts';
import type { StepCondition } from './backtracking.ts';
import type { Line, LinePoint, LineSearchResult, Search } from './conditions.ts';

import { hagerZhang } from './hager-zhang.ts';
import { zoom } from './zoom.ts';

/** Which line search, and what it asks of a step. */
export interface LineSearchOptions {
  /** @default 'zoom' */
  readonly method?: 'backtracking' | 'zoom' | 'hager-zhang';
  /** Share of the promised fall, in (0, 1). @default 1e-4; 0.1 for hager-zhang */
  readonly c1?: number;
  /** Share of the first slope, in (c1, 1). @default 0.9 */
  readonly c2?: number;
  /** The first step to try, above 0. @default 1 */
  readonly first?: number;
  /** Evaluations at most. @default 60 */
  readonly maxIter?: number;
  /** What backtracking accepts. @default 'strong-wolfe' */
  readonly condition?: StepCondition;
  /** What backtracking multiplies a step with that is too long, in (0, 1). @default 0.5 */
  readonly decrease?: number;
}

/**
 * A line search for f(x, ...args): `(x, direction, ...args) => { step, value, slope, status, evaluations }`, with x and the
 * direction trees of one structure; the new point is x + step · direction. Nothing is recorded. See {@link backtracking},
 * {@link zoom}, {@link hagerZhang} for what the methods accept.
 *
 * Ends in a status, also where no step can be right (`not-descent`, `not-finite`, `unbounded`); a step of 0 is then returned.
 * Throws ImplicitError 'bad-usage' for options out of their range, 'bad-tensor' for a direction unlike x.
 */
export function lineSearch<X, A extends unknown[]>(
  objective: Objective<X, A>,
  options: LineSearchOptions = {},
): (x: X, direction: X, ...args: A) => LineSearchResult {
  registerGradients();
  checkFunctions('line search', { 'the objective': objective });
  checkOptions(options);
  return (x, direction, ...args) =>
    withoutTape(
      () =>
        tf.tidy(() => {
          checkStart(x, direction);
          const packed = packProblem(objective, x, args);
          const along = pack(flattenTree(direction).leaves);
          checkSameShape('line search', 'the direction, all entries in one row,', along, packed.x);
          const search = (): LineSearchResult => searchAlong(packed, packed.x, along, options);
          return explainFailure('line search', objective, [x, ...args], search) as never;
        }) as LineSearchResult,
    );
}

function checkStart(x: unknown, direction: unknown): void {
  const [points, along] = [flattenTree(x).leaves, flattenTree(direction).leaves];
  if (points.length > 0 && along.length > 0) return;
  throw new ImplicitError(
    'bad-tensor',
    `line search: x and the direction must be tensors, got ${describeValue(points.length > 0 ? direction : x)}`,
  );
}

/** The same for a packed problem, with options that have been checked. */
export function searchAlong(
  { objective, gradient }: PackedProblem,
  x: tf.Tensor,
  direction: tf.Tensor,
  options: LineSearchOptions = {},
): LineSearchResult {
  let evaluations = -1;
  const line: Line = (step) => {
    evaluations++;
    return withoutTape(
      () =>
        tf.tidy(() => {
          const point = tf.add(x, tf.mul(constant(step), direction));
          const [value] = toFloat64(objective(point));
          const [slope] = toFloat64(tf.sum(tf.mul(gradient(point), direction)));
          return { step, value, slope } as never;
        }) as LinePoint,
    );
  };
  const start = line(0);
  if (!Number.isFinite(start.value) || !Number.isFinite(start.slope))
    return { ...start, status: 'not-finite', evaluations };
  if (!(start.slope < 0)) return { ...start, status: 'not-descent', evaluations };
  const { first = 1, maxIter = 60 } = options;
  const { point, status } = searchOf(options)(line, start, first, maxIter);
  return { ...point, status, evaluations };
}

function searchOf(options: LineSearchOptions): Search {
  const { method = 'zoom', condition = 'strong-wolfe', decrease = 0.5 } = options;
  const thresholds = { c1: options.c1 ?? (method === 'hager-zhang' ? 0.1 : 1e-4), c2: options.c2 ?? 0.9 };
  switch (method) {
    case 'backtracking':
      return backtracking(thresholds, { condition, decrease });
    case 'zoom':
      return zoom(thresholds);
    case 'hager-zhang':
      return hagerZhang(thresholds);
    default:
      throw new ImplicitError('unknown-name', `unknown line search "${String(method)}"`, {
        hint: 'Use backtracking, zoom or hager-zhang.',
      });
  }
}

const NAMES: NamesOf<LineSearchOptions> = {
  method: true,
  c1: true,
  c2: true,
  first: true,
  maxIter: true,
  condition: true,
  decrease: true,
};

/** ImplicitError 'bad-usage' or 'unknown-name' for options that no search could follow. */
export function checkOptions(options: LineSearchOptions): void {
  checkNames('line search', options, NAMES);
  searchOf(options);
  const { method, c1 = method === 'hager-zhang' ? 0.1 : 1e-4, c2 = 0.9 } = options;
  const { first = 1, maxIter = 60, decrease = 0.5, condition = 'strong-wolfe' } = options;
  const inside = (value: number): boolean => value > 0 && value < 1;
  const wrong = [
    [inside(c1) && inside(c2) && c1 < c2, `0 < c1 < c2 < 1, got c1 = ${c1}, c2 = ${c2}`],
    [first > 0 && Number.isFinite(first), `a first step above 0, got ${first}`],
    [Number.isInteger(maxIter) && maxIter > 0, `a whole number of evaluations above 0, got ${maxIter}`],
    [inside(decrease), `0 < decrease < 1, got ${decrease}`],
    [conditions.includes(condition), `one of ${conditions.join(', ')}, got ${condition}`],
  ].find(([fits]) => !fits);
  if (wrong) throw new ImplicitError('bad-usage', `line search: expected ${String(wrong[1])}`);
}

const conditions: readonly StepCondition[] = ['armijo', 'goldstein', 'wolfe', 'strong-wolfe'];
