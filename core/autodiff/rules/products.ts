import { floatOf, intOf } from '../../onnx/attributes.ts';
import { sumToShape } from '../broadcasting.ts';
import type { GraphBuilder } from '../graph-builder.ts';
import { cotangent, input, scalar } from '../rule.ts';
import type { Operand, Rule, RuleContext, RuleFamily } from '../rule.ts';
import { einsum } from './einsum.ts';

/** y = a · b, batched with broadcasting: g bᵀ for a, aᵀ g for b; vectors count as a row or a column. */
const matMul: Rule = (c) => {
  const [left, right] = [asMatrix(c.b, input(c), 'row'), asMatrix(c.b, input(c, 1), 'column')];
  const batch = c.outputs[0].dims.slice(0, batchRank(left, right));
  const [rows, columns] = [left.dims.at(-2)!, right.dims.at(-1)!];
  const inner = left.dims.at(-1)!;
  const matrixDims = [...batch, rows, columns];
  const isMatrix = matrixDims.length === c.outputs[0].dims.length;
  const g = isMatrix ? cotangent(c) : c.b.reshape(cotangent(c), [-1, ...matrixDims]);
  return [
    c.wanted[0]
      ? finish(c, 0, c.b.matMul(g, transposed(c.b, right)), [...batch, rows, inner], left.dims)
      : undefined,
    c.wanted[1]
      ? finish(c, 1, c.b.matMul(transposed(c.b, left), g), [...batch, inner, columns], right.dims)
      : undefined,
  ];
};

function asMatrix(b: GraphBuilder, operand: Operand, role: 'row' | 'column'): Operand {
  if (operand.dims.length > 1) return operand;
  const dims = role === 'row' ? [1, operand.dims[0]] : [operand.dims[0], 1];
  return { ...operand, name: b.reshape(operand.name, dims), dims };
}

function batchRank(left: Operand, right: Operand): number {
  return Math.max(left.dims.length, right.dims.length) - 2;
}

function transposed(b: GraphBuilder, { name, dims }: Operand): string {
  const rank = dims.length;
  return b.transpose(
    name,
    [...dims.keys()].map((i) => (i < rank - 2 ? i : 2 * rank - 3 - i)),
  );
}

function finish(
  c: RuleContext,
  index: number,
  g: string,
  from: readonly number[],
  matrixDims: readonly number[],
): string {
  const sum = sumToShape(c.b, g, from, matrixDims);
  const { dims } = input(c, index);
  return dims.length > 1 ? sum : c.b.reshape(sum, [-1, ...dims]);
}

/** Y = α op(A) op(B) + β C, with op the identity or the transpose, and C broadcast. */
const gemm: Rule = (c) => {
  const g = cotangent(c);
  const scaled = (factor: number, name: string) => (factor === 1 ? name : c.b.mul(name, scalar(c, factor)));
  const alpha = floatOf(c.node, 'alpha', 1);
  const beta = floatOf(c.node, 'beta', 1);
  return [
    c.wanted[0] ? scaled(alpha, leftVjp(c, g)) : undefined,
    c.wanted[1] ? scaled(alpha, rightVjp(c, g)) : undefined,
    c.wanted[2] ? scaled(beta, sumToShape(c.b, g, c.outputs[0].dims, input(c, 2).dims)) : undefined,
  ];
};

const flipped = (c: RuleContext, name: string) => c.b.transpose(name, [0, 2, 1]);

// op(B)ᵀ as the right factor, or op(B) as the left one where A itself is transposed; likewise below.
function leftVjp(c: RuleContext, g: string): string {
  const isTransposedB = intOf(c.node, 'transB', 0) !== 0;
  const b = input(c, 1).name;
  return intOf(c.node, 'transA', 0) !== 0
    ? c.b.matMul(isTransposedB ? c.b.transpose(b, [1, 0]) : b, flipped(c, g))
    : c.b.matMul(g, isTransposedB ? b : c.b.transpose(b, [1, 0]));
}

function rightVjp(c: RuleContext, g: string): string {
  const isTransposedA = intOf(c.node, 'transA', 0) !== 0;
  const a = input(c).name;
  return intOf(c.node, 'transB', 0) !== 0
    ? c.b.matMul(flipped(c, g), isTransposedA ? c.b.transpose(a, [1, 0]) : a)
    : c.b.matMul(isTransposedA ? a : c.b.transpose(a, [1, 0]), g);
}

/** Matrix products and what generalises them. */
export const productRules: RuleFamily = {
  MatMul: matMul,
  Gemm: gemm,
  Einsum: einsum,
};
