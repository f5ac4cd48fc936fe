import * as tf from '@tensorflow/tfjs-core';
import { refuseCoupling } from './batch-coupling.ts';
import { ImplicitError } from './errors.ts';
import { constant } from './constant.ts';
import { worse } from './derivative-report.ts';
import type { DerivativeReport } from './derivative-report.ts';
import { toFloat64 } from './float64/float64-backend.ts';
import type { ImplicitOptions } from './implicit-options.ts';
import { checkFinite, inspectCondition } from './inspect-condition.ts';
import type { Inspection } from './inspect-condition.ts';
import { denseOperator, transposeOperator, transposeSquare } from './linear-solve/linear-operator.ts';
import type { LinearOperator, LinearSolver } from './linear-solve/linear-operator.ts';
import { refine } from './linear-solve/dense-solve.ts';
import { luFactor } from './linear-solve/lu-factor.ts';
import { norm, subtract } from './linear-solve/vector.ts';
import { linearise } from './linearise.ts';
import { createResidualMap } from './residual-map.ts';
import type { OptimalityFn, ResidualMap } from './residual-map.ts';
import { checkDerivative, requireFinite, solveWithReport } from './solve-for-derivative.ts';
import type { DerivativeSystem } from './solve-for-derivative.ts';
import { explainMissingGradients, jvp, vjp, withoutTape } from './tape.ts';
import { tangentLeaves } from './tangents.ts';
import { flattenTree, haveShapesOf, pack, shapesOf } from './tree.ts';
import { checkFunctions } from './checks.ts';
import { checkImplicitOptions } from './implicit-options.ts';

/** Options of the derivatives that are asked for directly. They report a status instead of throwing. */
export type DerivativeOptions = Pick<ImplicitOptions, 'solve' | 'linear' | 'constants' | 'batch'>;

/**
 * A derivative and how it came about; do not use `value` unless `linear.status` is `converged`, and look at `displacement`
 * where the solution may not be one.
 */
export interface Derivative<T> extends DerivativeReport {
  readonly value: T;
}

/** A map, its packed solution and ∂F/∂x there. */
interface Linearised extends ResidualMap {
  readonly x: tf.Tensor;
  readonly point: Inspection;
  readonly operator: LinearOperator;
}

/** Whatever encloses it, a derivative asked for directly is a value: nothing in it is recorded. */
function inScope(run: () => tf.Tensor[]): void {
  tf.tidy(() => explainMissingGradients(() => withoutTape(run)));
}

function linearisedAt<X, A extends unknown[]>(
  where: string,
  optimalityFn: OptimalityFn<X, A>,
  solution: X,
  args: A,
  options: DerivativeOptions,
): Linearised {
  checkFunctions(where, { 'the condition': optimalityFn });
  checkImplicitOptions(where, options);
  if (!Array.isArray(args))
    throw new ImplicitError('bad-usage', `${where}: the arguments of F must be a list, as in [theta]`);
  const map = createResidualMap(optimalityFn, solution, args, options);
  if (map.theta.length === 0) {
    throw new ImplicitError('not-differentiable', 'implicit derivative: no argument can be differentiated', {
      hint: 'Arguments that are real tensors can, unless they are listed in { constants }; numbers and integers cannot, and a Map or another object of a class is not looked into: use arrays and plain objects.',
    });
  }
  const x = map.pack(map.solution);
  const point = inspectCondition(map.residual, x, map.theta, map.constants);
  checkFinite(point);
  const operator = linearise((free) => map.residual(free, map.theta, map.constants), x, map.batch);
  refuseCoupling(optimalityFn, { size: operator.size, batch: map.batch }, operator.applyTranspose!);
  return { ...map, x, point, operator };
}

/** Values of a tree with one leaf for each of the solution's, packed; ImplicitError if shapes differ. */
function packLike(name: string, tree: unknown, { solution: leaves, pack: join }: ResidualMap): Float64Array {
  const given = flattenTree(tree).leaves;
  if (!haveShapesOf(given, leaves)) {
    throw new ImplicitError(
      'bad-tensor',
      `${name} must have shapes ${shapesOf(leaves)}, got ${shapesOf(given)}`,
    );
  }
  return toFloat64(join(given));
}

/**
 * Vector-Jacobian product of a root: cotangentᵀ · ∂x/∂args, in the shape of `args` (null where nothing is
 * differentiated). One linear solve with (∂F/∂x)ᵀ, one reverse pass.
 *
 * Throws ImplicitError for shapes that do not fit, values that are not finite, and when there is nothing to differentiate
 * by; a system without a solution is a status. Constant for an enclosing gradient.
 */
export function rootVjp<X, A extends unknown[]>(
  optimalityFn: OptimalityFn<X, A>,
  solution: X,
  args: A,
  cotangent: X,
  options: DerivativeOptions = {},
): Derivative<A> {
  let report: DerivativeReport | undefined;
  let products: tf.Tensor[] = [];
  let arrange: ResidualMap['arrange'] | undefined;
  inScope(() => {
    const map = linearisedAt('rootVjp', optimalityFn, solution, args, options);
    const b = packLike('rootVjp: the cotangent', cotangent, map);
    const solved = solveWithReport(transposedSystem(map), b, options);
    report = solved.report;
    arrange = (values) => map.arrange(values);
    products = alongParameters(map, tf.neg(constant(requireFinite(solved.x))));
    checkDerivative(products);
    return products;
  });
  return { value: arrange!<A>(products), ...report! };
}

/**
 * Jacobian-vector product of a root: ∂x/∂args · tangents, in the shape of the solution. `tangents` is shaped like
 * `args`; missing or null entries mean zero. One double reverse pass, one linear solve with ∂F/∂x.
 */
export function rootJvp<X, A extends unknown[]>(
  optimalityFn: OptimalityFn<X, A>,
  solution: X,
  args: A,
  tangents: { readonly [K in keyof A]?: unknown },
  options: DerivativeOptions = {},
): Derivative<X> {
  let report: DerivativeReport | undefined;
  let leaves: tf.Tensor[] = [];
  inScope(() => {
    const map = linearisedAt('rootJvp', optimalityFn, solution, args, options);
    const { residual, x, theta, constants } = map;
    const moved = tangentLeaves(map, args, tangents);
    const along = jvp((free) => residual(x, free, constants), theta, moved);
    const solved = solveWithReport(systemOf(map), toFloat64(tf.neg(along)), options);
    report = solved.report;
    leaves = map.unpack(constant(requireFinite(solved.x)));
    return leaves;
  });
  return { value: flattenTree(solution).rebuild<X>(leaves), ...report! };
}

/** A tree like A with a tensor in place of each of its tensors; null where nothing is differentiated. */
type JacobianRow<A> = A extends tf.Tensor
  ? tf.Tensor
  : A extends object
    ? { -readonly [K in keyof A]: JacobianRow<A[K]> }
    : A;

/** For each tensor of the solution, a tree like the arguments: ∂(leaf)/∂(argument), shape [...leaf, ...argument]. */
export type RootJacobian<X, A extends unknown[]> = X extends tf.Tensor
  ? JacobianRow<A>
  : X extends object
    ? { -readonly [K in keyof X]: RootJacobian<X[K], A> }
    : X;

/**
 * The whole Jacobian ∂x/∂args: a tree shaped like the solution whose leaves are trees shaped like `args`, with tensors of
 * shape [...solution leaf's shape, ...argument's shape]. n reverse passes assemble ∂F/∂x, one factorisation serves all
 * rows; memory n · (n + size of the arguments). The report is that of the worst row.
 */
export function rootJacobian<X, A extends unknown[]>(
  optimalityFn: OptimalityFn<X, A>,
  solution: X,
  args: A,
  options: DerivativeOptions = {},
): Derivative<RootJacobian<X, A>> {
  let report: DerivativeReport | undefined;
  let value: unknown;
  inScope(() => {
    const map = linearisedAt('rootJacobian', optimalityFn, solution, args, options);
    const solveRow = rowSolver(map, options);
    const rows = Array.from({ length: map.x.size }, (_, i) => {
      const solved = solveRow(i);
      report = worst(report, solved.report);
      return alongParameters(map, tf.neg(constant(requireFinite(solved.x))));
    });
    const blocks = stackRows(map, rows);
    checkDerivative(blocks.flat());
    value = flattenTree(solution).rebuild(blocks.map((perTheta) => map.arrange(perTheta)));
    return blocks.flat();
  });
  return { value: value as RootJacobian<X, A>, ...report! };
}

/** uᵀ ∂F/∂args, a tensor for each differentiated one. */
const alongParameters = ({ residual, x, theta, constants }: Linearised, u: tf.Tensor): tf.Tensor[] =>
  vjp((free) => residual(x, free, constants), theta, u);

function systemOf(map: Linearised): DerivativeSystem {
  const { operator, point, residual, theta, constants } = map;
  const residualAt = (v: Float64Array): Float64Array =>
    tf.tidy(() => toFloat64(residual(constant(v), theta, constants)) as never) as Float64Array;
  return { operator, point, x: toFloat64(map.x), residualAt };
}

function transposedSystem(map: Linearised): DerivativeSystem {
  const product = (u: Float64Array): Float64Array =>
    tf.tidy(() => toFloat64(pack(alongParameters(map, constant(u)))) as never) as Float64Array;
  return { ...systemOf(map), operator: transposeOperator(map.operator), product };
}

function worst(a: DerivativeReport | undefined, b: DerivativeReport): DerivativeReport {
  if (!a) return b;
  return {
    linear: worse(a.linear, b.linear),
    optimality: b.optimality,
    displacement: Math.max(a.displacement, b.displacement),
    fallbacks: [...new Set([...a.fallbacks, ...b.fallbacks])],
  };
}

/** Solves (∂F/∂x)ᵀ u = eᵢ; a named solver is used as given, else one LU factorisation for all i. */
function rowSolver(
  map: Linearised,
  options: DerivativeOptions,
): (i: number) => { readonly x: Float64Array; readonly report: DerivativeReport } {
  const { operator } = map;
  const n = operator.size;
  const unit = (i: number): Float64Array => {
    const e = new Float64Array(n);
    e[i] = 1;
    return e;
  };
  const transposed = transposedSystem(map);
  const plain = options.solve === undefined && options.linear?.ridge === undefined && map.batch === 1;
  const matrix = plain ? transposeSquare(operator.toDense!(), n) : undefined;
  const factor = matrix && luFactor(matrix, n);
  if (!matrix || !factor || factor.singular) return (i) => solveWithReport(transposed, unit(i), options);
  const dense = denseOperator(matrix, n);
  return (i) => {
    const solve: LinearSolver = (_, b) => {
      const { x, steps } = refine(dense, factor.solve, b);
      const residual = norm(subtract(b, dense.apply(x)));
      return { x, status: 'converged', iterations: steps, residual };
    };
    return solveWithReport(transposed, unit(i), { ...options, solve });
  };
}

/** From rows[i][theta], i an entry of the packed solution, to blocks[solution leaf][theta]. */
function stackRows(map: ResidualMap, rows: readonly tf.Tensor[][]): tf.Tensor[][] {
  const places = constant(Float64Array.from(rows, (_, i) => i));
  const placesOf = map.unpack(places).map((leaf) => Array.from(toFloat64(leaf)));
  return map.solution.map((leaf, l) => {
    const own = placesOf[l].map((place) => rows[place]);
    return map.theta.map((theta, k) =>
      tf.reshape(tf.stack(own.map((row) => row[k])), [...leaf.shape, ...theta.shape]),
    );
  });
}
