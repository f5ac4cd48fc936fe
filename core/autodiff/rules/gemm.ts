import { floatOf, intOf } from '../../onnx/attributes.ts';
import { sumToShape } from '../broadcasting.ts';
import type { Rule, RuleContext } from '../rule.ts';
import { cotangent, input, scalar } from '../rule.ts';

/** Y = α op(A) op(B) + β C, with op the identity or the transpose, and C broadcast. */
export const gemm: Rule = (c) => {
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
