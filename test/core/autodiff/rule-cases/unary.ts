import { attr, one, scalar, smooth } from '../rule-case.ts';
import type { RuleCase } from '../rule-case.ts';

/** Functions of one value. */
export const unaryCases: readonly RuleCase[] = [
  ...['Abs', 'Neg', 'Erf', 'Identity'].map((op) => one(op, [[2, 3, 4]])),
  ...['Exp', 'Sin', 'Cos'].map((op) => one(op, [[2, 3]], { type: smooth })),
  ...['Log', 'Sqrt', 'Reciprocal'].map((op) => one(op, [[3, 4]], { above: 0.3, type: smooth })),
  one('Clip', [[5, 4], scalar(-1), scalar(2)]),
  one('Clip', [[5, 4], '', scalar(1)]),
  one('Clip', [[5, 4], scalar(0)]),
  one('Clip', [[5, 4]]),
  one('Clip', [[5, 4]], attr({ min: { float: -1 }, max: { float: 1 } }, { opset: 7 })),
  one('Dropout', [[5, 4]]),
  one('Dropout', [[5, 4]], attr({ ratio: { float: 0.4 } }, { opset: 7 })),
  one('Cast', [[5, 4]], attr({ to: 11 })),
];
