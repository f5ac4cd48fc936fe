import * as tf from '@tensorflow/tfjs-core';
import { ImplicitError } from './errors.ts';
import { constant } from './constant.ts';
import { toFloat64 } from './float64/float64-backend.ts';
import { checkDerivative, solveForDerivative } from './implicit-options.ts';
import type { ImplicitOptions, LinearReport } from './implicit-options.ts';
import { denseOperator, transposeOperator, transposeSquare } from './linear-solve/linear-operator.ts';
import type { LinearOperator } from './linear-solve/linear-operator.ts';
import { refine } from './linear-solve/dense-solve.ts';
import { luFactor } from './linear-solve/lu-factor.ts';
import { norm, subtract } from './linear-solve/vector.ts';
import { linearise } from './linearise.ts';
import { checkResidual, createResidualMap } from './residual-map.ts';
import type { OptimalityFn, ResidualMap } from './residual-map.ts';
import { explainMissingGradients, jvp, vjp, withoutTape } from './tape.ts';
import { tangentLeaves } from './tangents.ts';
import { flattenTree, haveShapesOf, pack, shapesOf, unpack } from './tree.ts';

/** Options of the derivatives that are asked for directly. They report a status instead of throwing. */
export type DerivativeOptions = Omit<ImplicitOptions, 'onSolve'>;

/** A derivative and what became of its linear system; do not use `value` unless `linear.status` is `converged`. */
export interface Derivative<T> {
  readonly value: T;
  readonly linear: LinearReport;
}

/** A map, its packed solution and ∂F/∂x there. */
interface Linearised extends ResidualMap {
  readonly x: tf.Tensor;
  readonly operator: LinearOperator;
}

/** Whatever encloses it, a derivative asked for directly is a value: nothing in it is recorded. */
function inScope(run: () => tf.Tensor[]): void {
  tf.tidy(() => explainMissingGradients(() => withoutTape(run)));
}

function linearisedAt<X, A extends unknown[]>(
  optimalityFn: OptimalityFn<X, A>,
  solution: X,
  args: A,
  options: DerivativeOptions,
): Linearised {
  const map = createResidualMap(optimalityFn, solution, args, options.constants);
  if (map.theta.length === 0) {
    throw new ImplicitError('not-differentiable', 'implicit derivative: no argument can be differentiated', {
      hint: 'Arguments that are real tensors can, unless they are listed in { constants }; numbers and integers cannot.',
    });
  }
  const x = pack(map.solution);
  checkResidual(map, x);
  return { ...map, x, operator: linearise((point) => map.residual(point, map.theta, map.constants), x) };
}

function solveReporting(
  operator: LinearOperator,
  b: Float64Array,
  options: DerivativeOptions,
): { x: Float64Array; linear: LinearReport } {
  let linear: LinearReport | undefined;
  const x = solveForDerivative(operator, b, { ...options, onSolve: (report) => (linear = report) });
  return { x, linear: linear! };
}

/** Values of a tree with one leaf for each of the solution's, packed; ImplicitError if shapes differ. */
function packLike(name: string, tree: unknown, leaves: readonly tf.Tensor[]): Float64Array {
  const given = flattenTree(tree).leaves;
  if (!haveShapesOf(given, leaves)) {
    throw new ImplicitError(
      'bad-tensor',
      `${name} must have shapes ${shapesOf(leaves)}, got ${shapesOf(given)}`,
    );
  }
  return toFloat64(pack(given));
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
  let linear: LinearReport | undefined;
  let products: tf.Tensor[] = [];
  let arrange: ResidualMap['arrange'] | undefined;
  inScope(() => {
    const { residual, x, theta, constants, operator, ...map } = linearisedAt(
      optimalityFn,
      solution,
      args,
      options,
    );
    const b = packLike('rootVjp: the cotangent', cotangent, map.solution);
    const solved = solveReporting(transposeOperator(operator), b, options);
    linear = solved.linear;
    arrange = (values) => map.arrange(values);
    products = vjp((free) => residual(x, free, constants), theta, tf.neg(constant(solved.x)));
    checkDerivative(products);
    return products;
  });
  return { value: arrange!<A>(products), linear: linear! };
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
  let linear: LinearReport | undefined;
  let leaves: tf.Tensor[] = [];
  inScope(() => {
    const map = linearisedAt(optimalityFn, solution, args, options);
    const { residual, x, theta, constants } = map;
    const moved = tangentLeaves(map, args, tangents);
    const along = jvp((free) => residual(x, free, constants), theta, moved);
    const solved = solveReporting(map.operator, toFloat64(tf.neg(along)), options);
    linear = solved.linear;
    leaves = unpack(
      constant(solved.x),
      map.solution.map((leaf) => leaf.shape),
    );
    return leaves;
  });
  return { value: flattenTree(solution).rebuild<X>(leaves), linear: linear! };
}

/** For each tensor of the solution, a tree like the arguments: ∂(leaf)/∂(argument), shape [...leaf, ...argument]. */
export type RootJacobian = unknown;

/**
 * The whole Jacobian ∂x/∂args: a tree shaped like the solution whose leaves are trees shaped like `args`, with tensors of
 * shape [...solution leaf's shape, ...argument's shape]. n reverse passes assemble ∂F/∂x, one factorisation serves all
 * rows; memory n · (n + size of the arguments).
 */
export function rootJacobian<X, A extends unknown[], J = RootJacobian>(
  optimalityFn: OptimalityFn<X, A>,
  solution: X,
  args: A,
  options: DerivativeOptions = {},
): Derivative<J> {
  let linear: LinearReport | undefined;
  let value: unknown;
  inScope(() => {
    const map = linearisedAt(optimalityFn, solution, args, options);
    const solveRow = rowSolver(map.operator, options);
    const rows = Array.from({ length: map.x.size }, (_, i) => {
      const solved = solveRow(i);
      linear = worse(linear, solved.linear);
      const u = tf.neg(constant(solved.x));
      return vjp((free) => map.residual(map.x, free, map.constants), map.theta, u);
    });
    const blocks = stackRows(map, rows);
    checkDerivative(blocks.flat());
    value = flattenTree(solution).rebuild(blocks.map((perTheta) => map.arrange(perTheta)));
    return blocks.flat();
  });
  return { value: value as J, linear: linear! };
}

/** Solves (∂F/∂x)ᵀ u = eᵢ; a named solver is used as given, else one LU factorisation for all i. */
function rowSolver(
  operator: LinearOperator,
  options: DerivativeOptions,
): (i: number) => { x: Float64Array; linear: LinearReport } {
  const n = operator.size;
  const unit = (i: number): Float64Array => {
    const e = new Float64Array(n);
    e[i] = 1;
    return e;
  };
  const transposed = transposeOperator(operator);
  const plain = options.solve === undefined && options.linear?.ridge === undefined;
  const matrix = plain ? transposeSquare(operator.toDense!(), n) : undefined;
  const factor = matrix && luFactor(matrix, n);
  if (!matrix || !factor || factor.singular) return (i) => solveReporting(transposed, unit(i), options);
  const dense = denseOperator(matrix, n);
  return (i) => {
    const { x, steps } = refine(dense, factor.solve, unit(i));
    const residual = norm(subtract(unit(i), dense.apply(x)));
    return { x, linear: { status: 'converged', iterations: steps, residual } };
  };
}

function worse(a: LinearReport | undefined, b: LinearReport): LinearReport {
  const rank = { converged: 0, 'max-iterations': 1, breakdown: 2 };
  if (!a || rank[b.status] > rank[a.status]) return b;
  return rank[b.status] === rank[a.status] && b.residual > a.residual ? b : a;
}

/** From rows[i][theta] to blocks[solution leaf][theta]. */
function stackRows(map: ResidualMap, rows: readonly tf.Tensor[][]): tf.Tensor[][] {
  let from = 0;
  return map.solution.map((leaf) => {
    const own = rows.slice(from, from + leaf.size);
    from += leaf.size;
    return map.theta.map((theta, k) =>
      tf.reshape(tf.stack(own.map((row) => row[k])), [...leaf.shape, ...theta.shape]),
    );
  });
}
