import { stringOf } from '../../onnx/attributes.ts';
import type { RuleContext } from '../rule.ts';
import { elementwise, input, scalar } from '../rule.ts';

/** y = x Φ(x): Φ(x) + x φ(x); with `approximate = tanh`, the derivative of that approximation. */
export const gelu = elementwise((c) =>
  stringOf(c.node, 'approximate', 'none') === 'tanh' ? tanhDerivative(c) : exactDerivative(c),
);

function exactDerivative(c: RuleContext): string {
  const { b } = c;
  const x = input(c).name;
  const erf = b.op('Erf', [b.mul(x, scalar(c, Math.SQRT1_2))]);
  const cdf = b.mul(b.add(erf, scalar(c, 1)), scalar(c, 0.5));
  const bell = b.op('Exp', [b.mul(b.mul(x, x), scalar(c, -0.5))]);
  return b.add(cdf, b.mul(b.mul(x, bell), scalar(c, 1 / Math.sqrt(2 * Math.PI))));
}

// y = x (1 + t) / 2 with t = tanh(s (x + 0.044715 x³)), s = √(2/π).
function tanhDerivative(c: RuleContext): string {
  const { b } = c;
  const x = input(c).name;
  const s = Math.sqrt(2 / Math.PI);
  const square = b.mul(x, x);
  const inner = b.mul(x, b.add(b.mul(square, scalar(c, 0.044715 * s)), scalar(c, s)));
  const innerSlope = b.add(b.mul(square, scalar(c, 3 * 0.044715 * s)), scalar(c, s));
  const t = b.op('Tanh', [inner]);
  const curved = b.mul(b.mul(x, b.sub(scalar(c, 1), b.mul(t, t))), innerSlope);
  return b.mul(b.add(b.add(t, scalar(c, 1)), curved), scalar(c, 0.5));
}
