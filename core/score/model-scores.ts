import { argMax, classProbabilities, logit, sigmoid } from './softmax.ts';

/** What an output asks of a picture. */
export const TASKS = {
  multiclass: 'One of several classes',
  binary: 'Yes or no',
  multilabel: 'Several labels, each yes or no',
  regression: 'A number',
  embedding: 'A vector for comparing pictures',
} as const;
/** A name of {@link TASKS}. */
export type Task = keyof typeof TASKS;

/** What a model does to its raw scores before it gives them away, taken off at intake; `kept` in runs from before that. */
export type Activation = 'none' | 'softmax' | 'log-softmax' | 'sigmoid' | 'kept';

/** What the raw scores [K] of a picture mean: the chosen output of a model, without its last activation. */
export interface ModelScores {
  /** Name of the output in the file. */
  readonly output: string;
  readonly task: Task;
  readonly activation: Activation;
  /** In the order of the scores; binary: below and above the threshold. None of a regression or an embedding. */
  readonly classes: readonly string[];
  /** Number of raw scores K: 1 of a binary model of one logit. */
  readonly width: number;
  /** Where it decides: a probability (binary, multilabel; 0.5 if absent), a value (regression), a cosine (embedding). */
  readonly threshold?: number;
  /** What a regression tells ("age") and in which unit ("years"), where that is known. */
  readonly quantity?: string;
  readonly unit?: string;
}

/** What a model says of a picture: a class or side with its probability, or a value that has none. */
export interface Answer {
  readonly index: number;
  /** 0…1; absent where the model tells none (a regression, a similarity). */
  readonly probability?: number;
  /** Of a regression, in its unit; of a similarity, the cosine. */
  readonly value?: number;
}

/** An answer, and the one that comes next, where there is one. */
export interface PictureAnswer extends Answer {
  readonly runnerUp?: Answer;
  /** The raw scores [K] behind it; left out of classifiers of many classes, where the answer is all that is kept. */
  readonly scores?: readonly number[];
}

/** Where a probability decides unless it is said. */
export const USUAL_THRESHOLD = 0.5;

/**
 * What raw scores [K] say. Binary: above from the threshold on. Multilabel: `index` is the likeliest label, see
 * {@link labelsOf} for all. Regression and embedding: no class, `index` is 0.
 */
export function answerOf(model: ModelScores, scores: ArrayLike<number>): PictureAnswer {
  switch (model.task) {
    case 'multiclass':
      return twoLikeliest(classProbabilities(scores));
    case 'binary': {
      const shares = classShares(model, scores);
      const index = sideOf(model, scores);
      return {
        index,
        probability: shares[index],
        runnerUp: { index: 1 - index, probability: shares[1 - index] },
        scores: Array.from(scores),
      };
    }
    case 'multilabel':
      return { ...twoLikeliest(classShares(model, scores)), scores: Array.from(scores) };
    case 'regression':
      return { index: 0, value: scores[0], scores: Array.from(scores) };
    case 'embedding':
      return { index: 0, scores: Array.from(scores) };
  }
}

/** Compared as logits: probabilities near the threshold round to it. Of two equal logits the first wins. */
function sideOf(model: ModelScores, scores: ArrayLike<number>): 0 | 1 {
  const least = logit(thresholdOf(model));
  const isAbove =
    model.width === 1
      ? scores[0] >= least
      : least === 0
        ? scores[1] > scores[0]
        : scores[1] - scores[0] >= least;
  return isAbove ? 1 : 0;
}

/** Probability of each class; binary: below and above; empty where there is none. */
export function classShares({ task, width }: ModelScores, scores: ArrayLike<number>): number[] {
  switch (task) {
    case 'multiclass':
      return [...classProbabilities(scores)];
    case 'binary': {
      if (width > 1) return [...classProbabilities(scores)];
      const above = sigmoid(scores[0]);
      return [1 - above, above];
    }
    case 'multilabel':
      return Array.from(scores, sigmoid);
    case 'regression':
    case 'embedding':
      return [];
  }
}

/** Every label that holds, by index: those at or above the threshold. */
export function labelsOf(model: ModelScores, scores: ArrayLike<number>): number[] {
  const least = logit(thresholdOf(model));
  return Array.from(scores, (score, index) => (score >= least ? index : -1)).filter((index) => index >= 0);
}

function thresholdOf({ threshold = USUAL_THRESHOLD }: ModelScores): number {
  return threshold;
}

/** The likeliest and the next; the first of equals leads. */
function twoLikeliest(shares: ArrayLike<number>): PictureAnswer {
  const values = Float64Array.from(shares);
  const index = argMax(values);
  const own = { index, probability: values[index] };
  if (values.length < 2) return own;
  const others = values.with(index, -Infinity);
  const next = argMax(others);
  return { ...own, runnerUp: { index: next, probability: others[next] } };
}
