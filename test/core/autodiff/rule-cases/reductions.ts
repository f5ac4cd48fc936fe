import { attr, ints, one } from '../rule-case.ts';
import type { Extra, RuleCase } from '../rule-case.ts';

const reductionForms: readonly (readonly [readonly number[] | undefined, number])[] = [
  [undefined, 1],
  [undefined, 0],
  [[1], 1],
  [[-1, 0], 0],
  [[-2], 0],
];

/** Reductions, with axes as an attribute and as an input, and the running sum. */
export const reductionCases: readonly RuleCase[] = [
  ...[
    'ReduceMean',
    'ReduceMax',
    'ReduceMin',
    'ReduceL1',
    'ReduceL2',
    'ReduceSumSquare',
    'ReduceLogSumExp',
    'ReduceLogSum',
    'ReduceSum',
  ].flatMap((op) =>
    reductionForms.flatMap(([axes, keepdims]) => {
      const extra: Extra = op === 'ReduceLogSum' ? { above: 0.3 } : {};
      const asAttribute = one(
        op,
        [[2, 3, 4]],
        attr({ keepdims, ...(axes && { axes }) }, { ...extra, opset: 11 }),
      );
      const asInput = one(
        op,
        [[2, 3, 4], axes ? ints(axes) : ''],
        attr({ keepdims }, { ...extra, opset: 18 }),
      );
      return [asAttribute, asInput];
    }),
  ),
  one('CumSum', [[2, 4], ints([1], [])]),
  one('CumSum', [[2, 4], ints([-2], [])], attr({ exclusive: 1, reverse: 1 })),
];
