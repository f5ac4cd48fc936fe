import * as tf from '@tensorflow/tfjs-core';
import { constant, objectives, toFloat64 } from 'tfjs-implicit';
import { createRandom } from '../random.ts';
import { oneHot, scoreError } from './bilevel.ts';
import { dataset, disposeSplit, randomRows, sourceOf, standardised } from './datasets.ts';
import type { Dataset, Split } from './datasets.ts';
import type { Experiment, ExperimentContext, Figure } from './experiment.ts';
import { median, range, seedsFrom } from './seeds.ts';
import { CLASSES, curvatureOf, methods, SAMPLES } from './svm-solvers.ts';
import type { Args, Dual, Method } from './svm-solvers.ts';

/** Where the gradients are taken: log theta. */
const PENALTY = 1;
const SIZES = [64, 256, 1024];
const EXACT = 600;

/** Pictures of digits; beyond their 64 pixels as random rectified features of them, so that p can grow on real data. */
function features(seed: number, p: number): Dataset {
  const digits = dataset('digits138');
  if (p === digits.p) return digits;
  const random = createRandom(seed);
  const mixing = Array.from({ length: p * digits.p }, () => random.normal() / 8);
  const X = new Float64Array(digits.n * p);
  for (let i = 0; i < digits.n; i++) {
    for (let j = 0; j < p; j++) {
      let sum = 0;
      for (let k = 0; k < digits.p; k++)
        sum += mixing[j * digits.p + k] * (digits.X[i * digits.p + k] / 8 - 1);
      X[i * p + j] = Math.max(sum, 0);
    }
  }
  return { ...digits, p, X };
}

function splitOf(seed: number, p: number): Split {
  const data = features(seed, p);
  return standardised(data, randomRows(data.y, SAMPLES, SAMPLES, seed), Math.sqrt(p));
}

/** One gradient of the validation error by log theta: its value, processor time and most bytes held by tensors. */
interface Measured {
  readonly gradient: number;
  readonly ms: number;
  readonly bytes: number;
}

function measure(
  method: Method,
  { X, y, Xval, yval }: Split,
  iterations: number,
  unroll: boolean,
  now: () => number,
): Measured {
  return tf.tidy(() => {
    const [Y, Yval] = [oneHot(y, CLASSES), oneHot(yval, CLASSES)];
    const curvature = curvatureOf(X, Math.exp(PENALTY));
    const held = tf.memory().numBytes;
    let bytes = 0;
    const dual: Dual = (beta, ...args) => {
      bytes = Math.max(bytes, tf.memory().numBytes - held);
      return objectives.multiclassLinearSvmDual(beta, ...args);
    };
    const solver = method.solver(dual, curvature, {
      // Negative: both routes take the same number of iterations.
      tol: -1,
      maxIter: iterations,
      // Stopped early on purpose.
      implicit: {
        unsolved: 'accept',
        solve: 'gmres',
        linear: { tol: tf.backend().epsilon() < 1e-10 ? 1e-10 : 1e-5 },
      },
    });
    const solve = (unroll ? solver.unroll : solver.run) as unknown as (x: unknown, ...args: Args) => unknown;
    const loss = (t: tf.Tensor): tf.Tensor => {
      const theta = tf.exp(t);
      const beta = method.join(solve(method.start(), theta, { X, Y }));
      return scoreError(tf.div(tf.matMul(X, tf.sub(Y, beta), true), theta), Xval, Yval);
    };
    const begun = now();
    const gradient = toFloat64(tf.grad(loss)(constant(PENALTY)))[0];
    return { gradient, ms: now() - begun, bytes } as never;
  });
}

/** Both routes of a method at one size, a measurement for each seed. */
interface Pair {
  readonly p: number;
  readonly method: Method;
  readonly implicit: readonly Measured[];
  readonly unrolled: readonly Measured[];
  readonly exact: readonly number[];
}

function measureAll({ seed, now, scale = 1 }: ExperimentContext): Pair[] {
  const seeds = seedsFrom(seed, scale);
  return SIZES.slice(0, scale < 1 ? 1 : SIZES.length).flatMap((p) => {
    const splits = seeds.map((one) => splitOf(one, p));
    const exact = splits.map(
      (split) => measure(methods[1], split, Math.round(EXACT * Math.min(scale, 1)), false, now).gradient,
    );
    const pairs = methods.map((method) => {
      const iterations = Math.max(5, Math.round(method.iterations * scale));
      const route = (unroll: boolean): Measured[] =>
        splits.map((split) => measure(method, split, iterations, unroll, now));
      return { p, method, implicit: route(false), unrolled: route(true), exact };
    });
    splits.forEach(disposeSplit);
    return pairs;
  });
}

const errorsOf = (measured: readonly Measured[], exact: readonly number[]): number[] =>
  measured.map(({ gradient }, i) => Math.abs(gradient / exact[i] - 1));

function chartOf(pairs: readonly Pair[], title: string, yLabel: string, of: (m: Measured) => number): Figure {
  const sizes = [...new Set(pairs.map(({ p }) => p))];
  const series = methods.flatMap((method, colour) =>
    (['implicit', 'unrolled'] as const).map((route) => {
      const values = sizes.map((p) =>
        pairs.find((pair) => pair.p === p && pair.method === method)![route].map(of),
      );
      return {
        name: `${method.name}, ${route}`,
        points: sizes.map((p, i) => [p, median(values[i])] as const),
        bars: values.map(range),
        colour,
        dashed: route === 'unrolled',
      };
    }),
  );
  return { kind: 'chart', title, xLabel: 'features p', yLabel, logX: true, logY: true, series };
}

/** Hyper-parameter optimisation of a multiclass SVM: the price of one gradient by every route as the features grow. */
export const svmExperiment: Experiment = {
  name: 'svm-hyperparameters',
  title: 'Time and memory of a hyper-gradient of a multiclass SVM as the features grow',
  inPaper:
    'The paper, on made data with many more samples and features, finds implicit differentiation faster than unrolling for the same three solvers at every number of features. Here 30 pictures of digits, one processor core, and memory beside time.',
  sources: [sourceOf('digits138')],
  precision: 'any',
  run: (context) => {
    const pairs = measureAll(context);
    const over = (measured: readonly Measured[], of: (m: Measured) => number): number =>
      median(measured.map(of));
    const ms = ({ ms: time }: Measured): number => time;
    const megabytes = ({ bytes }: Measured): number => bytes / 2 ** 20;
    return {
      columns: [
        ...['p', 'solver', 'implicit ms', 'unrolled ms', 'ratio (range)', 'implicit MB', 'unrolled MB'],
        ...['implicit error', 'unrolled error'],
      ],
      rows: pairs.map(({ p, method, implicit, unrolled, exact }) => {
        const ratios = implicit.map((one, i) => unrolled[i].ms / one.ms);
        const [least, most] = range(ratios).map((v) => v.toFixed(1));
        return [
          ...[p, method.name, over(implicit, ms), over(unrolled, ms)],
          `${median(ratios).toFixed(1)} (${least}–${most})`,
          ...[over(implicit, megabytes), over(unrolled, megabytes)],
          ...[median(errorsOf(implicit, exact)), median(errorsOf(unrolled, exact))],
        ];
      }),
      notes: [
        'Medians over the seeds of random training sets; both routes take the same iterations of the same solver. Memory is the most that tensors hold in the forward pass.',
        `Errors are relative to the gradient at ${EXACT} steps of projected gradient, and say how far each solver has come: neither route can be better than its iterate.`,
      ],
      figures: [
        chartOf(
          pairs,
          'Time of one hyper-gradient, median and range over seeds',
          'processor time in milliseconds',
          ms,
        ),
        chartOf(pairs, 'Memory of one hyper-gradient', 'most megabytes held', megabytes),
      ],
    };
  },
};
