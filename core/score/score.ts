import type { Answer, ModelScores, PictureAnswer } from './model-scores.ts';
import { USUAL_THRESHOLD } from './model-scores.ts';
import { argMax, classProbabilities, logit, sigmoid } from './softmax.ts';

/**
 * What of a model's scores is explained.
 *
 * `class` a class of several, by its logit. `not`: everything but that class. `margin`: the lead of one class over
 * another. `side`: of a binary model, a label or a number, the upper (1) or the lower (0). `similarity`: as `side`, of
 * the cosine with a reference.
 */
export type Explained =
  | { readonly kind: 'class'; readonly index: number }
  | { readonly kind: 'not'; readonly index: number }
  | { readonly kind: 'margin'; readonly index: number; readonly against: number }
  /** `label`: of a multilabel model, which one. */
  | { readonly kind: 'side'; readonly side: 0 | 1; readonly label?: number }
  | { readonly kind: 'similarity'; readonly side: 0 | 1; readonly reference: Reference };

/** What pictures are compared with. */
export interface Reference {
  /** For people: the name of a picture or folder. */
  readonly name: string;
  /** The mean of the pictures' vectors, of length 1. */
  readonly vector: readonly number[];
}

/** How a row of scores is decided upon, see {@link decisionScores}. */
export type Rule =
  /** The largest of the first `classes`. */
  | { readonly kind: 'largest'; readonly classes: number }
  /** Two sides: the upper one from the value `at` on. `difference`: the value is that of the upper over the lower logit. */
  | {
      readonly kind: 'sides';
      readonly at: number;
      readonly value: 'upper' | 'difference';
      /** Is the value a logit, so that its sigmoid is a probability? */
      readonly isLogit: boolean;
    };

/**
 * The one number per image that a run explains, and the rule by which the model decides. The model of a run gives one
 * column a thing that could be explained; `column` is the one that is.
 */
export interface Score {
  readonly model: ModelScores;
  readonly explained: Explained;
  readonly rule: Rule;
  /** Of the columns, for people. */
  readonly names: readonly string[];
  readonly column: number;
  /** Columns as weights of the raw scores, [K] each; absent where they are the raw scores themselves. */
  readonly columns?: readonly (readonly number[])[];
}

/** The score behind what is explained. `at` is where a number without a threshold is split in two, for example its mean. */
export function scoreOf(model: ModelScores, explained: Explained, at = 0): Score {
  const { classes, width } = model;
  const unit = (index: number, weight: number): number[] =>
    Array.from({ length: width }, (_, i) => (i === index ? weight : 0));
  const own = { model, explained };
  const largest: Rule = { kind: 'largest', classes: width };
  const identity = Array.from({ length: width }, (_, index) => unit(index, 1));
  switch (explained.kind) {
    case 'class':
      return { ...own, rule: largest, names: classes, column: explained.index };
    case 'not': {
      const names = [...classes, notName(classes[explained.index])];
      const columns = [...identity, unit(explained.index, -1)];
      return { ...own, rule: largest, names, columns, column: width };
    }
    case 'margin': {
      const { index, against } = explained;
      const lead = identity[index].map((weight, i) => weight - identity[against][i]);
      const names = [...classes, `${classes[index]} rather than ${classes[against]}`];
      return { ...own, rule: largest, names, columns: [...identity, lead], column: width };
    }
    case 'side': {
      if (width > 1 && explained.label === undefined) return twoClasses(model, explained);
      const rule: Rule = { kind: 'sides', value: 'upper', ...limitOf(model, at) };
      const label = explained.label ?? 0;
      return {
        ...own,
        rule,
        names: sideNames(model, explained.label),
        columns: [unit(label, -1), unit(label, 1)],
        column: explained.side,
      };
    }
    case 'similarity': {
      const { vector, name } = explained.reference;
      const rule: Rule = { kind: 'sides', value: 'upper', isLogit: false, at: model.threshold ?? at };
      const columns = [vector.map((weight) => -weight), vector];
      return { ...own, rule, names: [`unlike ${name}`, `like ${name}`], columns, column: explained.side };
    }
  }
}

/** A binary model of two logits: the larger wins, unless another threshold was asked for. */
function twoClasses(model: ModelScores, explained: Explained & { readonly kind: 'side' }): Score {
  const { threshold = USUAL_THRESHOLD, classes } = model;
  const rule: Rule =
    threshold === USUAL_THRESHOLD
      ? { kind: 'largest', classes: 2 }
      : { kind: 'sides', value: 'difference', isLogit: true, at: logit(threshold) };
  return { model, explained, rule, names: classes, column: explained.side };
}

function limitOf({ task, threshold }: ModelScores, at: number): { at: number; isLogit: boolean } {
  if (task === 'regression') return { at: threshold ?? at, isLogit: false };
  return { at: logit(threshold ?? USUAL_THRESHOLD), isLogit: true };
}

/** What the two sides of a value are called, the lower first. */
export function sideNames({ task, classes, quantity = 'value' }: ModelScores, label?: number): string[] {
  if (task === 'regression') return [`lower ${quantity}`, `higher ${quantity}`];
  return label === undefined ? [...classes] : [notName(classes[label]), classes[label]];
}

/** What the absence of a class is called. */
export function notName(name: string): string {
  return `not ${name}`;
}

/**
 * A row of a run's columns as scores of which the largest is the decision; the difference of two sides is the distance
 * of the value from the threshold.
 */
export function decisionScores({ rule }: Pick<Score, 'rule'>, row: Float32Array): Float32Array {
  if (rule.kind === 'largest') return row.length === rule.classes ? row : row.subarray(0, rule.classes);
  const over = (valueIn(rule, row) - rule.at) / 2;
  // A value at the threshold is above it, as the first of equals would not be.
  return Float32Array.of(-over, over === 0 ? SMALLEST : over);
}

/** Smallest float32 above 0. */
const SMALLEST = 1.4e-45;

/** The class or side of a row of a run's columns. */
export function decide(score: Pick<Score, 'rule'>, row: Float32Array): number {
  const { rule } = score;
  if (rule.kind === 'largest') return argMax(decisionScores(score, row));
  return Number(valueIn(rule, row) >= rule.at);
}

/** Probability of each class or side; undefined where the model tells none. */
export function probabilities({ rule }: Pick<Score, 'rule'>, row: Float32Array): Float64Array | undefined {
  if (rule.kind === 'largest') return classProbabilities(row.subarray(0, rule.classes));
  if (!rule.isLogit) return undefined;
  const above = sigmoid(valueIn(rule, row));
  return Float64Array.of(1 - above, above);
}

function valueIn({ value }: Rule & { readonly kind: 'sides' }, row: Float32Array): number {
  return value === 'upper' ? row[1] : row[1] - row[0];
}

/** What a row of a run's columns says. */
export function answerIn(score: Pick<Score, 'rule'>, row: Float32Array): Answer {
  const index = decide(score, row);
  const shares = probabilities(score, row);
  return shares === undefined ? { index, value: row[1] } : { index, probability: shares[index] };
}

/** What a picture's answer is in a run: the model's own of a class, else read off its raw scores. */
export function runAnswer(score: Score, answer: PictureAnswer): PictureAnswer {
  const { rule, columns } = score;
  if (rule.kind === 'largest' || answer.scores === undefined) return answer;
  const scores = score.explained.kind === 'similarity' ? unitVector(answer.scores) : answer.scores;
  const row = Float32Array.from(columns ?? [], (weights) =>
    weights.reduce((sum, weight, i) => (weight === 0 ? sum : sum + weight * scores[i]), 0),
  );
  const own = answerIn(score, columns === undefined ? Float32Array.from(scores) : row);
  const { probability } = own;
  const other = { index: 1 - own.index, ...(probability !== undefined && { probability: 1 - probability }) };
  return { ...own, ...(probability !== undefined && { runnerUp: other }), scores: answer.scores };
}

/** A vector of length 1 in the same direction; not finite for one of length 0. */
export function unitVector(vector: ArrayLike<number>): Float64Array {
  const values = Float64Array.from(vector);
  const length = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
  return values.map((value) => value / length);
}

/** Does the model split nothing in two by itself: a number or likeness without a threshold? */
export function isUndecided({ rule, model }: Pick<Score, 'rule' | 'model'>): boolean {
  return rule.kind === 'sides' && !rule.isLogit && model.threshold === undefined;
}

/** Is an answer what is explained? Of a margin: the class that leads. */
export function isExplained(
  { explained, column }: Pick<Score, 'explained' | 'column'>,
  index: number,
): boolean {
  switch (explained.kind) {
    case 'not':
      return index !== explained.index;
    case 'margin':
      return index === explained.index;
    default:
      return index === column;
  }
}
