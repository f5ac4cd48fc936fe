import { flags, floats, ints, one, scalar, smooth } from '../rule-case.ts';
import type { RuleCase } from '../rule-case.ts';

const broadcastForms: readonly (readonly (readonly number[])[])[] = [
  [
    [2, 3, 4],
    [2, 3, 4],
  ],
  [[2, 3, 4], [4]],
  [
    [3, 1],
    [2, 1, 4],
  ],
  [[], [2, 3]],
  [
    [1, 3, 1],
    [3, 1],
  ],
];

/** Operators of several operands, in the forms in which they broadcast. */
export const arithmeticCases: readonly RuleCase[] = [
  ...['Add', 'Sub', 'Mul'].flatMap((op) => broadcastForms.map((form) => one(op, form, { by: [0, 1] }))),
  ...['Max', 'Min'].flatMap((op) =>
    broadcastForms.map((form) => one(op, form, { by: [0, 1], type: smooth })),
  ),
  ...broadcastForms.map((form) => one('Div', form, { by: [0, 1], above: 0.5, type: smooth })),
  ...broadcastForms.map((form) => one('Pow', form, { by: [0, 1], above: 0.5, type: smooth })),
  one('Pow', [[3, 4], scalar(2)]),
  one('Pow', [[3, 4], ints([3], [])]),
  one('Pow', [[3, 4], floats([0, 1, 2, 3])]),
  one('Pow', [[3, 4], scalar(-0.5)], { above: 0.5 }),
  one('Sum', [[2, 3], [3], [2, 1]], { by: [0, 1, 2] }),
  one('Mean', [[2, 3], [3], [2, 1]], { by: [0, 1, 2] }),
  one('Max', [[2, 3], [3], [2, 1]], { by: [0, 1, 2], type: smooth }),
  one('Min', [[2, 3]]),
  one('Where', [flags([1, 0, 1], [3, 1]), [2, 3, 4], [4]], { by: [1, 2] }),
  one('Where', [flags([1, 0], [2, 1, 1]), [], [2, 3, 4]], { by: [1, 2] }),
];
