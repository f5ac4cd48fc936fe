import * as tf from '@tensorflow/tfjs-core';
import { constant, objectives, solvers, toFloat64 } from '@tessera/implicit';
import { dataset, disposeSplit, randomRows, sourceOf } from './datasets.ts';
import type { Rows, Split } from './datasets.ts';
import type { Experiment } from './experiment.ts';
import { meanAndSpread, median, range, seedsFrom } from './seeds.ts';

const SIDE = 8;
const PIXELS = SIDE * SIDE;
const DIGITS = [1, 3, 8];
const CLASSES = DIGITS.length;
/** Penalty of the classifier on the weights. */
const L2 = 0.01;
const STEPS = 30;

/** The pictures as they are, from 0 (paper) to 1 (ink). */
function pictures({ train, validation }: Rows): Split {
  const { X, y } = dataset('digits138');
  const part = (rows: readonly number[]): tf.Tensor =>
    constant(
      Float64Array.from({ length: rows.length * PIXELS }, (_, at) => {
        return X[rows[Math.floor(at / PIXELS)] * PIXELS + (at % PIXELS)] / 16;
      }),
      [rows.length, PIXELS],
    );
  const labels = (rows: readonly number[]): tf.Tensor => constant(Float64Array.from(rows, (row) => y[row]));
  return { X: part(train), y: labels(train), Xval: part(validation), yval: labels(validation) };
}

/** The classifier that is trained on three pictures, one of each digit: 192 weights, differentiated by the pictures. */
const classifier = solvers.lbfgs<[tf.Tensor]>(
  (W, distilled) =>
    objectives.l2MulticlassLogisticRegression(W, L2, { X: distilled, y: constant([0, 1, 2]) }),
  { tol: 1e-8, implicit: { solve: 'cg', linear: { tol: 1e-9 } } },
);
const noWeights = (): tf.Tensor => tf.zeros([PIXELS, CLASSES]);

function accuracy(W: tf.Tensor, X: tf.Tensor, y: tf.Tensor): number {
  const hit = tf.equal(tf.argMax(tf.matMul(X, W), -1), tf.cast(y, 'int32'));
  return toFloat64(tf.mean(tf.cast(hit, 'float32')))[0];
}

/** Mean of each class's training pictures [3, 64]: the obvious three pictures to learn from. */
function classMeans({ X, y }: Split): tf.Tensor {
  const hot = tf.cast(tf.oneHot(tf.cast(y, 'int32'), CLASSES), 'float32');
  return tf.div(tf.matMul(hot, X, true), tf.reshape(tf.sum(hot, 0), [CLASSES, 1]));
}

/** What came of one split. */
interface Distilled {
  /** Training loss of the classifier after every step. */
  readonly losses: readonly number[];
  readonly pictures: Float64Array;
  readonly means: Float64Array;
  readonly accuracies: Readonly<Record<'distilled' | 'means' | 'all', number>>;
}

function distil(seed: number, steps: number): Distilled {
  const { n, y: digits } = dataset('digits138');
  const split = pictures(randomRows(digits, n / 2, n / 2, seed));
  const { X, y, Xval, yval } = split;
  const outer = (distilled: tf.Tensor): tf.Tensor =>
    objectives.multiclassLogisticRegression(classifier.run(noWeights(), distilled), { X, y });
  // Far pictures saturate the classifier and leave no gradient, so a line search must bound the steps.
  const distiller = solvers.lbfgs<[]>(outer, { tol: 1e-6 });
  const losses: number[] = [];
  let state = tf.tidy(() => distiller.init(tf.zeros([CLASSES, PIXELS])) as never) as ReturnType<
    typeof distiller.init
  >;
  for (let step = 0; step <= steps; step++) {
    losses.push(tf.tidy(() => toFloat64(outer(state.x))[0] as never));
    if (step === steps || distiller.isDone(state)) break;
    const before = state.x;
    state = distiller.step(state);
    before.dispose();
  }
  const result = tf.tidy(() => {
    const means = classMeans(split);
    const testOf = (W: tf.Tensor): number => accuracy(W, Xval, yval);
    const all = solvers
      .lbfgs<[objectives.Data]>((W, data) => objectives.l2MulticlassLogisticRegression(W, L2, data))
      .solve(noWeights(), { X, y }).x;
    return {
      losses,
      pictures: toFloat64(state.x),
      means: toFloat64(means),
      accuracies: {
        distilled: testOf(classifier.solve(noWeights(), state.x).x),
        means: testOf(classifier.solve(noWeights(), means).x),
        all: testOf(all),
      },
    } as never;
  }) as Distilled;
  tf.dispose(state.x);
  disposeSplit(split);
  return result;
}

const three = (values: Float64Array): Float64Array[] =>
  DIGITS.map((_, k) => values.subarray(k * PIXELS, (k + 1) * PIXELS));

/** Data-set distillation: learn one picture for each class so that a classifier trained on just these does well. */
export const distillationExperiment: Experiment = {
  name: 'distillation',
  title: 'Data-set distillation: three learned pictures in place of sixty',
  inPaper:
    'The paper distils MNIST into ten pictures, one a digit, for multinomial logistic regression, shows them, and finds implicit differentiation several times faster than unrolling. Here three digits of 8 × 8 pixels, several splits, and two classifiers beside: on the class means and on all sixty pictures.',
  sources: [sourceOf('digits138')],
  precision: 'any',
  run: ({ seed, scale = 1 }) => {
    const steps = Math.max(2, Math.round(STEPS * scale));
    const runs = seedsFrom(seed, scale).map((one) => distil(one, steps));
    const lossAt = (step: number): number[] =>
      runs.map(({ losses }) => losses[Math.min(step, losses.length - 1)]);
    const marks = Array.from({ length: steps + 1 }, (_, step) => step);
    const kinds = [
      ['three learned pictures', 'distilled'],
      ['three class means', 'means'],
      ['all sixty pictures', 'all'],
    ] as const;
    return {
      columns: ['trained on', 'test accuracy', 'worst split'],
      rows: kinds.map(([name, key]) => {
        const values = runs.map(({ accuracies }) => accuracies[key]);
        return [name, meanAndSpread(values), Math.min(...values)];
      }),
      notes: [
        `Means and standard deviations over ${runs.length} random halves. The classifier sees only the three pictures; the loss that moves them is that of its answers on the sixty.`,
        `Training loss went from ${lossAt(0)[0].toPrecision(3)} to ${median(lossAt(steps)).toPrecision(3)} (median).`,
      ],
      figures: [
        {
          kind: 'pictures',
          title: `The learned pictures of ${runs.length} splits, and the class means of the first`,
          width: SIDE,
          height: SIDE,
          rows: [
            ...runs.map((run, i) => ({ name: `learned, split ${i + 1}`, pictures: three(run.pictures) })),
            { name: 'class means, split 1', pictures: three(runs[0].means) },
          ],
        },
        {
          kind: 'chart',
          title: 'Loss on the sixty pictures, median and range over splits',
          xLabel: 'outer step',
          yLabel: 'cross-entropy',
          logY: true,
          series: [
            {
              name: 'training loss',
              points: marks.map((step) => [step, median(lossAt(step))] as const),
              bars: marks.map((step) => range(lossAt(step))),
            },
          ],
        },
      ],
    };
  },
};
