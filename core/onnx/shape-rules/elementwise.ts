import { elementTypeOf } from '../element-types.ts';
import { intOf, labelOf } from '../attributes.ts';
import { broadcast, inputOf } from './rule.ts';
import type { NodeCall, ShapeRule } from './rule.ts';

const present = (call: NodeCall) => call.inputs.filter((input) => input !== undefined);

const like: ShapeRule = (call) => {
  const { type, dims } = inputOf(call, 0);
  return [{ type, dims }];
};
const likeAsBool: ShapeRule = (call) => [{ type: 'bool', dims: inputOf(call, 0).dims }];

const broadcasting: ShapeRule = (call) => [
  {
    type: inputOf(call, 0).type,
    dims: broadcast(
      call,
      present(call).map(({ dims }) => dims),
    ),
  },
];
const comparing: ShapeRule = (call) => [
  {
    type: 'bool',
    dims: broadcast(
      call,
      present(call).map(({ dims }) => dims),
    ),
  },
];
const where: ShapeRule = (call) => [
  {
    type: inputOf(call, 1).type,
    dims: broadcast(
      call,
      present(call).map(({ dims }) => dims),
    ),
  },
];

const cast: ShapeRule = (call) => [
  { type: elementTypeOf(intOf(call.node, 'to', 0), labelOf(call.node)), dims: inputOf(call, 0).dims },
];
const castLike: ShapeRule = (call) => [{ type: inputOf(call, 1).type, dims: inputOf(call, 0).dims }];

const dropout: ShapeRule = (call) => {
  const { type, dims } = inputOf(call, 0);
  return [
    { type, dims },
    { type: 'bool', dims },
  ];
};

const quantize: ShapeRule = (call) => [
  { type: call.inputs[2]?.type ?? 'uint8', dims: inputOf(call, 0).dims },
];
const dequantize: ShapeRule = (call) => [{ type: inputOf(call, 1).type, dims: inputOf(call, 0).dims }];

const quantizeDynamically: ShapeRule = (call) => [
  { type: 'uint8', dims: inputOf(call, 0).dims },
  { type: 'float32', dims: [] },
  { type: 'uint8', dims: [] },
];

/** Normalisations keep the shape; their optional further outputs are statistics for training. */
const normalization: ShapeRule = (call) => {
  const { type, dims } = inputOf(call, 0);
  const perChannel = { type, dims: dims.slice(1, 2) };
  return [{ type, dims }, perChannel, perChannel, perChannel, perChannel];
};
const layerNormalization: ShapeRule = (call) => {
  const { type, dims } = inputOf(call, 0);
  const axis = intOf(call.node, 'axis', -1);
  const first = axis < 0 ? axis + dims.length : axis;
  const statistics = { type, dims: dims.map((size, index) => (index < first ? size : 1)) };
  return [{ type, dims }, statistics, statistics];
};

const unaryNames =
  'Abs Acos Acosh Asin Asinh Atan Atanh Ceil Celu Clip Cos Cosh CumSum Elu Erf Exp Floor Gelu HardSigmoid HardSwish ' +
  'Hardmax Identity InstanceNormalization GroupNormalization LRN LeakyRelu Log LogSoftmax LpNormalization MeanVarianceNormalization Mish ' +
  'Neg Not PRelu Reciprocal Relu Round Scatter ScatterElements ScatterND Selu Shrink Sigmoid Sign Sin Sinh Softmax Softplus ' +
  'Softsign Sqrt Tan Tanh ThresholdedRelu Trilu BitwiseNot';
const binaryNames =
  'Add BitShift BitwiseAnd BitwiseOr BitwiseXor Div Max Mean Min Mod Mul Pow Sub Sum And Or Xor';
const comparisonNames = 'Equal Greater GreaterOrEqual Less LessOrEqual';

const all = (names: string, rule: ShapeRule) => names.split(' ').map((name) => [name, rule] as const);

/** Operators that work element by element, or keep the shape of their first input. */
export const elementwiseRules: readonly (readonly [string, ShapeRule])[] = [
  ...all(unaryNames, like),
  ...all(binaryNames, broadcasting),
  ...all(comparisonNames, comparing),
  ...all('IsInf IsNaN', likeAsBool),
  ['Where', where],
  ['Cast', cast],
  ['CastLike', castLike],
  ['Dropout', dropout],
  ['BatchNormalization', normalization],
  ['LayerNormalization', layerNormalization],
  ['QuantizeLinear', quantize],
  ['DequantizeLinear', dequantize],
  ['DynamicQuantizeLinear', quantizeDynamically],
];
