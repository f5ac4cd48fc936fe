import { attr, one } from '../rule-case.ts';
import type { RuleCase } from '../rule-case.ts';

/** Products of matrices and of more. */
export const productCases: readonly RuleCase[] = [
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
