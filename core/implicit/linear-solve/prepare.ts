import { ImplicitError } from '../errors.ts';
import { addRidge } from './linear-operator.ts';
import type { LinearOperator, LinearSolution, LinearSolveOptions, LinearStatus } from './linear-operator.ts';
import { allFinite, norm, subtract } from './vector.ts';
import { checkNames } from '../option-names.ts';
import type { NamesOf } from '../option-names.ts';

/** What every solver starts from, with defaults filled in and the ridge inside the operator. */
export interface Prepared {
  readonly a: LinearOperator;
  readonly tol: number;
  readonly maxIter: number;
  readonly precondition: (r: Float64Array) => Float64Array;
  readonly x: Float64Array;
  readonly r: Float64Array;
  readonly bNorm: number;
  /**
   * Wraps up: recomputes the residual; what is not finite, or claims to have converged and is not even near, is a
   * breakdown.
   */
  readonly finish: (x: Float64Array, status: LinearStatus, iterations: number) => LinearSolution;
}

const NAMES: NamesOf<LinearSolveOptions> = {
  tol: true,
  maxIter: true,
  init: true,
  preconditioner: true,
  ridge: true,
  rankTol: true,
  restart: true,
};

/** ImplicitError 'unknown-name' for an option that does not exist, 'bad-usage' for values that no solve could respect. */
export function checkOptions(options: LinearSolveOptions): void {
  checkNames('linear solve', options, NAMES);
  const { tol = 0, maxIter = 0, ridge = 0, restart = 1 } = options;
  const isWhole = (value: number): boolean => Number.isInteger(value) || value === Infinity;
  const wrong = [
    ...(tol >= 0 ? [] : [`tol must be 0 or more, got ${tol}`]),
    ...(isWhole(maxIter) && maxIter >= 0 ? [] : [`maxIter must be a whole number, got ${maxIter}`]),
    ...(Number.isFinite(ridge) ? [] : [`ridge must be a number, got ${ridge}`]),
    ...(isWhole(restart) && restart >= 1 ? [] : [`restart must be 1 or more, got ${restart}`]),
  ];
  if (wrong.length > 0) throw new ImplicitError('bad-usage', `linear solve: ${wrong.join('; ')}`);
}

/** ImplicitError 'bad-tensor' unless b and a warm start have the operator's size. */
export function checkLengths(
  { size }: LinearOperator,
  b: Float64Array,
  { init = b }: LinearSolveOptions,
): void {
  for (const [name, vector] of [
    ['b', b],
    ['init', init],
  ] as const) {
    if (vector.length === size) continue;
    throw new ImplicitError(
      'bad-tensor',
      `linear solve: ${name} must have the operator's size ${size}, got ${vector.length}`,
    );
  }
}

/** Checks lengths and options (ImplicitError 'bad-tensor', 'bad-usage') and computes the first residual. */
export function prepare(operator: LinearOperator, b: Float64Array, options: LinearSolveOptions): Prepared {
  const { size } = operator;
  checkLengths(operator, b, options);
  checkOptions(options);
  const a = addRidge(operator, options.ridge ?? 0);
  const x = options.init ? Float64Array.from(options.init) : new Float64Array(size);
  const r = options.init ? subtract(b, a.apply(x)) : Float64Array.from(b);
  const bNorm = norm(b);
  const tol = options.tol ?? 1e-10;
  return {
    a,
    tol,
    maxIter: options.maxIter ?? 10 * size + 100,
    precondition: options.preconditioner ?? ((v) => v),
    x,
    r,
    bNorm,
    finish: (solution, status, iterations) => finish({ a, b, bNorm, tol }, solution, status, iterations),
  };
}

interface System {
  readonly a: LinearOperator;
  readonly b: Float64Array;
  readonly bNorm: number;
  readonly tol: number;
}

function finish(
  { a, b, bNorm, tol }: System,
  x: Float64Array,
  status: LinearStatus,
  iterations: number,
): LinearSolution {
  const residual = bNorm === 0 ? 0 : norm(subtract(b, a.apply(x))) / bNorm;
  return judged({ x, status, iterations, residual }, bNorm, tol);
}

/** Takes what is not finite, or claims to have converged and is not even near, for a breakdown. */
export function judged(solution: LinearSolution, bNorm: number, tol: number): LinearSolution {
  const { x, status, iterations, residual } = solution;
  // The zero vector solves A x = 0 exactly, whatever the method made of it.
  if (bNorm === 0) return { x: new Float64Array(x.length), status: 'converged', iterations, residual: 0 };
  const finite = allFinite(x) && Number.isFinite(residual);
  // A method may believe its own recursion when the matrix is not what it takes it for, or nearly singular.
  const believable = status !== 'converged' || residual <= Math.max(1e3 * tol, 1e-6);
  return { ...solution, status: finite && believable ? status : 'breakdown' };
}
