import { attr, one } from '../rule-case.ts';
import type { RuleCase } from '../rule-case.ts';

/** Convolutions and their transposes. */
export const convolutionCases: readonly RuleCase[] = [
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
