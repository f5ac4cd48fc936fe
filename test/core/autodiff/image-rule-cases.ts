import { attr, floats, one, ints } from './rule-case.ts';
import type { RuleCase } from './rule-case.ts';

const convolutions: readonly RuleCase[] = [
  one('Conv', [[2, 3, 6, 5], [4, 3, 3, 3], [4]]),
  one('Conv', [
    [1, 2, 6, 5],
    [4, 2, 1, 1],
  ]),
  one(
    'Conv',
    [
      [2, 3, 7, 6],
      [4, 3, 3, 2],
    ],
    attr({ pads: [1, 0, 2, 1] }),
  ),
  one(
    'Conv',
    [
      [2, 4, 7, 8],
      [6, 2, 3, 3],
    ],
    attr({ group: 2, pads: [1, 1, 1, 1] }),
  ),
  one(
    'Conv',
    [
      [2, 4, 7, 8],
      [4, 1, 3, 3],
    ],
    attr({ group: 4, pads: [1, 1, 1, 1], dilations: [2, 1] }),
  ),
  one(
    'Conv',
    [
      [2, 4, 8, 8],
      [8, 1, 3, 3],
    ],
    attr({ group: 4, pads: [1, 1, 1, 1], strides: [2, 2] }),
  ),
  one(
    'Conv',
    [
      [1, 2, 8, 9],
      [3, 2, 3, 3],
    ],
    attr({ strides: [2, 3], pads: [0, 1, 1, 0] }),
  ),
  one(
    'Conv',
    [
      [1, 2, 9, 8],
      [3, 2, 1, 1],
    ],
    attr({ strides: [2, 2] }),
  ),
  one(
    'Conv',
    [
      [1, 2, 11, 8],
      [3, 2, 2, 2],
    ],
    attr({ strides: [4, 3] }),
  ),
  one(
    'Conv',
    [
      [1, 2, 11, 10],
      [3, 2, 3, 3],
    ],
    attr({ strides: [2, 2], dilations: [2, 3] }),
  ),
  one(
    'Conv',
    [
      [1, 2, 5, 5],
      [3, 2, 1, 1],
    ],
    attr({ pads: [1, 1, 1, 1] }),
  ),
  one(
    'Conv',
    [
      [1, 2, 5, 5],
      [3, 2, 2, 2],
    ],
    attr({ pads: [2, 0, 0, 3] }),
  ),
  one(
    'Conv',
    [
      [1, 2, 7, 6],
      [3, 2, 3, 4],
    ],
    attr({ auto_pad: 'SAME_UPPER', strides: [2, 2] }),
  ),
  one(
    'Conv',
    [
      [1, 2, 7, 6],
      [3, 2, 3, 4],
    ],
    attr({ auto_pad: 'SAME_LOWER' }),
  ),
  one(
    'Conv',
    [
      [1, 2, 7, 6],
      [3, 2, 3, 3],
    ],
    attr({ auto_pad: 'VALID', strides: [2, 1] }),
  ),
  one(
    'Conv',
    [
      [2, 3, 9],
      [4, 3, 3],
    ],
    attr({ strides: [2], pads: [1, 0] }),
  ),
  one(
    'Conv',
    [
      [1, 2, 4, 5, 4],
      [3, 2, 3, 2, 3],
    ],
    attr({ pads: [1, 0, 1, 1, 1, 1] }),
  ),
  one('ConvTranspose', [[2, 3, 4, 5], [3, 4, 3, 3], [4]]),
  one(
    'ConvTranspose',
    [
      [2, 4, 4, 5],
      [4, 3, 3, 2],
    ],
    attr({ group: 2, strides: [2, 1], pads: [1, 0, 0, 1] }),
  ),
  one(
    'ConvTranspose',
    [
      [1, 3, 4, 5],
      [3, 2, 3, 3],
    ],
    attr({ strides: [2, 3], output_padding: [1, 2] }),
  ),
  one(
    'ConvTranspose',
    [
      [1, 3, 4, 5],
      [3, 2, 2, 3],
    ],
    attr({ dilations: [1, 2], pads: [0, 2, 0, 2] }),
  ),
  one(
    'ConvTranspose',
    [
      [1, 3, 4, 5],
      [3, 2, 3, 3],
    ],
    attr({ strides: [2, 2], output_shape: [8, 10] }),
  ),
  one(
    'ConvTranspose',
    [
      [1, 3, 4, 5],
      [3, 2, 3, 3],
    ],
    attr({ strides: [2, 2], auto_pad: 'SAME_UPPER' }),
  ),
  one(
    'ConvTranspose',
    [
      [1, 3, 4, 5],
      [3, 2, 3, 3],
    ],
    attr({ strides: [2, 2], auto_pad: 'SAME_LOWER' }),
  ),
  one(
    'ConvTranspose',
    [
      [1, 3, 6],
      [3, 2, 3],
    ],
    attr({ strides: [2] }),
  ),
];

const pools: readonly RuleCase[] = [
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

const channel = (values: readonly number[]) => floats(values);
const norms: readonly RuleCase[] = [
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

const scales = (...values: number[]) => floats(values);
const resizes: readonly RuleCase[] = [
  ...['half_pixel', 'pytorch_half_pixel', 'align_corners', 'asymmetric'].flatMap(
    (coordinate_transformation_mode) =>
      ['nearest', 'linear', 'cubic'].flatMap((mode) => [
        one(
          'Resize',
          [[1, 2, 4, 5], '', scales(1, 1, 2, 1.7)],
          attr({ mode, coordinate_transformation_mode }),
        ),
        one(
          'Resize',
          [[1, 2, 7, 6], '', '', ints([1, 2, 4, 9])],
          attr({ mode, coordinate_transformation_mode }),
        ),
      ]),
  ),
  ...['round_prefer_floor', 'round_prefer_ceil', 'floor', 'ceil'].map((nearest_mode) =>
    one('Resize', [[1, 2, 4, 5], '', scales(1, 1, 1.5, 0.6)], attr({ nearest_mode })),
  ),
  one(
    'Resize',
    [[1, 2, 6, 6], '', scales(1, 1, 0.5, 0.6)],
    attr({ mode: 'linear', antialias: 1 }, { opset: 18 }),
  ),
  one(
    'Resize',
    [[1, 2, 6, 6], '', scales(1, 1, 0.5, 0.6)],
    attr({ mode: 'cubic', antialias: 1 }, { opset: 18 }),
  ),
  one('Resize', [[1, 2, 4, 5], '', '', ints([8, 7])], attr({ mode: 'linear', axes: [2, 3] }, { opset: 18 })),
  one(
    'Resize',
    [[1, 2, 4, 5], '', scales(1, 1, 2, 2)],
    attr({ mode: 'cubic', exclude_outside: 1, cubic_coeff_a: { float: -0.5 } }),
  ),
  one(
    'Resize',
    [[1, 2, 4, 5], floats([0, 0, 0.1, 0.2, 1, 1, 0.8, 1.1]), '', ints([1, 2, 4, 3])],
    attr({
      mode: 'linear',
      coordinate_transformation_mode: 'tf_crop_and_resize',
      extrapolation_value: { float: 3 },
    }),
  ),
  one('Resize', [[2, 4, 5], '', scales(1, 2, 2)], attr({ mode: 'nearest' })),
  one('Resize', [[1, 4, 5, 2], '', scales(1, 2, 2, 1)], attr({ mode: 'linear' })),
  one('Resize', [[1, 4, 5], scales(1, 2, 2)], { opset: 10 }),
  one('Resize', [[1, 1, 4, 5], scales(1, 1, 2, 1.5)], attr({ mode: 'linear' }, { opset: 10 })),
  one('Upsample', [[1, 2, 4, 5], scales(1, 1, 2, 2)], { opset: 9 }),
  one('Upsample', [[1, 2, 4, 5]], attr({ scales: { floats: [1, 1, 2, 3] }, mode: 'linear' }, { opset: 7 })),
];

/** Convolution, pooling, normalisation and resampling. */
export const IMAGE_RULE_CASES: readonly RuleCase[] = [...convolutions, ...pools, ...norms, ...resizes];
