import { TesseraError } from '../../errors.ts';
import { addRidge } from './linear-operator.ts';
import type { LinearOperator, LinearSolution, LinearSolveOptions, LinearStatus } from './linear-operator.ts';
import { allFinite, norm, subtract } from './vector.ts';

/** What every solver starts from, with defaults filled in and the ridge inside the operator. */
export interface Prepared {
  readonly a: LinearOperator;
  readonly tol: number;
  readonly maxIter: number;
  readonly precondition: (r: Float64Array) => Float64Array;
  readonly x: Float64Array;
  readonly r: Float64Array;
  readonly bNorm: number;
  /** Wraps up: recomputes the residual, and calls anything that is not finite a breakdown. */
  readonly finish: (x: Float64Array, status: LinearStatus, iterations: number) => LinearSolution;
}

/** Checks lengths (TesseraError 'bad-tensor') and computes the first residual. */
export function prepare(operator: LinearOperator, b: Float64Array, options: LinearSolveOptions): Prepared {
  const { size } = operator;
  for (const [name, vector] of [
    ['b', b],
    ['init', options.init ?? b],
  ] as const) {
    if (vector.length !== size) {
      throw new TesseraError(
        'bad-tensor',
        `linear solve: ${name} must have the operator's size ${size}, got ${vector.length}`,
      );
    }
  }
  const a = addRidge(operator, options.ridge ?? 0);
  const x = options.init ? Float64Array.from(options.init) : new Float64Array(size);
  const r = options.init ? subtract(b, a.apply(x)) : Float64Array.from(b);
  const bNorm = norm(b);
  return {
    a,
    tol: options.tol ?? 1e-10,
    maxIter: options.maxIter ?? 10 * size + 100,
    precondition: options.preconditioner ?? ((v) => v),
    x,
    r,
    bNorm,
    finish: (solution, status, iterations) => finish(a, b, bNorm, solution, status, iterations),
  };
}

function finish(
  a: LinearOperator,
  b: Float64Array,
  bNorm: number,
  x: Float64Array,
  status: LinearStatus,
  iterations: number,
): LinearSolution {
  // The zero vector solves A x = 0 exactly, whatever the method made of it.
  if (bNorm === 0) return { x: new Float64Array(b.length), status: 'converged', iterations, residual: 0 };
  const residual = norm(subtract(b, a.apply(x))) / bNorm;
  const finite = allFinite(x) && Number.isFinite(residual);
  return { x, status: finite ? status : 'breakdown', iterations, residual };
}
