import { ImplicitError } from '../errors.ts';
import { addRidge } from './linear-operator.ts';
import type {
  LinearOperator,
  LinearSolution,
  LinearSolveOptions,
  LinearSolver,
  LinearStatus,
} from './linear-operator.ts';
import { checkLengths, checkOptions, judged } from './prepare.ts';
import { norm, subtract } from './vector.ts';

/** What an iterative method asks for: the product of A, or of Aᵀ, with a vector. */
interface ProductRequest {
  readonly v: Float64Array;
  readonly transpose: boolean;
}

/** A computation that pauses at every product with A and goes on with its result. */
export type Steps<T> = Generator<ProductRequest, T, Float64Array>;

/** An iterative method on one system A x = b, apart from A. */
export type IterativeMethod = (b: Float64Array, options: LinearSolveOptions) => Steps<LinearSolution>;

/** A v. */
export function* product(v: Float64Array): Steps<Float64Array> {
  return yield { v, transpose: false };
}

/** Aᵀ v. */
export function* transposedProduct(v: Float64Array): Steps<Float64Array> {
  return yield { v, transpose: true };
}

/** What an iterative method starts from, with defaults filled in. */
export interface Start {
  readonly tol: number;
  readonly maxIter: number;
  readonly precondition: (r: Float64Array) => Float64Array;
  readonly x: Float64Array;
  readonly r: Float64Array;
  readonly bNorm: number;
  /** Recomputes the residual of what was found and judges it: see {@link judged}. */
  readonly finish: (x: Float64Array, status: LinearStatus, iterations: number) => Steps<LinearSolution>;
}

/** Fills in defaults and computes the first residual. */
export function* begin(b: Float64Array, options: LinearSolveOptions): Steps<Start> {
  const {
    tol = 1e-10,
    maxIter = 10 * b.length + 100,
    preconditioner = (v: Float64Array) => v,
    init,
  } = options;
  const x = init ? Float64Array.from(init) : new Float64Array(b.length);
  const r = init ? subtract(b, yield* product(x)) : Float64Array.from(b);
  const bNorm = norm(b);
  function* finish(found: Float64Array, status: LinearStatus, iterations: number): Steps<LinearSolution> {
    const residual = bNorm === 0 ? 0 : norm(subtract(b, yield* product(found))) / bNorm;
    return judged({ x: found, status, iterations, residual }, bNorm, tol);
  }
  return { tol, maxIter, precondition: preconditioner, x, r, bNorm, finish };
}

/** The method as a solver of a system, or of a batch of systems side by side (`operator.batch`). */
export function iterative(
  name: string,
  method: IterativeMethod,
  { needsTranspose = false }: { readonly needsTranspose?: boolean } = {},
): LinearSolver {
  return (operator, b, options = {}) => {
    checkLengths(operator, b, options);
    checkOptions(options);
    if (needsTranspose && !operator.applyTranspose) {
      throw new ImplicitError('bad-usage', `${name}: the operator must offer applyTranspose`, {
        hint: 'Use gmres or bicgstab, which need products with A only.',
      });
    }
    const a = addRidge(operator, options.ridge ?? 0);
    const count = operator.batch ?? 1;
    if (count === 1) return runAlone(a, method(b, options));
    const size = operator.size / count;
    const part = (v: Float64Array, i: number): Float64Array => v.slice(i * size, (i + 1) * size);
    const methods = Array.from({ length: count }, (_, i) =>
      method(part(b, i), { ...options, ...(options.init ? { init: part(options.init, i) } : {}) }),
    );
    return joined(runSideBySide(a, methods), size);
  };
}

function runAlone(a: LinearOperator, steps: Steps<LinearSolution>): LinearSolution {
  let next = steps.next();
  while (!next.done) {
    const { v, transpose } = next.value;
    next = steps.next(transpose ? a.applyTranspose!(v) : a.apply(v));
  }
  return next.value;
}

/** One product with the whole batch serves every sample that waits for one; who is done stands still. */
function runSideBySide(a: LinearOperator, methods: readonly Steps<LinearSolution>[]): LinearSolution[] {
  const states = methods.map((steps) => steps.next());
  const size = a.size / methods.length;
  const multiply = (transpose: boolean): Float64Array | undefined => {
    const whole = new Float64Array(a.size);
    let isAsked = false;
    states.forEach((state, i) => {
      if (state.done || state.value.transpose !== transpose) return;
      whole.set(state.value.v, i * size);
      isAsked = true;
    });
    if (!isAsked) return undefined;
    return transpose ? a.applyTranspose!(whole) : a.apply(whole);
  };
  while (states.some(({ done }) => !done)) {
    const [plain, transposed] = [multiply(false), multiply(true)];
    states.forEach((state, i) => {
      if (state.done) return;
      const answer = (state.value.transpose ? transposed : plain)!;
      states[i] = methods[i].next(answer.slice(i * size, (i + 1) * size));
    });
  }
  return states.map(({ value }) => value as LinearSolution);
}

/** The solutions of a batch as one, with the report of the worst and those of all. */
export function joined(solutions: readonly LinearSolution[], size: number): LinearSolution {
  const x = new Float64Array(solutions.length * size);
  solutions.forEach((solution, i) => x.set(solution.x, i * size));
  const samples = solutions.map(({ status, iterations, residual }) => ({ status, iterations, residual }));
  const rank = { converged: 0, 'max-iterations': 1, breakdown: 2 };
  const [worst] = samples.toSorted((p, q) => rank[q.status] - rank[p.status] || q.residual - p.residual);
  const iterations = samples.reduce((most, sample) => Math.max(most, sample.iterations), 0);
  return { ...worst, x, iterations, samples };
}
