import { constantNumbers, cotangent, elementwise, input, refusal, scalar } from '../rule.ts';
import type { Rule, RuleFamily } from '../rule.ts';

/** y = x. */
const identity: Rule = (c) => [c.phases ?? cotangent(c)];

/** Does nothing at inference; a node that is set to train is refused. */
const dropout: Rule = (c) => {
  if (c.inputs[2] !== undefined && constantNumbers(c, 2)?.[0] !== 0)
    throw refusal(c, 'it is in training mode and drops values at random');
  return [cotangent(c)];
};

/** From one floating-point type to another: the cotangent is cast back. */
const cast: Rule = (c) => [c.b.cast(cotangent(c), input(c).type)];

/** y = |x|: the sign of x, 0 at 0. */
const abs = elementwise((c) => c.b.op('Sign', [input(c).name]));

/** y = -x. */
const neg: Rule = (c) => [c.b.neg(cotangent(c))];

/** y = 1 / x: -y². */
const reciprocal = elementwise((c) => c.b.neg(c.b.mul(c.outputs[0].name, c.outputs[0].name)));

/** y = √x: 1 / (2y), infinite at 0. */
const sqrt = elementwise((c) => c.b.div(scalar(c, 0.5), c.outputs[0].name));

/** y = eˣ: the derivative is y. */
const exp = elementwise((c) => c.outputs[0].name);

/** y = ln x: 1 / x. */
const log = elementwise((c) => c.b.op('Reciprocal', [input(c).name]));

/** y = sin x: cos x. */
const sin = elementwise((c) => c.b.op('Cos', [input(c).name]));

/** y = cos x: -sin x. */
const cos = elementwise((c) => c.b.neg(c.b.op('Sin', [input(c).name])));

/** y = erf x: 2/√π · exp(-x²). */
const erf = elementwise((c) => {
  const x = input(c).name;
  return c.b.mul(c.b.op('Exp', [c.b.neg(c.b.mul(x, x))]), scalar(c, 2 / Math.sqrt(Math.PI)));
});

/** y = min(max(x, low), high): 1 strictly between the bounds, else 0. The bounds get no gradient. */
const clip = elementwise((c) => {
  const [x, low, high] = [input(c).name, c.inputs[1], c.inputs[2]];
  const type = c.outputs[0].type;
  const factors = [
    ...(low === undefined ? [] : [c.b.isGreater(x, low.name, type)]),
    ...(high === undefined ? [] : [c.b.isLess(x, high.name, type)]),
  ];
  if (factors.length === 2) return c.b.mul(factors[0], factors[1]);
  return factors[0] ?? scalar(c, 1);
});

/** Functions of one value at a time, and what passes a value on. */
export const unaryRules: RuleFamily = {
  Identity: identity,
  Dropout: dropout,
  Cast: cast,
  Abs: abs,
  Neg: neg,
  Reciprocal: reciprocal,
  Sqrt: sqrt,
  Exp: exp,
  Log: log,
  Sin: sin,
  Cos: cos,
  Erf: erf,
  Clip: clip,
};
