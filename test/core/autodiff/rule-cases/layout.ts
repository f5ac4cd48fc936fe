import { attr, ints, one } from '../rule-case.ts';
import type { RuleCase } from '../rule-case.ts';

/** Rearranging, joining, cutting, repeating and masking. */
export const layoutCases: readonly RuleCase[] = [
  one('Reshape', [[2, 6], ints([3, -1])]),
  one('Reshape', [[2, 6], ints([0, 2, 3])]),
  one('Flatten', [[2, 3, 4]]),
  one('Flatten', [[2, 3, 4]], attr({ axis: -1 })),
  one('Squeeze', [[2, 1, 3, 1], ints([1, -1])]),
  one('Squeeze', [[2, 1, 3, 1]]),
  one('Squeeze', [[2, 1, 3, 1]], attr({ axes: [1] }, { opset: 7 })),
  one('Unsqueeze', [[2, 3], ints([0, -1])]),
  one('Unsqueeze', [[2, 3]], attr({ axes: [0, 2] }, { opset: 7 })),
  one('Transpose', [[2, 3, 4]]),
  one('Transpose', [[2, 3, 4]], attr({ perm: [1, 2, 0] })),
  one('Expand', [[3, 1], ints([2, 1, 4])]),
  one('Expand', [[2, 3], ints([1])]),
  one('Tile', [[2, 3], ints([2, 3])]),
  one(
    'Concat',
    [
      [2, 3],
      [2, 1],
      [2, 2],
    ],
    attr({ axis: 1 }, { by: [0, 1, 2] }),
  ),
  one(
    'Concat',
    [
      [2, 3],
      [1, 3],
    ],
    attr({ axis: -2 }, { by: [0, 1] }),
  ),
  one('Split', [[2, 6]], attr({ axis: 1 }, { outputs: 2, of: [0, 1] })),
  one('Split', [[7, 2], ints([2, 4, 1])], attr({ axis: 0 }, { outputs: 3, of: [1] })),
  one('Split', [[2, 6]], attr({ axis: -1, split: [1, 2, 3] }, { outputs: 3, of: [2], opset: 11 })),
  one('Split', [[2, 6]], attr({ axis: -1, num_outputs: 3 }, { outputs: 3, of: [0], opset: 18 })),
  one('DepthToSpace', [[2, 8, 2, 3]], attr({ blocksize: 2 })),
  one('DepthToSpace', [[2, 8, 2, 3]], attr({ blocksize: 2, mode: 'CRD' })),
  one('SpaceToDepth', [[2, 3, 4, 6]], attr({ blocksize: 2 })),
  one('Trilu', [[2, 3, 4]]),
  one('Trilu', [[2, 3, 4], ints([-1], [])], attr({ upper: 0 })),
];
