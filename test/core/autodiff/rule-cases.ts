import type { ElementType } from '../../../core/tensor.ts';
import { IMAGE_RULE_CASES } from './image-rule-cases.ts';
import { LAYOUT_RULE_CASES } from './layout-rule-cases.ts';
import { attr, flags, floats, ints, one, scalar } from './rule-case.ts';
import type { Extra, RuleCase } from './rule-case.ts';

/** For operators with a double kernel that bend or tie too much for float32 differences. */
const smooth: ElementType = 'float64';
const unary: readonly RuleCase[] = [
  ...['Abs', 'Neg', 'Relu', 'Softsign', 'Softplus', 'Sigmoid', 'Tanh', 'Erf', 'HardSwish', 'Identity'].map(
    (op) => one(op, [[2, 3, 4]]),
  ),
  ...['Exp', 'Sin', 'Cos'].map((op) => one(op, [[2, 3]], { type: smooth })),
  ...['Log', 'Sqrt', 'Reciprocal'].map((op) => one(op, [[3, 4]], { above: 0.3, type: smooth })),
  one('Relu', [[]]),
  one('LeakyRelu', [[5, 4]]),
  one('LeakyRelu', [[5, 4]], attr({ alpha: { float: 0.3 } })),
  one('ThresholdedRelu', [[5, 4]], attr({ alpha: { float: 1 } })),
  one('Elu', [[5, 4]], attr({ alpha: { float: 0.7 } })),
  one('Celu', [[5, 4]], attr({ alpha: { float: 1.3 } })),
  one('Selu', [[5, 4]]),
  one('Selu', [[5, 4]], attr({ alpha: { float: 1.5 }, gamma: { float: 0.8 } })),
  one('HardSigmoid', [[5, 4]]),
  one('HardSigmoid', [[5, 4]], attr({ alpha: { float: 0.25 }, beta: { float: 0.5 } })),
  one('Mish', [[5, 4]], { opset: 18 }),
  one('Gelu', [[5, 4]], { opset: 20 }),
  one('Gelu', [[5, 4]], attr({ approximate: 'tanh' }, { opset: 20 })),
  one('Clip', [[5, 4], scalar(-1), scalar(2)]),
  one('Clip', [[5, 4], '', scalar(1)]),
  one('Clip', [[5, 4], scalar(0)]),
  one('Clip', [[5, 4]]),
  one('Clip', [[5, 4]], attr({ min: { float: -1 }, max: { float: 1 } }, { opset: 7 })),
  one('Dropout', [[5, 4]]),
  one('Dropout', [[5, 4]], attr({ ratio: { float: 0.4 } }, { opset: 7 })),
  one('Cast', [[5, 4]], attr({ to: 11 })),
];

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
const binary: readonly RuleCase[] = [
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
  one(
    'PRelu',
    [
      [2, 3, 4],
      [3, 1],
    ],
    { by: [0, 1] },
  ),
  one(
    'PRelu',
    [
      [2, 3, 4],
      [2, 3, 4],
    ],
    { by: [0, 1] },
  ),
  one('Where', [flags([1, 0, 1], [3, 1]), [2, 3, 4], [4]], { by: [1, 2] }),
  one('Where', [flags([1, 0], [2, 1, 1]), [], [2, 3, 4]], { by: [1, 2] }),
];

const reductionForms: readonly (readonly [readonly number[] | undefined, number])[] = [
  [undefined, 1],
  [undefined, 0],
  [[1], 1],
  [[-1, 0], 0],
  [[-2], 0],
];
const reductions: readonly RuleCase[] = [
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
    const asInput = one(op, [[2, 3, 4], axes ? ints(axes) : ''], attr({ keepdims }, { ...extra, opset: 18 }));
    return [asAttribute, asInput];
  }),
);

const softmaxes: readonly RuleCase[] = ['Softmax', 'LogSoftmax'].flatMap((op) => [
  one(op, [[2, 5]]),
  one(op, [[2, 5, 3]], attr({ axis: 1 })),
  one(op, [[2, 5, 3]], attr({ axis: -3 })),
  one(op, [[2, 5, 3]], { opset: 11 }),
  one(op, [[2, 3, 2, 2]], attr({ axis: 2 }, { opset: 12 })),
  one(op, [[2, 5, 1, 1]], { opset: 9 }),
]);

const products: readonly RuleCase[] = [
  ...(
    [
      [
        [3, 4],
        [4, 5],
      ],
      [
        [2, 3, 4],
        [4, 5],
      ],
      [
        [3, 4],
        [2, 4, 5],
      ],
      [
        [2, 1, 3, 4],
        [3, 4, 2],
      ],
      [[4], [4, 5]],
      [[2, 3, 4], [4]],
      [[4], [4]],
      [[4], [2, 4, 3]],
    ] as const
  ).map((form) => one('MatMul', form, { by: [0, 1] })),
  ...[0, 1].flatMap((transA) =>
    [0, 1].map((transB) =>
      one(
        'Gemm',
        [transA ? [4, 3] : [3, 4], transB ? [5, 4] : [4, 5], transA ? [5] : [3, 1]],
        attr({ transA, transB, alpha: { float: 0.5 }, beta: { float: 2 } }, { by: [0, 1, 2] }),
      ),
    ),
  ),
  one(
    'Gemm',
    [
      [3, 4],
      [4, 5],
    ],
    { by: [0, 1] },
  ),
  one('Gemm', [[3, 4], [4, 5], []], { by: [2] }),
  one(
    'Einsum',
    [
      [2, 3, 4],
      [4, 5],
    ],
    attr({ equation: 'bij,jk->bik' }, { by: [0, 1] }),
  ),
  one(
    'Einsum',
    [
      [2, 3, 4],
      [2, 4, 5],
    ],
    attr({ equation: '...ij, ...jk -> ...ik' }, { by: [0, 1] }),
  ),
  one(
    'Einsum',
    [
      [2, 3, 4],
      [1, 3, 4],
    ],
    attr({ equation: '...c,...c->...' }, { by: [0, 1] }),
  ),
  one(
    'Einsum',
    [
      [2, 3],
      [3, 4],
    ],
    attr({ equation: 'ij,jk' }, { by: [0, 1] }),
  ),
  one('Einsum', [[2, 3, 4]], attr({ equation: 'abc->b' })),
  one('Einsum', [[2, 3, 4]], attr({ equation: 'abc->cab' })),
  one('Einsum', [[2, 3], [4]], attr({ equation: 'ab,c->a' }, { by: [0, 1] })),
];

/** Every rule in several shapes, attributes, broadcast forms and operator-set versions. */
export const RULE_CASES: readonly RuleCase[] = [
  ...unary,
  ...binary,
  ...reductions,
  ...softmaxes,
  ...products,
  ...IMAGE_RULE_CASES,
  ...LAYOUT_RULE_CASES,
];
