/**
 * Elementwise kernels that run fused, in the order of the table of main/build/kernels/plan-kernel.ts. `spread` writes one
 * number over a whole block.
 */
export const FUSED_KINDS = [
  'spread',
  ...(['Add', 'Sub', 'Multiply', 'RealDiv', 'Maximum', 'Minimum', 'SquaredDifference'] as const),
  ...(['Equal', 'NotEqual', 'Less', 'LessEqual', 'Greater', 'GreaterEqual', 'Select'] as const),
  ...(['Neg', 'Abs', 'Sign', 'Square', 'Sqrt', 'Rsqrt', 'Reciprocal', 'Relu', 'Step'] as const),
] as const;

export type FusedKind = (typeof FUSED_KINDS)[number];

/** Words of 4 bytes of an operation: kind, where to, and three operands. An odd address moves on with the blocks. */
export const OPERATION_WORDS = 5;
