import { openProbes } from '../../metrics/linear-probe.ts';
import { matrix } from '../../linalg/matrix.ts';
import type { UtilityItem } from '../study.ts';
import type { Features } from './condition-features.ts';

/** Ways in which simulated participants come to their answers. */
export const READERS = ['nearest', 'logistic', 'guessing', 'inattentive'] as const;
export type ReaderName = (typeof READERS)[number];

/** Probability that the model gives the second answer to a picture, as far as what was learnt tells. */
export type Prediction = (item: UtilityItem) => number;

/** Predicts by the nearest learnt picture of either answer: the nearer, the likelier. */
export function nearestPrediction(learnt: readonly UtilityItem[], features: Features): Prediction {
  const known = standardised(learnt.map(features));
  const of = learnt.map(({ answer }) => answer);
  if (new Set(of).size < 2) return () => of[0] ?? 0.5;
  return (item) => {
    const own = known.scale(features(item));
    const [first, second] = [0, 1].map((answer) =>
      Math.min(...known.rows.flatMap((row, at) => (of[at] === answer ? [distance(own, row)] : []))),
    );
    return first + second > 0 ? first / (first + second) : 0.5;
  };
}

/** Predicts by L2-regularised logistic regression over the learnt pictures. */
export function logisticPrediction(learnt: readonly UtilityItem[], features: Features): Prediction {
  const of = learnt.map(({ answer }) => answer);
  if (new Set(of).size < 2) return () => of[0] ?? 0.5;
  const known = standardised(learnt.map(features));
  const width = known.rows[0].length;
  // Many features share what one would have: else colours of many places would always outweigh a few numbers.
  const share = 1 / Math.sqrt(Math.max(1, width / learnt.length));
  const rows = matrix(
    learnt.length,
    width,
    Float32Array.from(known.rows.flat(), (value) => share * value),
  );
  const { weights, intercept } = openProbes(rows).fit([...of.keys()], of, { isBalanced: true });
  return (item) => {
    const own = known.scale(features(item));
    const score = own.reduce((sum, value, at) => sum + share * value * weights[at], intercept);
    return 1 / (1 + Math.exp(-score));
  };
}

/** Rows less their means and divided by their deviations, and the same of any other. */
function standardised(rows: readonly (readonly number[])[]) {
  const width = rows[0]?.length ?? 0;
  const mean = Array.from({ length: width }, (_, at) =>
    rows.reduce((sum, row) => sum + row[at] / rows.length, 0),
  );
  const spread = mean.map((centre, at) =>
    Math.sqrt(rows.reduce((sum, row) => sum + (row[at] - centre) ** 2 / rows.length, 0)),
  );
  const scale = (row: readonly number[]): number[] =>
    row.map((value, at) => (spread[at] > 0 ? (value - mean[at]) / spread[at] : 0));
  return { rows: rows.map(scale), scale };
}

function distance(a: readonly number[], b: readonly number[]): number {
  return Math.sqrt(a.reduce((sum, value, at) => sum + (value - b[at]) ** 2, 0));
}
