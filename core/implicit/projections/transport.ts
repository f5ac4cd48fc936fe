import * as tf from '@tensorflow/tfjs-core';
import { checkTensors } from '../checks.ts';
import { ImplicitError } from '../errors.ts';
import { bySample } from './by-sample.ts';
import { attachRoot } from '../attach-root.ts';
import { constant } from '../constant.ts';
import { toFloat64 } from '../float64/float64-backend.ts';
import { luFactor } from '../linear-solve/lu-factor.ts';
import { entropicLink, euclideanLink, transportPotentials } from './transport-dual.ts';
import type { TransportProblem } from './transport-dual.ts';

function readProblem(s: tf.Tensor, a: tf.Tensor, b: tf.Tensor, strictly: boolean): TransportProblem {
  if (s.shape[0] !== a.size || s.shape[1] !== b.size) {
    throw new ImplicitError(
      'bad-tensor',
      `transport projection: expected similarities [${a.size}, ${b.size}] for row sums [${a.size}] and column sums [${b.size}], got [${s.shape.join(', ')}]`,
    );
  }
  const problem = { similarity: toFloat64(s), rowSums: toFloat64(a), columnSums: toFloat64(b) };
  const total = (v: Float64Array): number => v.reduce((sum, value) => sum + value, 0);
  const [rows, columns] = [total(problem.rowSums), total(problem.columnSums)];
  const negative = [...problem.rowSums, ...problem.columnSums].some((v) => !(strictly ? v > 0 : v >= 0));
  if (negative || Math.abs(rows - columns) > 1e-5 * Math.abs(rows)) {
    throw new ImplicitError(
      'bad-tensor',
      `transport projection: marginals must be ${strictly ? 'positive' : 'non-negative'} with equal sums, got sums ${rows} and ${columns}`,
    );
  }
  return balance(problem, rows / columns);
}

/** Marginals in float32 differ in their sums by rounding; without this the dual has no minimum. */
function balance(problem: TransportProblem, ratio: number): TransportProblem {
  return { ...problem, columnSums: problem.columnSums.map((value) => value * ratio) };
}

function potentialsOf(problem: TransportProblem, link: typeof euclideanLink): Float64Array {
  const z = transportPotentials(problem, link);
  if (z) return z;
  throw new ImplicitError('bad-tensor', 'transport projection: the potentials did not converge', {
    hint: 'Similarities should be of moderate size against the marginals; divide them by a temperature.',
  });
}

/** S + α 1ᵀ + 1 βᵀ for packed potentials [m + n]. */
function shifted(s: tf.Tensor, z: tf.Tensor): tf.Tensor {
  const [m, n] = s.shape as [number, number];
  return tf.add(s, tf.add(tf.reshape(tf.slice(z, [0], [m]), [m, 1]), tf.slice(z, [m], [n])));
}

const marginalsOf = (p: tf.Tensor): tf.Tensor => tf.concat([tf.sum(p, 1), tf.sum(p, 0)]);

/**
 * argmin ½‖P - S‖² over P >= 0 [m, n] with row sums a [m] and column sums b [n].
 *
 * The active set comes from a dual Newton method in 64 bits; on it the plan is affine in S, a and b, and the derivative is
 * exact (a vertex of the polytope has derivative 0 by S). Move a and b by tangents with equal sums only.
 * Throws ImplicitError 'bad-tensor' for marginals that are negative or differ in their sums.
 */
export function projectionTransport(s: tf.Tensor, rowSums: tf.Tensor, columnSums: tf.Tensor): tf.Tensor {
  checkTensors('transport projection', { s, rowSums, columnSums });
  return bySample('transport projection', [s, rowSums, columnSums], [2, 1, 1], oneProjectionTransport);
}

function oneProjectionTransport(s: tf.Tensor, rowSums: tf.Tensor, columnSums: tf.Tensor): tf.Tensor {
  const problem = readProblem(s, rowSums, columnSums, false);
  const [m, n] = [problem.rowSums.length, problem.columnSums.length];
  const z = potentialsOf(problem, euclideanLink);
  const support = problem.similarity.map((value, at) =>
    Number(value + z[Math.floor(at / n)] + z[m + (at % n)] > 0),
  );
  return tf.tidy(() => {
    const mask = constant(support, [m, n]);
    const missing = tf.sub(tf.concat([rowSums, columnSums]), marginalsOf(tf.mul(mask, s)));
    const inverse = constant(potentialInverse(support, m, n), [m + n, m + n]);
    const potentials = tf.reshape(tf.matMul(inverse, tf.reshape(missing, [m + n, 1])), [m + n]);
    return tf.mul(mask, shifted(s, potentials));
  });
}

/**
 * Inverse of the marginals' dependence on the potentials for a support. Each connected block of rows and columns leaves
 * one gauge freedom (αᵢ + c, βⱼ - c); adding its projector changes potentials, never the plan.
 */
function potentialInverse(support: Float64Array, m: number, n: number): Float64Array {
  const size = m + n;
  const matrix = new Float64Array(size * size);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      if (support[i * n + j] === 0) continue;
      matrix[i * size + i] += 1;
      matrix[(m + j) * size + m + j] += 1;
      matrix[i * size + m + j] = matrix[(m + j) * size + i] = 1;
    }
  }
  const block = connectedBlocks(matrix, size);
  const sign = (i: number): number => (i < m ? 1 : -1);
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++) if (block[i] === block[j]) matrix[i * size + j] += sign(i) * sign(j);
  return invert(matrix, size);
}

function connectedBlocks(adjacency: Float64Array, size: number): Int32Array {
  const block = new Int32Array(size).fill(-1);
  for (let root = 0; root < size; root++) {
    if (block[root] !== -1) continue;
    const queue = [root];
    block[root] = root;
    for (let node = queue.pop(); node !== undefined; node = queue.pop()) {
      for (let other = 0; other < size; other++) {
        if (block[other] !== -1 || adjacency[node * size + other] === 0) continue;
        block[other] = root;
        queue.push(other);
      }
    }
  }
  return block;
}

function invert(matrix: Float64Array, size: number): Float64Array {
  const factor = luFactor(matrix, size);
  const inverse = new Float64Array(size * size);
  const unit = new Float64Array(size);
  for (let j = 0; j < size; j++) {
    unit[j] = 1;
    factor.solve(unit).forEach((value, i) => (inverse[i * size + j] = value));
    unit[j] = 0;
  }
  return inverse;
}

/**
 * argmin ⟨P, -S⟩ + ⟨P, log P⟩ over P [m, n] with row sums a [m] and column sums b [n], all positive: entropic optimal
 * transport (Cuturi 2013) at temperature 1. Derivative by the implicit function theorem on the potentials.
 */
export function klProjectionTransport(s: tf.Tensor, rowSums: tf.Tensor, columnSums: tf.Tensor): tf.Tensor {
  checkTensors('transport projection', { s, rowSums, columnSums });
  return bySample('transport projection', [s, rowSums, columnSums], [2, 1, 1], oneKlProjectionTransport);
}

function oneKlProjectionTransport(s: tf.Tensor, rowSums: tf.Tensor, columnSums: tf.Tensor): tf.Tensor {
  const problem = readProblem(s, rowSums, columnSums, true);
  const m = problem.rowSums.length;
  const z = potentialsOf(problem, entropicLink);
  const gauge = Float64Array.from(z, (_, i) => (i < m ? 1 : -1));
  const gap = z.reduce((sum, value, i) => sum + value * gauge[i], 0) / z.length;
  const balanced = z.map((value, i) => value - gap * gauge[i]);
  return tf.tidy(() => {
    const potentials = attachRoot(entropicMarginals)(constant(balanced), s, rowSums, columnSums);
    return tf.exp(shifted(s, potentials));
  });
}

/** Marginals minus their targets, plus a term that pins the gauge Σα = Σβ. */
function entropicMarginals(z: tf.Tensor, s: tf.Tensor, a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  const gauge = tf.concat([tf.onesLike(a), tf.neg(tf.onesLike(b))]);
  const pinned = tf.mul(gauge, tf.sum(tf.mul(gauge, z)));
  const excess = tf.sub(marginalsOf(tf.exp(shifted(s, z))), tf.concat([a, b]));
  return tf.add(excess, pinned);
}

const uniform = (s: tf.Tensor): [tf.Tensor, tf.Tensor] => {
  const [m, n] = s.shape as [number, number];
  if (m !== n) {
    throw new ImplicitError('bad-tensor', `Birkhoff projection: expected a square matrix, got [${m}, ${n}]`);
  }
  return [constant(new Float64Array(n).fill(1 / n)), constant(new Float64Array(n).fill(1 / n))];
};

/** Projection onto the Birkhoff polytope scaled to total mass 1: all row and column sums are 1/n, S [n, n]. */
export function projectionBirkhoff(s: tf.Tensor): tf.Tensor {
  checkTensors('Birkhoff projection', { s });
  return bySample('Birkhoff projection', [s], [2], oneProjectionBirkhoff);
}

function oneProjectionBirkhoff(s: tf.Tensor): tf.Tensor {
  return tf.tidy(() => projectionTransport(s, ...uniform(s)));
}

/** Kullback-Leibler projection onto the same polytope. */
export function klProjectionBirkhoff(s: tf.Tensor): tf.Tensor {
  checkTensors('Birkhoff projection', { s });
  return bySample('Birkhoff projection', [s], [2], oneKlProjectionBirkhoff);
}

function oneKlProjectionBirkhoff(s: tf.Tensor): tf.Tensor {
  return tf.tidy(() => klProjectionTransport(s, ...uniform(s)));
}
