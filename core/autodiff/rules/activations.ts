import { floatOf, intOf, stringOf } from '../../onnx/attributes.ts';
import { sumToShape } from '../broadcasting.ts';
import { cotangent, elementwise, input, positiveAxis, scalar } from '../rule.ts';
import type { Rule, RuleContext, RuleFamily } from '../rule.ts';

/** y = max(x, 0): 1 where y > 0, and 0 at the kink. */
const relu = elementwise((c) => c.b.isGreater(c.outputs[0].name, scalar(c, 0), c.outputs[0].type));

/** y = x where x > 0, else αx: 1 or α (α at the kink). */
const leakyRelu = elementwise((c) => {
  const alpha = floatOf(c.node, 'alpha', 0.01);
  const isPositive = c.b.isGreater(input(c).name, scalar(c, 0), c.outputs[0].type);
  return c.b.add(c.b.mul(isPositive, scalar(c, 1 - alpha)), scalar(c, alpha));
});

/** y = x where x > 0, else slope · x: the slope is taken at the kink. */
const prelu: Rule = (c) => {
  const { b } = c;
  const [x, slope] = [input(c), input(c, 1)];
  const isPositive = b.op('Greater', [x.name, scalar(c, 0)]);
  const sum = (name: string, dims: readonly number[]) => sumToShape(b, name, c.outputs[0].dims, dims);
  const times = (factor: string) => b.mul(cotangent(c), factor);
  return [
    c.wanted[0] ? sum(times(b.op('Where', [isPositive, scalar(c, 1), slope.name])), x.dims) : undefined,
    c.wanted[1] ? sum(times(b.op('Where', [isPositive, scalar(c, 0), x.name])), slope.dims) : undefined,
  ];
};

/** y = x where x > α, else 0: 1 or 0. */
const thresholdedRelu = elementwise((c) =>
  c.b.isGreater(input(c).name, scalar(c, floatOf(c.node, 'alpha', 1)), c.outputs[0].type),
);

/** y = x where x > 0, else α(eˣ - 1): 1, or αeˣ = y + α. */
const elu = elementwise((c) => {
  const below = c.b.add(c.outputs[0].name, scalar(c, floatOf(c.node, 'alpha', 1)));
  return c.b.op('Where', [c.b.op('Greater', [input(c).name, scalar(c, 0)]), scalar(c, 1), below]);
});

/** y = x where x > 0, else α(exp(x/α) - 1): 1, or exp(x/α) = y/α + 1. */
const celu = elementwise((c) => {
  const alpha = floatOf(c.node, 'alpha', 1);
  const below = c.b.add(c.b.div(c.outputs[0].name, scalar(c, alpha)), scalar(c, 1));
  return c.b.op('Where', [c.b.op('Greater', [input(c).name, scalar(c, 0)]), scalar(c, 1), below]);
});

/** y = γx where x > 0, else γα(eˣ - 1): γ, or γαeˣ = y + γα. */
const selu = elementwise((c) => {
  const alpha = floatOf(c.node, 'alpha', 1.6732631921768188);
  const gamma = floatOf(c.node, 'gamma', 1.0507010221481323);
  const below = c.b.add(c.outputs[0].name, scalar(c, gamma * alpha));
  return c.b.op('Where', [c.b.op('Greater', [input(c).name, scalar(c, 0)]), scalar(c, gamma), below]);
});

/** y = 1 / (1 + e⁻ˣ): y (1 - y), from the output so that nothing overflows. */
const sigmoid = elementwise((c) => c.b.mul(c.outputs[0].name, c.b.sub(scalar(c, 1), c.outputs[0].name)));

/** y = clip(αx + β, 0, 1): α strictly between the bounds, else 0. */
const hardSigmoid = elementwise((c) => {
  const [y, type] = [c.outputs[0].name, c.outputs[0].type];
  const alpha = scalar(c, floatOf(c.node, 'alpha', 0.2));
  const isInside = c.b.mul(c.b.isGreater(y, scalar(c, 0), type), c.b.isLess(y, scalar(c, 1), type));
  return c.b.mul(isInside, alpha);
});

/** y = tanh x: 1 - y². */
const tanh = elementwise((c) => c.b.sub(scalar(c, 1), c.b.mul(c.outputs[0].name, c.outputs[0].name)));

/** y = ln(1 + eˣ): the logistic function of x. */
const softplus = elementwise((c) => c.b.op('Sigmoid', [input(c).name]));

/** y = x / (1 + |x|): 1 / (1 + |x|)². */
const softsign = elementwise((c) => {
  const inverse = c.b.op('Reciprocal', [c.b.add(c.b.op('Abs', [input(c).name]), scalar(c, 1))]);
  return c.b.mul(inverse, inverse);
});

/** y = x · clip(x/6 + 1/2, 0, 1): 0 up to -3, 1 from 3 on, x/3 + 1/2 between. */
const hardSwish = elementwise((c) => {
  const [x, type] = [input(c).name, c.outputs[0].type];
  const isInside = c.b.mul(c.b.isGreater(x, scalar(c, -3), type), c.b.isLess(x, scalar(c, 3), type));
  const slope = c.b.add(c.b.div(x, scalar(c, 3)), scalar(c, 0.5));
  const isAbove = c.b.cast(c.b.op('Not', [c.b.op('Less', [x, scalar(c, 3)])]), type);
  return c.b.add(c.b.mul(isInside, slope), isAbove);
});

/** y = x · t with t = tanh(softplus(x)): t + x (1 - t²) σ(x). */
const mish = elementwise((c) => {
  const x = input(c).name;
  const t = c.b.op('Tanh', [c.b.op('Softplus', [x])]);
  const slope = c.b.mul(c.b.sub(scalar(c, 1), c.b.mul(t, t)), c.b.op('Sigmoid', [x]));
  return c.b.add(t, c.b.mul(x, slope));
});

/** y = x Φ(x): Φ(x) + x φ(x); with `approximate = tanh`, the derivative of that approximation. */
const gelu = elementwise((c) =>
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

/** Softmax along one axis (its form since opset 13): y (g - Σ g y). */
const softmax: Rule = (c) => {
  const { b } = c;
  const rank = input(c).dims.length;
  const axis = positiveAxis(intOf(c.node, 'axis', -1), rank) - rank;
  const y = c.outputs[0].name;
  const scaled = b.mul(cotangent(c), y);
  return [b.sub(scaled, b.mul(b.reduceSum(scaled, [axis]), y))];
};

/** Logarithm of the softmax along one axis (its form since opset 13): g - eʸ Σ g. */
const logSoftmax: Rule = (c) => {
  const { b } = c;
  const rank = input(c).dims.length;
  const axis = positiveAxis(intOf(c.node, 'axis', -1), rank) - rank;
  const probabilities = b.op('Exp', [c.outputs[0].name]);
  return [b.sub(cotangent(c), b.mul(b.reduceSum(cotangent(c), [axis]), probabilities))];
};

/** Activation functions, the softmax among them. */
export const activationRules: RuleFamily = {
  Relu: relu,
  LeakyRelu: leakyRelu,
  PRelu: prelu,
  ThresholdedRelu: thresholdedRelu,
  Elu: elu,
  Celu: celu,
  Selu: selu,
  Sigmoid: sigmoid,
  HardSigmoid: hardSigmoid,
  Tanh: tanh,
  Softplus: softplus,
  Softsign: softsign,
  HardSwish: hardSwish,
  Mish: mish,
  Gelu: gelu,
  Softmax: softmax,
  LogSoftmax: logSoftmax,
};
