import { int64, sizeOf } from '../../tensor.ts';
import type { Tensor } from '../../tensor.ts';
import { attributeOf, intOf, intsOf } from '../attributes.ts';
import { reducedAxes } from '../shape-rules/reductions.ts';
import { axisOf } from '../shape-rules/rule.ts';
import type { NodeCall, TensorFact } from '../shape-rules/rule.ts';
import { newElements } from '../element-types.ts';
import { evaluateBinary, evaluateCast, evaluatePower, evaluateUnary, evaluateWhere } from './elementwise.ts';
import type { Evaluator } from './evaluator.ts';
import { movementEvaluators } from './movement.ts';
import { fill, walk } from './strided.ts';

const listed = (tensor: Tensor | undefined): Tensor[] | undefined => tensor && [tensor];

const constantOfShape: Evaluator = (call, _, [{ type, dims }]) => {
  const given = attributeOf(call.node, 'value', 'tensor', undefined);
  if (given)
    return [
      fill(given, dims, (put) =>
        walk(
          dims,
          dims.map(() => 0),
          0,
          (source, at) => put(at, given, source),
        ),
      ),
    ];
  return [{ type, dims, data: newElements('float32', sizeOf(dims)) }];
};

const range: Evaluator = (_, [start, , step], [{ type, dims }]) => {
  if (type !== 'int64') return undefined;
  const [first, delta] = [start, step].map(({ data }) => (data as BigInt64Array)[0]);
  return [
    {
      type,
      dims,
      data: BigInt64Array.from({ length: dims[0] }, (_value, index) => first + BigInt(index) * delta),
    },
  ];
};

const folds: Readonly<Record<string, (a: bigint, b: bigint) => bigint>> = {
  ReduceSum: (a, b) => a + b,
  ReduceProd: (a, b) => a * b,
  ReduceMax: (a, b) => (a > b ? a : b),
  ReduceMin: (a, b) => (a < b ? a : b),
};

/** Reductions of a few integers to one: counts of elements. */
const reduceIntegers: Evaluator = (call, [value], [{ type, dims }]) => {
  const axes = reducedAxes(call);
  if (type !== 'int64' || axes.length !== value.dims.length || value.data.length === 0) return undefined;
  const total = (value.data as BigInt64Array).reduce(folds[call.node.opType]);
  return [{ type, dims, data: BigInt64Array.of(total) }];
};

const oneHot: Evaluator = (call, [indices, depthOf, offOn], [{ dims }]) => {
  const depth = Number(depthOf.data[0]);
  const axis = axisOf(call, intOf(call.node, 'axis', -1), dims.length);
  const inner = sizeOf(dims.slice(axis + 1));
  const hot = Array.from(indices.data as ArrayLike<number | bigint>, (index) => {
    const picked = Number(index);
    return picked < 0 ? picked + depth : picked;
  });
  return [
    fill(offOn, dims, (put) => {
      for (let at = 0; at < sizeOf(dims); at++) {
        const row = Math.floor(at / (inner * depth)) * inner + (at % inner);
        put(at, offOn, Number(hot[row] === Math.floor(at / inner) % depth));
      }
    }),
  ];
};

const cast: Evaluator = (_, [value], [{ type }]) => listed(evaluateCast(value, type));
const elementwise: Evaluator = ({ node }, values, [{ dims }]) =>
  listed(evaluateBinary(intOf(node, 'fmod', 0) === 1 ? 'FMod' : node.opType, values, dims));
/** As exporters clip sizes: bounds are inputs, which they are since opset 11, and either may be absent. */
const clip: Evaluator = ({ node, inputs }, [value], [{ dims }]) => {
  if (node.attributes.size > 0) return undefined;
  let result: Tensor | undefined = value;
  for (const [bound, opType] of [[inputs[1], 'Max'] as const, [inputs[2], 'Min'] as const]) {
    if (result && bound?.value) result = evaluateBinary(opType, [result, bound.value], dims);
  }
  return listed(result);
};
const unary: Evaluator = ({ node }, [value]) => listed(evaluateUnary(node.opType, value));

const evaluators: ReadonlyMap<string, Evaluator> = new Map<string, Evaluator>([
  ...movementEvaluators,
  ...'Add Sub Mul Div Mod Min Max And Or Equal Greater GreaterOrEqual Less LessOrEqual'
    .split(' ')
    .map((name) => [name, elementwise] as const),
  ...'Neg Abs Sign Sqrt Reciprocal Floor Ceil Not'.split(' ').map((name) => [name, unary] as const),
  ['ConstantOfShape', constantOfShape],
  ['Range', range],
  ...Object.keys(folds).map((name) => [name, reduceIntegers] as const),
  ['OneHot', oneHot],
  ['Clip', clip],
  ['Pow', (_, [base, exponent]) => listed(evaluatePower(base, exponent))],
  ['Cast', cast],
  ['CastLike', cast],
  ['Where', (_, values, [{ dims }]) => [evaluateWhere(values, dims)]],
]);

/** The tensor a Constant node holds. */
export function constantOf({ node }: NodeCall): Tensor | undefined {
  const floats =
    attributeOf(node, 'value_floats', 'floats', undefined) ??
    attributeOf(node, 'value_float', 'float', undefined);
  const integers = intsOf(node, 'value_ints') ?? attributeOf(node, 'value_int', 'int', undefined);
  if (typeof integers === 'number') return int64([integers], []);
  if (integers) return int64(integers);
  if (typeof floats === 'number') return { type: 'float32', dims: [], data: Float32Array.of(floats) };
  if (floats) return { type: 'float32', dims: [floats.length], data: Float32Array.from(floats) };
  return attributeOf(node, 'value', 'tensor', undefined);
}

/** Values that follow from the input's shape alone: Shape and Size. */
export function evaluateShapeOf({ node, inputs }: NodeCall): Tensor | undefined {
  const dims = inputs[0]?.dims ?? [];
  if (node.opType === 'Size') return int64([sizeOf(dims)], []);
  if (node.opType !== 'Shape') return undefined;
  return int64(dims.slice(intOf(node, 'start', 0), attributeOf(node, 'end', 'int', dims.length)));
}

/**
 * Values of a node's outputs when all inputs that it has are constant; undefined where this file does not compute the
 * operator. Float arithmetic rounds as the runtime does (one IEEE operation an element).
 */
export function evaluateNode(call: NodeCall, outputs: readonly TensorFact[]): readonly Tensor[] | undefined {
  const given = call.inputs.filter((input) => input !== undefined);
  const known = given.flatMap(({ value }) => value ?? []);
  if (known.length !== given.length) return undefined;
  return evaluators.get(call.node.opType)?.(call, known, outputs);
}
