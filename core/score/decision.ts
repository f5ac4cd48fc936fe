import type { Answer, PictureAnswer } from './model-scores.ts';
import type { Score } from './score.ts';
import type { Rule } from './rule.ts';
import { argMax, classProbabilities, sigmoid } from './softmax.ts';

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

/** A row of a run's columns from the raw scores [K] of a picture. */
export function columnsOf(
  { columns, keepsRaw, explained }: Pick<Score, 'columns' | 'keepsRaw' | 'explained'>,
  raw: ArrayLike<number>,
): Float32Array {
  const scores = explained.kind === 'similarity' ? unitVector(raw) : raw;
  if (columns === undefined) return Float32Array.from(scores);
  const made = columns.map((weights) => weighted(weights, scores));
  return Float32Array.from(keepsRaw === true ? [...Array.from(scores), ...made] : made);
}

/** The number that is explained, from the raw scores [K] of a picture. */
export function valueOf(
  { columns, keepsRaw, column, explained }: Pick<Score, 'columns' | 'keepsRaw' | 'column' | 'explained'>,
  raw: ArrayLike<number>,
): number {
  if (columns === undefined) return raw[column];
  const scores = explained.kind === 'similarity' ? unitVector(raw) : raw;
  const at = keepsRaw === true ? column - raw.length : column;
  return at < 0 ? scores[column] : weighted(columns[at], scores);
}

function weighted(weights: readonly number[], scores: ArrayLike<number>): number {
  return weights.reduce((sum, weight, i) => (weight === 0 ? sum : sum + weight * scores[i]), 0);
}

/** What a picture's answer is in a run: the model's own of a class, else read off its raw scores. */
export function runAnswer(score: Score, answer: PictureAnswer): PictureAnswer {
  if (score.rule.kind === 'largest' || answer.scores === undefined) return answer;
  const own = answerIn(score, columnsOf(score, answer.scores));
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
