import { attr, floats, ints, one, scalar } from '../rule-case.ts';
import type { RuleCase } from '../rule-case.ts';

const scales = (...values: number[]) => floats(values);

/** Cropping, padding and resizing. */
export const resamplingCases: readonly RuleCase[] = [
  one('Slice', [[4, 6], ints([1, -3]), ints([3, 100])]),
  one('Slice', [[4, 7], ints([1]), ints([7]), ints([-1]), ints([2])]),
  one('Slice', [[4, 7], ints([0, 0]), ints([100, 100]), ints([0, 1]), ints([3, 2])]),
  one('Slice', [[4, 7], ints([-1]), ints([-100]), ints([1]), ints([-1])]),
  one('Slice', [[4, 7], ints([100, 2]), ints([0, 0]), ints([1, 0]), ints([-2, -1])]),
  one('Slice', [[4, 7]], attr({ starts: [1, 2], ends: [3, -1], axes: [0, 1] }, { opset: 7 })),
  one('Pad', [[2, 3], ints([1, 0, 0, 2])]),
  one('Pad', [[3, 4], ints([-1, 1, 1, -2]), scalar(5)]),
  one('Pad', [[2, 3, 4], ints([2, 1]), '', ints([-1])], { opset: 18 }),
  one('Pad', [[2, 3]], attr({ pads: [0, 1, 2, 0], value: { float: 1 } }, { opset: 7 })),
  ...['reflect', 'edge'].map((mode) =>
    one('Pad', [[1, 2, 4, 5], ints([0, 0, 1, 2, 0, 0, 3, 1])], attr({ mode })),
  ),
  one('Pad', [[4, 5], ints([1, 2, 2, 3])], attr({ mode: 'wrap' }, { opset: 19 })),
  one('Pad', [[3, 2, 2], ints([1, 0, 0, 0, 0, 0])], attr({ mode: 'edge' })),
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
