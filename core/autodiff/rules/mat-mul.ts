import { sumToShape } from '../broadcasting.ts';
import type { GraphBuilder } from '../graph-builder.ts';
import type { Operand, Rule, RuleContext } from '../rule.ts';
import { cotangent, input } from '../rule.ts';

/** y = a · b, batched with broadcasting: g bᵀ for a, aᵀ g for b; vectors count as a row or a column. */
export const matMul: Rule = (c) => {
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
