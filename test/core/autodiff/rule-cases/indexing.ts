import { attr, ints, one } from '../rule-case.ts';
import type { RuleCase } from '../rule-case.ts';

/** Reading and writing by index. */
export const indexingCases: readonly RuleCase[] = [
  one('Gather', [[4, 3], ints([2, 0, 2, -1], [2, 2])]),
  one('Gather', [[3, 5, 2], ints([1], [])], attr({ axis: 1 })),
  one('Gather', [[3, 5], ints([4, 3, 2, 1, 0])], attr({ axis: -1 })),
  one('Gather', [[2, 2], ints(Array.from({ length: 20 }, (_, i) => i % 2))], attr({ axis: 1 })),
  one('GatherElements', [[3, 4], ints([0, 2, 1, -1, 0, 0], [2, 3])]),
  one('GatherElements', [[3, 4], ints([0, 3, 3, 1, 0, 2], [3, 2])], attr({ axis: -1 })),
  one('GatherND', [[3, 4, 2], ints([0, 1, 2, -1, 0, 1], [3, 2])]),
  one('GatherND', [[2, 3, 4], ints([2, 1, 0, 0], [2, 2, 1])], attr({ batch_dims: 1 })),
  one('ScatterND', [[4, 3], ints([1, 3], [2, 1]), [2, 3]], { by: [0, 2] }),
  one('ScatterND', [[4, 3], ints([1, 2, 0, 0], [2, 2]), [2]], { by: [0, 2] }),
  one('ScatterND', [[4, 3], ints([1, 1], [2, 1]), [2, 3]], attr({ reduction: 'add' }, { by: [0, 2] })),
  one('ScatterElements', [[3, 4], ints([0, 2, 1, 1], [2, 2]), [2, 2]], { by: [0, 2] }),
  one(
    'ScatterElements',
    [[3, 4], ints([0, 2, 0, 2], [2, 2]), [2, 2]],
    attr({ axis: 1, reduction: 'add' }, { by: [0, 2] }),
  ),
  one('Scatter', [[3, 4], ints([0, 2, 1, 1], [2, 2]), [2, 2]], { by: [0, 2], opset: 9 }),
  one('TopK', [[3, 5], ints([2])], { outputs: 2 }),
  one('TopK', [[3, 5], ints([2])], attr({ axis: 0, largest: 0 }, { outputs: 2 })),
  one('TopK', [[3, 5]], attr({ k: 3 }, { outputs: 2, opset: 7 })),
];
