import { TesseraError } from '../errors.ts';
import { attributes, floatOf, intOf, intsOf, labelOf, stringOf } from '../onnx/attributes.ts';
import type { Attribute, Model, Node } from '../onnx/graph.ts';
import type { TensorFact } from '../onnx/shape-rules/rule.ts';
import { sizeOf } from '../tensor.ts';
import { GraphBuilder } from './graph-builder.ts';

/** Operator set that older graphs are converted to: the first with LayerNormalization and scatter-add. */
export const OLDEST_OPSET = 17;

/** What a converter works with: the node in its old form, and a builder that takes the new nodes. */
interface Upgrade {
  readonly node: Node;
  readonly b: GraphBuilder;
  readonly factOf: (name: string) => TensorFact | undefined;
}

/** Gives the new form of the node; it may put nodes before it into the builder. */
type Converter = (upgrade: Upgrade) => Node;

/**
 * Brings a graph of opset 7 to 16 to opset 17 without changing its numbers.
 *
 * Handles the operators whose form changed in between: attributes that became inputs (axes, split, pads, starts,
 * bounds, k), Softmax and its kin (once over flattened axes), Upsample and the first Resize, and attributes that
 * went away. Operators that kept their meaning pass through. `facts` gives the shapes for the softmax family.
 * Throws TesseraError 'unsupported-operator' for the few whose meaning changed otherwise.
 */
export function upgradeOpset(model: Model, facts: ReadonlyMap<string, TensorFact>): Model {
  const { graph } = model;
  const opset = model.opsets.get('') ?? 1;
  const names = [
    ...graph.inputs.map(({ name }) => name),
    ...graph.initializers.keys(),
    ...graph.nodes.flatMap(({ name, outputs }) => [name, ...outputs]),
  ];
  const b = new GraphBuilder(OLDEST_OPSET, names);
  const factOf = (name: string) => facts.get(name);
  for (const node of graph.nodes) b.nodes.push(converted({ node, b, factOf }, opset));
  return {
    ...model,
    irVersion: Math.max(model.irVersion, 8),
    opsets: new Map([...model.opsets, ['', OLDEST_OPSET]]),
    graph: { ...graph, nodes: b.nodes, initializers: new Map([...graph.initializers, ...b.initializers]) },
  };
}

function converted(upgrade: Upgrade, opset: number): Node {
  const { node } = upgrade;
  if (node.domain !== '') return node;
  // A new form has no old attribute, so each converter can tell by itself; opset decides only for the softmax family.
  const converter = CONVERTERS[node.opType];
  if (converter === undefined) return node;
  return opset >= converter.until ? node : converter.convert(upgrade);
}

function without(node: Node, ...names: readonly string[]): ReadonlyMap<string, Attribute> {
  return new Map([...node.attributes].filter(([name]) => !names.includes(name)));
}

/** Moves a list attribute to an int64 input at `index`, leaving gaps absent. */
function listToInput(attribute: string, index: number): Converter {
  return ({ node, b }) => {
    const values = intsOf(node, attribute);
    if (values === undefined) return node;
    const inputs = [...node.inputs];
    while (inputs.length < index) inputs.push('');
    inputs[index] = b.ints(values);
    return { ...node, inputs, attributes: without(node, attribute) };
  };
}

const clipBounds: Converter = ({ node, b, factOf }) => {
  const type = factOf(node.outputs[0])?.type ?? 'float32';
  const bound = (name: string) => (node.attributes.has(name) ? b.scalar(floatOf(node, name, 0), type) : '');
  return { ...node, inputs: [node.inputs[0], bound('min'), bound('max')], attributes: new Map() };
};

const padInputs: Converter = ({ node, b, factOf }) => {
  const type = factOf(node.outputs[0])?.type ?? 'float32';
  const inputs = [
    node.inputs[0],
    b.ints(intsOf(node, 'pads') ?? []),
    b.scalar(floatOf(node, 'value', 0), type),
  ];
  return { ...node, inputs, attributes: without(node, 'pads', 'value') };
};

const sliceInputs: Converter = ({ node, b }) => {
  const starts = intsOf(node, 'starts') ?? [];
  const axes = intsOf(node, 'axes') ?? [...starts.keys()];
  const inputs = [node.inputs[0], b.ints(starts), b.ints(intsOf(node, 'ends') ?? []), b.ints(axes)];
  return { ...node, inputs, attributes: new Map() };
};

const topKInput: Converter = ({ node, b }) =>
  node.inputs.length > 1
    ? node
    : { ...node, inputs: [node.inputs[0], b.ints([intOf(node, 'k', 1)])], attributes: without(node, 'k') };

const dropoutToIdentity: Converter = ({ node }) =>
  node.outputs.length > 1 && node.outputs[1] !== ''
    ? refuse(node)
    : { ...node, opType: 'Identity', inputs: node.inputs.slice(0, 1), attributes: new Map() };

/** Before opset 11 images were resized with asymmetric coordinates, and nearest meant rounding down. */
const resizeForm: Converter = ({ node, b }) => {
  const given = node.attributes.get('scales');
  const scales =
    given?.type === 'floats' ? b.floats(given.value, [given.value.length], 'float32') : node.inputs[1];
  return {
    ...node,
    opType: 'Resize',
    inputs: [node.inputs[0], '', scales],
    attributes: attributes({
      mode: stringOf(node, 'mode', 'nearest'),
      coordinate_transformation_mode: 'asymmetric',
      nearest_mode: 'floor',
    }),
  };
};

/** Before opset 13 all axes from `axis` on were taken together. */
const softmaxAxis: Converter = ({ node, b, factOf }) => {
  const dims = factOf(node.inputs[0])?.dims ?? refuse(node);
  const given = intOf(node, 'axis', 1);
  const axis = given < 0 ? given + dims.length : given;
  if (sizeOf(dims.slice(axis + 1)) === 1) return { ...node, attributes: attributes({ axis }) };
  const flat = b.reshape(node.inputs[0], [sizeOf(dims.slice(0, axis)), sizeOf(dims.slice(axis))]);
  const result = b.op(node.opType, [flat], { axis: 1 });
  return { ...node, opType: 'Reshape', inputs: [result, b.ints(dims)], attributes: new Map() };
};

const batchNormAttributes: Converter = ({ node }) =>
  intOf(node, 'spatial', 1) === 1
    ? { ...node, attributes: without(node, 'spatial', 'momentum') }
    : refuse(node);

const scatterName: Converter = ({ node }) => ({ ...node, opType: 'ScatterElements' });

/** RoiAlign moved its sampling points by half a pixel unless an attribute says otherwise. */
const roiAlignMode: Converter = ({ node }) => ({
  ...node,
  attributes: new Map([
    ...node.attributes,
    ...attributes({ coordinate_transformation_mode: 'output_half_pixel' }),
  ]),
});

function refuse(node: Node): never {
  throw new TesseraError(
    'unsupported-operator',
    `The old form of ${labelOf(node)} cannot be converted to opset 17.`,
    {
      hint: 'Export the model again with opset 17 or later.',
    },
  );
}

/** Operators whose form changed, with the first opset of the new form. */
const CONVERTERS: Readonly<Record<string, { readonly until: number; readonly convert: Converter }>> = {
  BatchNormalization: { until: 14, convert: batchNormAttributes },
  Clip: { until: 11, convert: clipBounds },
  Dropout: { until: 12, convert: dropoutToIdentity },
  If: { until: OLDEST_OPSET, convert: ({ node }) => refuse(node) },
  Loop: { until: OLDEST_OPSET, convert: ({ node }) => refuse(node) },
  Scan: { until: OLDEST_OPSET, convert: ({ node }) => refuse(node) },
  Hardmax: { until: 13, convert: softmaxAxis },
  LogSoftmax: { until: 13, convert: softmaxAxis },
  Pad: { until: 11, convert: padInputs },
  ReduceSum: { until: 13, convert: listToInput('axes', 1) },
  Resize: { until: 11, convert: resizeForm },
  RoiAlign: { until: 16, convert: roiAlignMode },
  Scatter: { until: OLDEST_OPSET, convert: scatterName },
  Slice: { until: 10, convert: sliceInputs },
  Softmax: { until: 13, convert: softmaxAxis },
  Split: { until: 13, convert: listToInput('split', 1) },
  Squeeze: { until: 13, convert: listToInput('axes', 1) },
  TopK: { until: 10, convert: topKInput },
  Unsqueeze: { until: 13, convert: listToInput('axes', 1) },
  Upsample: { until: OLDEST_OPSET, convert: resizeForm },
};
