import type { ElementType } from '../../tensor.ts';
import { attributeOf, intOf } from '../attributes.ts';
import { elementTypeCode, elementTypeOf } from '../element-types.ts';
import type { Attribute, Graph, Model, Node, ValueInfo } from '../graph.ts';
import { freshNames, makeNode, readsOf, withGraph } from '../graph-edits.ts';
import { toFloat32 } from '../half-floats.ts';

const isHalf = (type: ElementType | undefined) => type === 'float16' || type === 'bfloat16';
const isLowered = (type: ElementType | undefined) => isHalf(type) || type === 'float64';
const FLOAT32 = elementTypeCode('float32');
const HALF_CODES = new Set([elementTypeCode('float16'), elementTypeCode('bfloat16')]);
const DOUBLE = elementTypeCode('float64');
/** Attributes whose integer is the code of an element type. */
const TYPE_ATTRIBUTES = new Set([
  'to',
  'dtype',
  'output_dtype',
  'stash_type',
  'softmax_precision',
  'precision',
]);

/** Half precision in an attribute becomes float32; `withDouble` also double precision. */
function convertedAttribute(name: string, attribute: Attribute, withDouble: boolean): Attribute {
  switch (attribute.type) {
    case 'int': {
      const { value } = attribute;
      const isOther = HALF_CODES.has(value) || (withDouble && value === DOUBLE);
      return TYPE_ATTRIBUTES.has(name) && isOther ? { type: 'int', value: FLOAT32 } : attribute;
    }
    case 'tensor': {
      const { type } = attribute.value;
      return isHalf(type) || (withDouble && type === 'float64')
        ? { type: 'tensor', value: toFloat32(attribute.value) }
        : attribute;
    }
    case 'graph':
      return { type: 'graph', value: halvesAsFloat32(attribute.value) };
    default:
      return attribute;
  }
}

function converted(node: Node, withDouble: boolean): Node {
  if (node.attributes.size === 0) return node;
  const attributes = new Map(
    [...node.attributes].map(
      ([name, attribute]) => [name, convertedAttribute(name, attribute, withDouble)] as const,
    ),
  );
  return { ...node, attributes };
}

const asFloatInfo = (info: ValueInfo): ValueInfo =>
  isLowered(info.type) ? { ...info, type: 'float32' } : info;

/** Half precision is nowhere left. */
function halvesAsFloat32(graph: Graph): Graph {
  return {
    ...graph,
    inputs: graph.inputs.map((info) => (isHalf(info.type) ? { ...info, type: 'float32' } : info)),
    outputs: graph.outputs.map((info) => (isHalf(info.type) ? { ...info, type: 'float32' } : info)),
    nodes: graph.nodes.map((node) => converted(node, false)),
    initializers: new Map(
      [...graph.initializers].map(([name, value]) => [name, isHalf(value.type) ? toFloat32(value) : value]),
    ),
    valueInfo: new Map([...graph.valueInfo].filter(([, { type }]) => !isLowered(type))),
  };
}

const WHOLE = new Set(['Shape', 'Size', 'ArgMax', 'ArgMin', 'NonZero']);
const TRUTH = new Set('Equal Greater GreaterOrEqual Less LessOrEqual Not And Or Xor IsNaN IsInf'.split(' '));
/** Which input has the type of the output, where it is not the first. */
const TYPED_BY: Readonly<Record<string, number>> = { Where: 1, OneHot: 2, CastLike: 1, DequantizeLinear: 1 };

/** Element type of the first output of a node: as far as telling double precision from the rest needs it. */
function typeAfter(node: Node, types: ReadonlyMap<string, ElementType>): ElementType | undefined {
  const { opType } = node;
  if (opType === 'Cast') return elementTypeOf(intOf(node, 'to', 0), node.name);
  if (opType === 'Constant' || opType === 'ConstantOfShape')
    return attributeOf(node, 'value', 'tensor', undefined)?.type ?? 'float32';
  if (WHOLE.has(opType)) return 'int64';
  if (TRUTH.has(opType)) return 'bool';
  return types.get(node.inputs[TYPED_BY[opType] ?? 0]);
}

function holdsDoubles({ inputs, nodes, initializers }: Graph): boolean {
  const isDouble = (attribute: Attribute) =>
    (attribute.type === 'int' && attribute.value === DOUBLE) ||
    (attribute.type === 'tensor' && attribute.value.type === 'float64');
  return (
    inputs.some(({ type }) => type === 'float64') ||
    [...initializers.values()].some(({ type }) => type === 'float64') ||
    nodes.some(({ attributes }) => [...attributes.values()].some(isDouble))
  );
}

/** What depends on the picture is float32; arithmetic of sizes keeps its double precision, which decides on rounding. */
function doublesAsFloat32(model: Model): Model {
  const { graph } = model;
  const fresh = freshNames(model);
  const types = new Map<string, ElementType>([...graph.initializers].map(([name, { type }]) => [name, type]));
  const data = new Set(graph.inputs.map(({ name }) => name));
  const initializers = new Map(graph.initializers);
  const lowered = new Map<string, string>();
  const nodes: Node[] = [];
  const asFloat = (name: string): string => {
    if (data.has(name) || types.get(name) !== 'float64') return name;
    const known = lowered.get(name);
    if (known !== undefined) return known;
    const own = fresh(`${name}/float32`);
    const constant = initializers.get(name);
    if (constant) initializers.set(own, toFloat32(constant));
    else nodes.push(makeNode('Cast', [name], [own], new Map([['to', { type: 'int', value: FLOAT32 }]])));
    lowered.set(name, own);
    return own;
  };
  for (const node of graph.nodes) {
    const isData = node.opType !== 'Shape' && readsOf(node).some((name) => data.has(name));
    if (isData) {
      nodes.push({ ...converted(node, true), inputs: node.inputs.map(asFloat) });
      for (const name of node.outputs) data.add(name);
      continue;
    }
    nodes.push(node);
    const type = typeAfter(node, types);
    if (type !== undefined) for (const name of node.outputs) types.set(name, type);
  }
  const outputs = graph.outputs.map((info) => (data.has(info.name) ? asFloatInfo(info) : info));
  return withGraph(model, { inputs: graph.inputs.map(asFloatInfo), outputs, nodes, initializers });
}

/**
 * The same model with float32 wherever it had float16, bfloat16 or float64: constants, casts, inputs and outputs. Numbers
 * are those of exact arithmetic on the stored constants, as near as float32 comes; tensors keep their names. Only
 * double-precision arithmetic of sizes, which no pixel enters, stays as it is.
 */
export function asFloat32(model: Model): Model {
  const single = { ...model, graph: halvesAsFloat32(model.graph) };
  return holdsDoubles(single.graph) ? doublesAsFloat32(single) : single;
}
