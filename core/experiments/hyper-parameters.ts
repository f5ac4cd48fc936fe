import { dataset, randomRows, shuffledRows, sourceOf } from './datasets.ts';
import type { Task } from './bilevel-runs.ts';
import { withTask } from './bilevel-runs.ts';
import type { Experiment } from './experiment.ts';
import { minimiseOnRange } from './minimise.ts';
import { meanAndSpread, median, range, seedsFrom } from './seeds.ts';

/** A task with its share of rows, where its descent starts and how far its penalty may go. */
interface Trial extends Task {
  readonly name: string;
  readonly samples: number;
  readonly start: number;
  readonly within: readonly [number, number];
}

const trials: readonly Trial[] = [
  trial('ridge', 'diabetes', 'ridge, diabetes', 150, 0, 2, [-9, 4]),
  trial('logistic', 'iris', 'logistic, iris', 75, 3, 0, [-9, 3]),
  trial('logistic', 'wine', 'logistic, wine', 80, 3, 0, [-9, 3]),
  trial('logistic', 'breastCancer', 'logistic, breast cancer', 120, 2, 0, [-9, 3]),
  trial('svm', 'iris', 'SVM, iris', 30, 3, 1, [-1, 3.5]),
  trial('svm', 'wine', 'SVM, wine', 30, 3, 1, [-1, 3.5]),
  trial('svm', 'digits138', 'SVM, digits 1, 3, 8', 30, 3, 1, [-1, 3.5]),
];

function trial(
  model: Trial['model'],
  data: Trial['data'],
  name: string,
  samples: number,
  classes: number,
  start: number,
  within: readonly [number, number],
): Trial {
  return { model, data, name, samples, classes, start, within };
}

/** A descent by steps that the last two hyper-gradients suggest, and the best penalty of the range. */
interface Choice {
  readonly losses: readonly number[];
  readonly best: number;
  readonly at: number;
  readonly evaluations: number;
}

const STEPS = 8;

function choose(task: Trial, seed: number): Choice {
  const { n, y } = dataset(task.data);
  const rows =
    task.model === 'ridge'
      ? shuffledRows(n, task.samples, task.samples, seed)
      : randomRows(y, task.samples, task.samples, seed);
  return withTask(task, rows, (evaluate) => {
    const losses: number[] = [];
    let [at, before]: [number, { at: number; slope: number } | undefined] = [task.start, undefined];
    for (let step = 0; step <= STEPS; step++) {
      const { value, gradient } = evaluate(at);
      losses.push(value);
      const next = nextPenalty(at, gradient[0], before, task.within);
      before = { at, slope: gradient[0] };
      at = next;
    }
    const {
      value,
      at: best,
      evaluations,
    } = minimiseOnRange(
      (x) => {
        const found = evaluate(x);
        return { value: found.value, slope: found.gradient[0] };
      },
      task.within,
      { points: 9, tol: 1e-5 },
    );
    return { losses, best: Math.min(value, ...losses), at: best, evaluations };
  });
}

/** A secant step on the slope where it rises, at most 1 downhill otherwise, inside the range. */
function nextPenalty(
  at: number,
  slope: number,
  before: { readonly at: number; readonly slope: number } | undefined,
  [low, high]: readonly [number, number],
): number {
  const curvature = before ? (slope - before.slope) / (at - before.at) : NaN;
  const step = curvature > 0 ? -slope / curvature : -Math.sign(slope);
  return Math.min(Math.max(at + Math.min(Math.max(step, -1), 1), low), high);
}

/** Penalties of three models chosen by the gradient of a validation loss, on public data over several splits. */
export const hyperParameterExperiment: Experiment = {
  name: 'hyper-parameters',
  title: 'Penalties chosen by the gradient of the validation loss, on public data',
  inPaper:
    'The paper optimises the penalty of a multiclass support vector machine on made data. Here the models are ridge and logistic regression too, the data public, and each is split anew for every seed.',
  sources: [...new Set(trials.map(({ data }) => data))].map(sourceOf),
  precision: 'float64',
  run: ({ seed, scale = 1 }) => {
    const tried = scale < 1 ? trials.slice(0, 2) : trials;
    const found = tried.map((task) => ({
      task,
      choices: seedsFrom(seed, scale).map((one) => choose(task, one)),
    }));
    const excess = ({ losses, best }: Choice): number[] => losses.map((loss) => loss / best - 1);
    return {
      columns: [
        'model and data',
        'loss at the start',
        'after the descent',
        'best of the range',
        'log penalty there',
      ],
      rows: found.map(({ task, choices }) => [
        task.name,
        meanAndSpread(choices.map(({ losses }) => losses[0])),
        meanAndSpread(choices.map(({ losses }) => losses.at(-1)!)),
        meanAndSpread(choices.map(({ best }) => best)),
        meanAndSpread(choices.map(({ at }) => at)),
      ]),
      notes: [
        `Means and standard deviations over ${seedsFrom(seed, scale).length} random splits. The best of the range comes from a grid of 9 points and the zeros of the slope between them, ${median(found.flatMap(({ choices }) => choices.map((c) => c.evaluations)))} hyper-gradients as a rule; the descent takes ${STEPS + 1}.`,
        'Validation losses need not be convex in the penalty: a descent may end in another valley, and its bar then stays high.',
      ],
      figures: [
        {
          kind: 'chart',
          title: 'Validation loss above the best of the range, median and range over splits',
          xLabel: 'step of the descent',
          yLabel: 'loss / best - 1',
          logY: true,
          series: found.map(({ task, choices }) => {
            const steps = choices.map(excess);
            const at = (step: number): number[] => steps.map((one) => Math.max(one[step], 1e-9));
            const marks = Array.from({ length: STEPS + 1 }, (_, step) => step);
            return {
              name: task.name,
              points: marks.map((step) => [step, median(at(step))] as const),
              bars: marks.map((step) => range(at(step))),
            };
          }),
        },
      ],
    };
  },
};
