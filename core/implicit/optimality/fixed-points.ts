import * as tf from '@tensorflow/tfjs-core';
import { ImplicitError } from '../errors.ts';
import { checkFunctions } from '../checks.ts';
import { conditionLike, explainFailure } from '../arity.ts';
import { constant } from '../constant.ts';
import { toFloat64 } from '../float64/float64-backend.ts';
import { luFactor } from '../linear-solve/lu-factor.ts';
import { linearise } from '../linearise.ts';
import type { OptimalityFn } from '../residual-map.ts';
import { asTensor } from '../scalar.ts';
import type { Scalar } from '../scalar.ts';
import { withoutTape } from '../tape.ts';
import { flattenTree, pack, unpack } from '../tree.ts';
import { gradientOf, stepAgainst, zipTrees } from './gradient.ts';
import type { Objective } from './gradient.ts';

/*
 * Fixed-point maps T(x, ...args). The step size changes neither the fixed points nor their derivatives, only the
 * conditioning of the linear system; 1 / (largest curvature) is a good choice.
 */

/** A map back into the domain; it sees the same arguments as the objective. */
export type ProjectionFn<X, A extends unknown[]> = (y: X, ...args: A) => X;

/** A proximal operator with a scaling; it sees the same arguments as the objective. */
export type ProxFn<X, A extends unknown[]> = (y: X, scaling: tf.Tensor, ...args: A) => X;

/** T(x) = proj(x - stepsize · ∇f(x)): minima of a smooth f over a convex set. */
export function projectedGradient<X, A extends unknown[]>(
  objective: Objective<X, A>,
  projection: ProjectionFn<X, A>,
  stepsize: Scalar = 1,
): OptimalityFn<X, A> {
  const gradient = gradientOf(objective);
  return conditionLike('projectedGradient', objective, (x: X, ...args: A) =>
    projection(stepAgainst(x, asTensor(stepsize), gradient(x, ...args)), ...args),
  );
}

/** T(x) = prox(x - stepsize · ∇f(x), stepsize): minima of f + g with g given by its proximal operator. */
export function proximalGradient<X, A extends unknown[]>(
  objective: Objective<X, A>,
  prox: ProxFn<X, A>,
  stepsize: Scalar = 1,
): OptimalityFn<X, A> {
  const gradient = gradientOf(objective);
  return conditionLike('proximalGradient', objective, (x: X, ...args: A) => {
    const eta = asTensor(stepsize);
    return prox(stepAgainst(x, eta, gradient(x, ...args)), eta, ...args);
  });
}

/** T(x) = proj(∇φ(x) - stepsize · ∇f(x)) for a mirror map ∇φ and the Bregman projection that goes with it. */
export function mirrorDescent<X, A extends unknown[]>(
  objective: Objective<X, A>,
  mirrorMap: (x: X) => X,
  bregmanProjection: ProjectionFn<X, A>,
  stepsize: Scalar = 1,
): OptimalityFn<X, A> {
  const gradient = gradientOf(objective);
  return conditionLike('mirrorDescent', objective, (x: X, ...args: A) =>
    bregmanProjection(stepAgainst(mirrorMap(x), asTensor(stepsize), gradient(x, ...args)), ...args),
  );
}

/**
 * Mirror descent with the entropy on the simplex (last axis): T(x) = x ⊙ exp(-stepsize · ∇f) / Σ.
 *
 * The same map as softmax(log x - stepsize · ∇f), written so that it and its derivative remain finite where an entry of the
 * solution is 0 (log 0 gives 0 · ∞ there).
 */
export function entropicMirrorDescent<A extends unknown[]>(
  objective: Objective<tf.Tensor, A>,
  stepsize: Scalar = 1,
): OptimalityFn<tf.Tensor, A> {
  const gradient = gradientOf(objective);
  return conditionLike('entropicMirrorDescent', objective, (x: tf.Tensor, ...args: A) => {
    const exponent = tf.neg(tf.mul(asTensor(stepsize), gradient(x, ...args)));
    const weighted = tf.mul(x, tf.exp(tf.sub(exponent, tf.max(exponent, -1, true))));
    return tf.div(weighted, tf.sum(weighted, -1, true));
  });
}

/** A proximal operator for one block of a list. */
export type BlockProxFn<A extends unknown[]> = (
  y: tf.Tensor,
  scaling: tf.Tensor,
  block: number,
  ...args: A
) => tf.Tensor;

/** T(x)ⱼ = proxⱼ(xⱼ - stepsizeⱼ · ∇ⱼf(x), stepsizeⱼ) for x a list of blocks: minima of f + Σⱼ gⱼ(xⱼ). */
export function blockProximalGradient<A extends unknown[]>(
  objective: Objective<readonly tf.Tensor[], A>,
  prox: BlockProxFn<A>,
  stepsizes: Scalar | readonly Scalar[] = 1,
): OptimalityFn<readonly tf.Tensor[], A> {
  const gradient = gradientOf(objective);
  const stepOf = (block: number): tf.Tensor => {
    if (!Array.isArray(stepsizes)) return asTensor(stepsizes as Scalar);
    const own = (stepsizes as readonly (Scalar | undefined)[])[block];
    if (own !== undefined) return asTensor(own);
    throw new ImplicitError('bad-usage', `block proximal gradient: no step size for block ${block}`);
  };
  return conditionLike('blockProximalGradient', objective, (x: readonly tf.Tensor[], ...args: A) =>
    zipTrees(x, gradient(x, ...args), (leaf, g, block) => {
      const eta = stepOf(block);
      return prox(tf.sub(leaf, tf.mul(eta, g)), eta, block, ...args);
    }),
  );
}

/**
 * T(x) = x - stepsize · (∂F/∂x)⁻¹ F(x): the Newton step of a root problem.
 *
 * The matrix is computed at x and held constant, which leaves T and its first derivative at a root exact (F vanishes
 * there); derivatives of higher order are not. Assembles ∂F/∂x: for small systems.
 */
export function newtonFixedPoint<X, A extends unknown[]>(
  rootFn: OptimalityFn<X, A>,
  stepsize: Scalar = 1,
): OptimalityFn<X, A> {
  return conditionLike('newtonFixedPoint', rootFn, (x: X, ...args: A) => {
    const tree = flattenTree(x);
    const shapes = tree.leaves.map((leaf) => leaf.shape);
    const packedRoot = (vector: tf.Tensor): tf.Tensor =>
      pack(flattenTree(rootFn(tree.rebuild<X>(unpack(vector, shapes)), ...args)).leaves);
    const inverse = withoutTape(() => inverseJacobian(packedRoot, pack(tree.leaves)));
    const residual = packedRoot(pack(tree.leaves));
    const step = tf.reshape(tf.matMul(inverse, tf.reshape(residual, [residual.size, 1])), [residual.size]);
    return stepAgainst(x, asTensor(stepsize), tree.rebuild<X>(unpack(step, shapes)));
  });
}

function inverseJacobian(f: (x: tf.Tensor) => tf.Tensor, x: tf.Tensor): tf.Tensor {
  const n = x.size;
  const factor = luFactor(linearise(f, x).toDense!(), n);
  const inverse = new Float64Array(n * n);
  for (let j = 0; j < n; j++) {
    const unit = new Float64Array(n);
    unit[j] = 1;
    // A singular matrix must show: NaN reaches the check of the linear solve.
    const column = factor.singular ? unit.fill(NaN) : factor.solve(unit);
    column.forEach((value, i) => (inverse[i * n + j] = value));
  }
  return constant(inverse, [n, n]);
}

/** Values of a fixed-point map at a point, without recording: how far T moves x, as a maximum over entries. */
export function fixedPointError<X, A extends unknown[]>(map: OptimalityFn<X, A>, x: X, ...args: A): number {
  checkFunctions('fixedPointError', { 'the map': map });
  const measure = (): number => errorOf(map, x, args);
  return explainFailure('fixedPointError', map, [x, ...args], measure);
}

function errorOf<X, A extends unknown[]>(map: OptimalityFn<X, A>, x: X, args: A): number {
  return withoutTape(() => {
    let error = 0;
    tf.tidy(() => {
      const moved = toFloat64(pack(flattenTree(map(x, ...args)).leaves));
      toFloat64(pack(flattenTree(x).leaves)).forEach((value, i) => {
        const gap = Math.abs(moved[i] - value);
        if (!(gap <= error)) error = gap;
      });
    });
    return error;
  });
}
