import { attr, floats, one } from '../rule-case.ts';
import type { RuleCase } from '../rule-case.ts';

const channel = (values: readonly number[]) => floats(values);

/** Normalisation layers. */
export const normalisationCases: readonly RuleCase[] = [
  one('BatchNormalization', [
    [2, 3, 4, 2],
    channel([1.2, 0.7, -0.5]),
    channel([0.1, 0.2, 0.3]),
    channel([0.5, -0.5, 0]),
    channel([1.5, 0.4, 2]),
  ]),
  one(
    'BatchNormalization',
    [
      [2, 3],
      channel([1.2, 0.7, -0.5]),
      channel([0.1, 0.2, 0.3]),
      channel([0.5, -0.5, 0]),
      channel([1.5, 0.4, 2]),
    ],
    attr({ epsilon: { float: 0.1 }, momentum: { float: 0.9 }, spatial: 1 }, { opset: 7 }),
  ),
  one('LayerNormalization', [[2, 3, 4], [4], [4]]),
  one(
    'LayerNormalization',
    [
      [2, 3, 4],
      [3, 4],
    ],
    attr({ axis: 1, epsilon: { float: 0.1 } }),
  ),
  one(
    'LayerNormalization',
    [
      [2, 3, 4],
      [3, 4],
      [3, 4],
    ],
    attr({ axis: -2 }),
  ),
  one('InstanceNormalization', [[2, 3, 4, 5], [3], [3]]),
  one('InstanceNormalization', [[2, 3, 6], [3], [3]], attr({ epsilon: { float: 0.1 } })),
  one('GroupNormalization', [[2, 4, 3, 3], [2], [2]], attr({ num_groups: 2 }, { opset: 18 })),
  one(
    'GroupNormalization',
    [[2, 4, 3, 3], [4], [4]],
    attr({ num_groups: 2, epsilon: { float: 0.1 } }, { opset: 21 }),
  ),
  one(
    'LRN',
    [[2, 6, 3, 2]],
    attr({ size: 3, alpha: { float: 0.5 }, beta: { float: 0.6 }, bias: { float: 2 } }),
  ),
  one('LRN', [[1, 7, 2, 2]], attr({ size: 5 })),
];
