import { attr, one } from '../rule-case.ts';
import type { RuleCase } from '../rule-case.ts';

/** Pooling. */
export const poolingCases: readonly RuleCase[] = [
  one('MaxPool', [[2, 3, 6, 7]], attr({ kernel_shape: [2, 2], strides: [2, 2] })),
  one('MaxPool', [[2, 3, 7, 7]], attr({ kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] })),
  one('MaxPool', [[2, 2, 7, 6]], attr({ kernel_shape: [3, 2], strides: [1, 1] })),
  one('MaxPool', [[1, 2, 8, 8]], attr({ kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 })),
  one('MaxPool', [[1, 2, 8, 8]], attr({ kernel_shape: [2, 2], dilations: [2, 3] })),
  one('MaxPool', [[2, 2, 7, 6]], attr({ kernel_shape: [3, 3], strides: [2, 2], auto_pad: 'SAME_UPPER' })),
  one('MaxPool', [[2, 2, 6, 6]], attr({ kernel_shape: [3, 3], storage_order: 1 }, { outputs: 2 })),
  one('MaxPool', [[2, 3, 9]], attr({ kernel_shape: [3], strides: [2] }, { opset: 7 })),
  one('MaxPool', [[1, 2, 5, 4, 5]], attr({ kernel_shape: [2, 2, 2], strides: [2, 1, 2] })),
  one('AveragePool', [[2, 3, 6, 7]], attr({ kernel_shape: [2, 2], strides: [2, 2] })),
  ...[0, 1].flatMap((count_include_pad) =>
    [0, 1].flatMap((ceil_mode) =>
      [17, 19].map((opset) =>
        one(
          'AveragePool',
          [[1, 2, 8, 7]],
          attr(
            { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 0, 1, 1], count_include_pad, ceil_mode },
            { opset },
          ),
        ),
      ),
    ),
  ),
  one('AveragePool', [[1, 2, 8, 7]], attr({ kernel_shape: [3, 2], auto_pad: 'SAME_LOWER', strides: [2, 2] })),
  one('AveragePool', [[1, 2, 9, 9]], attr({ kernel_shape: [3, 2], dilations: [2, 3] }, { opset: 19 })),
  one('AveragePool', [[2, 3, 9]], attr({ kernel_shape: [3], strides: [2] })),
  one('AveragePool', [[1, 2, 4, 5, 4]], attr({ kernel_shape: [2, 2, 2], strides: [1, 2, 2] })),
  one('GlobalAveragePool', [[2, 3, 4, 5]]),
  one('GlobalAveragePool', [[2, 3, 4]]),
  one('GlobalMaxPool', [[2, 3, 4, 5]]),
];
