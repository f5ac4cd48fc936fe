import * as tf from '@tensorflow/tfjs-core';
import { constant, nmfDerivative, rootJvp, solvers, toFloat64, type RealMatrix } from '@tessera/implicit';
import { createRandom } from '../random.ts';
import { norm, subtract } from './distance.ts';
import type { Experiment } from './experiment.ts';

const uniform = (seed: number, rows: number, cols: number): tf.Tensor => {
  const random = createRandom(seed);
  return constant(
    Float64Array.from({ length: rows * cols }, () => random.uniform()),
    [rows, cols],
  );
};

/**
 * A factor of r parts that overlap little: every item has a part of its own, the others vanish about every second time.
 * Without such zeros a rotation of the parts would be free, and no penalty on their size could pin it.
 */
function sparse(seed: number, rows: number, cols: number): tf.Tensor {
  const random = createRandom(seed);
  const r = Math.min(rows, cols);
  const values = Float64Array.from({ length: rows * cols }, (_, at) => {
    const [i, j] = [Math.floor(at / cols), at % cols];
    const isOwn = rows > cols ? i % r === j : j % r === i;
    return isOwn ? 0.5 + random.uniform() : Math.max(0, 0.7 * random.uniform() - 0.35);
  });
  return constant(values, [rows, cols]);
}

/** The same derivative from the Hessian worked out by hand, without a tape. */
function closedForm(a: tf.Tensor, { U, W }: solvers.NmfFactors, mu: number, tangent: tf.Tensor) {
  const matrix = (x: tf.Tensor): RealMatrix => ({
    rows: x.shape[0],
    cols: x.shape[1]!,
    data: toFloat64(x),
  });
  const derivative = nmfDerivative(matrix(a), matrix(U), matrix(W), { penalty: mu, gauge: 'minimum-norm' });
  const moved = derivative.jvp(toFloat64(tangent));
  return { U: constant(moved.U, U.shape), W: constant(moved.W, W.shape) };
}

function sensitivity(seed: number, r: number, mu: number): (string | number)[] {
  return tf.tidy(() => {
    const [n, p] = [8, 10];
    const a = tf.add(
      tf.matMul(sparse(seed, n, r), sparse(seed + 1, r, p)),
      tf.mul(constant(0.05), uniform(seed + 2, n, p)),
    );
    const tangent = uniform(seed + 3, n, p);
    const solver = solvers.nmfAdmm({ mu, tol: 1e-9, maxIter: 6000 });
    const { x, status, iterations } = solver.solve(
      { U: uniform(seed + 4, n, r), W: uniform(seed + 5, r, p) },
      a,
    );
    const solve = mu > 0 ? 'lu' : 'minimum-norm';
    const { value, linear } = rootJvp(solvers.nmfOptimality({ mu }), x, [a], [tangent], { solve });
    const productRate = (d: solvers.NmfFactors): tf.Tensor =>
      tf.add(tf.matMul(d.U, x.W), tf.matMul(x.U, d.W));
    const h = 1e-5;
    const moved = (step: number): Float64Array => {
      const { x: y } = solver.solve(x, tf.add(a, tf.mul(constant(step), tangent)));
      return toFloat64(tf.matMul(y.U, y.W));
    };
    const difference = subtract(moved(h), moved(-h)).map((v) => v / (2 * h));
    const implicit = toFloat64(productRate(value));
    const byHand = toFloat64(productRate(closedForm(a, x, mu, tangent)));
    const gapTo = (other: Float64Array): number => norm(subtract(implicit, other)) / norm(other);
    return [
      ...[r, mu, status, iterations, norm(toFloat64(value.W))],
      ...[gapTo(difference), gapTo(byHand), linear.status],
    ] as never;
  }) as (string | number)[];
}

/** Both factors of an NMF moved by the data, with the free scale fixed by a penalty or by minimum norm. */
export const nmfExperiment: Experiment = {
  name: 'nmf-sensitivity',
  title: 'Sensitivity of both factors of a non-negative matrix factorisation',
  inPaper:
    'Not in the paper: what the concept maps of this program rest on, the factors of a matrix of activations and how they move with it.',
  sources: [],
  precision: 'float64',
  run: ({ seed, scale = 1 }) => {
    const ranks = [2, 3, 4].slice(0, scale < 1 ? 1 : 3);
    const rows = ranks.flatMap((r) => [0.05, 0].map((mu) => sensitivity(seed + 10 * r, r, mu)));
    const curve = (mu: number): (readonly [number, number])[] =>
      rows.filter((row) => row[1] === mu).map((row) => [row[0] as number, row[4] as number] as const);
    return {
      columns: [
        'rank',
        'mu',
        'solver',
        'iterations',
        '‖dW‖',
        'd(UW) against differences',
        'against closed form',
        'linear system',
      ],
      rows,
      notes: [
        'With mu = 0 the scale of each pair is free; d(UW) does not depend on it and is what is compared.',
        'Data of parts with zeros: with mu > 0 the factors are locally unique and the system regular.',
      ],
      figures: [
        {
          kind: 'chart',
          title: 'Motion of the concept bank for a unit change of the data',
          xLabel: 'rank',
          yLabel: '‖dW‖',
          series: [
            { name: 'mu = 0.05', points: curve(0.05) },
            { name: 'mu = 0, minimum norm', points: curve(0) },
          ],
        },
      ],
    };
  },
};
