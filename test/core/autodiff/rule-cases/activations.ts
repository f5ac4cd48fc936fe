import { attr, one } from '../rule-case.ts';
import type { RuleCase } from '../rule-case.ts';

/** Activation functions and the softmax. */
export const activationCases: readonly RuleCase[] = [
  ...['Relu', 'Softsign', 'Softplus', 'Sigmoid', 'Tanh', 'HardSwish'].map((op) => one(op, [[2, 3, 4]])),
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
  ...['Softmax', 'LogSoftmax'].flatMap((op) => [
    one(op, [[2, 5]]),
    one(op, [[2, 5, 3]], attr({ axis: 1 })),
    one(op, [[2, 5, 3]], attr({ axis: -3 })),
    one(op, [[2, 5, 3]], { opset: 11 }),
    one(op, [[2, 3, 2, 2]], attr({ axis: 2 }, { opset: 12 })),
    one(op, [[2, 5, 1, 1]], { opset: 9 }),
  ]),
];
