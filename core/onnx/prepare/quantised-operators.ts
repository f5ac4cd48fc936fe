import { int64, type Tensor } from '../../tensor.ts';
import { attributeOf, attributes, floatOf, intOf, type AttributeValue } from '../attributes.ts';
import type { Attribute, Model, Node } from '../graph.ts';
import { freshNames, makeNode, withGraph } from '../graph-edits.ts';
import { dequantise } from './dequantise.ts';

/** Names of a scale and a zero point; '' for a zero point of 0. */
type Step = readonly [scale: string, zero: string];

class Writer {
  readonly nodes: Node[] = [];
  readonly initializers: Map<string, Tensor>;
  /** Step of every tensor of quantised values. */
  readonly steps = new Map<string, Step>();
  readonly fresh: (stem: string) => string;
  readonly #opset: number;

  constructor(model: Model) {
    this.initializers = new Map(model.graph.initializers);
    this.fresh = freshNames(model);
    this.#opset = model.opsets.get('') ?? 1;
  }

  get hasAxesInput(): boolean {
    return this.#opset >= 18;
  }

  /** The real numbers of a tensor: a constant where it is one, else a DequantizeLinear. */
  real(name: string, [scale, zero]: Step, axis = 1): string {
    const own = this.fresh(`${name}/real`);
    const [values, steps, zeros] = [name, scale, zero].map((part) => this.initializers.get(part));
    if (values && steps && (zero === '' || zeros))
      this.initializers.set(own, dequantise(values, steps, zeros, { axis }));
    else {
      const inputs = zero === '' ? [name, scale] : [name, scale, zero];
      // A scale a channel is told since operator set 13; older files have one for all.
      const along = (steps?.data.length ?? 1) > 1 ? attributes({ axis }) : undefined;
      this.nodes.push(makeNode('DequantizeLinear', inputs, [own], along));
    }
    return own;
  }

  op(
    opType: string,
    inputs: readonly string[],
    values: ReadonlyMap<string, Attribute> | Readonly<Record<string, AttributeValue>> = {},
  ): string {
    const own = this.fresh(`${inputs[0]}/${opType}`);
    const given = values instanceof Map ? values : attributes(values as Record<string, AttributeValue>);
    this.nodes.push(makeNode(opType, inputs, [own], given));
    return own;
  }

  /** Rounds to the step and calls the result as the node's first output. */
  quantise(real: string, [scale, zero]: Step, { outputs }: Node): void {
    this.nodes.push(makeNode('QuantizeLinear', zero === '' ? [real, scale] : [real, scale, zero], outputs));
    this.steps.set(outputs[0], [scale, zero]);
  }

  ints(values: readonly number[], dims?: readonly number[]): string {
    const own = this.fresh('sizes');
    this.initializers.set(own, int64(values, dims));
    return own;
  }
}

/** Writes one quantised operator; false leaves it as it is. */
type Rewrite = (w: Writer, node: Node) => boolean;

const stepAt = ({ inputs }: Node, index: number): Step => [inputs[index], inputs[index + 1] ?? ''];

/** The bias of a product, whose step is the product of those of its operands. */
function realBias(w: Writer, name: string, left: string, right: string): string | undefined {
  const [bias, a, b] = [name, left, right].map((part) => w.initializers.get(part));
  if (!bias || !a || !b || a.data.length !== 1) return undefined;
  const factor = Number(a.data[0]);
  const scale: Tensor = {
    type: 'float32',
    dims: b.dims,
    data: Float32Array.from(b.data as ArrayLike<number>, (value) => Math.fround(value * factor)),
  };
  const own = w.fresh(`${name}/real`);
  w.initializers.set(own, dequantise(bias, scale, undefined, { axis: 0 }));
  return own;
}

const conv: Rewrite = (w, node) => {
  const [x, xScale, , weights, weightScale, , , , bias] = node.inputs;
  const realOfBias = bias ? realBias(w, bias, xScale, weightScale) : undefined;
  if (bias && realOfBias === undefined) return false;
  const inputs = [w.real(x, stepAt(node, 1)), w.real(weights, stepAt(node, 4), 0)];
  const { attributes: own } = node;
  w.quantise(w.op('Conv', realOfBias ? [...inputs, realOfBias] : inputs, own), stepAt(node, 6), node);
  return true;
};

const matMul: Rewrite = (w, node) => {
  const [a, , , b] = node.inputs;
  const product = w.op('MatMul', [w.real(a, stepAt(node, 1)), w.real(b, stepAt(node, 4), -1)]);
  w.quantise(product, stepAt(node, 6), node);
  return true;
};

const gemm: Rewrite = (w, node) => {
  const [a, aScale, , b, bScale, , bias, yScale] = node.inputs;
  const realOfBias = bias ? realBias(w, bias, aScale, bScale) : undefined;
  if (bias && realOfBias === undefined) return false;
  const isTransposed = intOf(node, 'transB', 0) !== 0;
  const inputs = [w.real(a, stepAt(node, 1)), w.real(b, stepAt(node, 4), isTransposed ? 0 : 1)];
  const product = w.op('Gemm', realOfBias ? [...inputs, realOfBias] : inputs, node.attributes);
  if (yScale) w.quantise(product, stepAt(node, 7), node);
  else w.nodes.push(makeNode('Identity', [product], node.outputs));
  return true;
};

const binary =
  (opType: string): Rewrite =>
  (w, node) => {
    const [a, , , b] = node.inputs;
    w.quantise(w.op(opType, [w.real(a, stepAt(node, 1)), w.real(b, stepAt(node, 4))]), stepAt(node, 6), node);
    return true;
  };

const unary =
  (opType: string, own: (node: Node) => Readonly<Record<string, AttributeValue>> = () => ({})): Rewrite =>
  (w, node) => {
    w.quantise(w.op(opType, [w.real(node.inputs[0], stepAt(node, 1))], own(node)), stepAt(node, 3), node);
    return true;
  };

/** Pools of [N, C, H, W]; those that the runtime laid out with channels last are left. */
const pool =
  (opType: string): Rewrite =>
  (w, node) => {
    if (intOf(node, 'channels_last', 0) !== 0) return false;
    const own = new Map([...node.attributes].filter(([name]) => name !== 'channels_last'));
    w.quantise(w.op(opType, [w.real(node.inputs[0], stepAt(node, 1))], own), stepAt(node, 3), node);
    return true;
  };

const mean: Rewrite = (w, node) => {
  const axes = attributeOf(node, 'axes', 'ints', undefined);
  const keepdims = intOf(node, 'keepdims', 1);
  const x = w.real(node.inputs[0], stepAt(node, 1));
  const inInput = w.hasAxesInput && axes !== undefined;
  const result = inInput
    ? w.op('ReduceMean', [x, w.ints(axes)], { keepdims })
    : w.op('ReduceMean', [x], axes ? { axes, keepdims } : { keepdims });
  w.quantise(result, stepAt(node, 3), node);
  return true;
};

const concat: Rewrite = (w, node) => {
  const [scale, zero, ...rest] = node.inputs;
  const parts = Array.from({ length: rest.length / 3 }, (_, index) =>
    w.real(rest[3 * index], [rest[3 * index + 1], rest[3 * index + 2]]),
  );
  w.quantise(w.op('Concat', parts, { axis: intOf(node, 'axis', 1) }), [scale, zero], node);
  return true;
};

const STANDARD: Readonly<Record<string, Rewrite>> = { QLinearConv: conv, QLinearMatMul: matMul };
const OF_RUNTIME: Readonly<Record<string, Rewrite>> = {
  QGemm: gemm,
  QLinearAdd: binary('Add'),
  QLinearMul: binary('Mul'),
  QLinearSigmoid: unary('Sigmoid'),
  QLinearLeakyRelu: unary('LeakyRelu', (node) => ({ alpha: { float: floatOf(node, 'alpha', 0.01) } })),
  QLinearSoftmax: unary('Softmax', (node) => ({ axis: intOf(node, 'axis', -1) })),
  QLinearGlobalAveragePool: pool('GlobalAveragePool'),
  QLinearAveragePool: pool('AveragePool'),
  QLinearReduceMean: mean,
  QLinearConcat: concat,
};

/** Operators that only move or pick values: the same on quantised values and on real ones. */
const MOVES = new Set('Reshape Flatten Transpose Squeeze Unsqueeze Slice Gather MaxPool Identity'.split(' '));

function moved(w: Writer, node: Node): boolean {
  const step = w.steps.get(node.inputs[0]);
  if (!step || !MOVES.has(node.opType) || node.outputs.filter((name) => name !== '').length > 1) return false;
  const real = w.real(node.inputs[0], step);
  const own = w.fresh(`${node.outputs[0]}/real`);
  w.nodes.push({ ...node, inputs: [real, ...node.inputs.slice(1)], outputs: [own] });
  w.quantise(own, step, node);
  return true;
}

/** A constant that is kept in few bits: DequantizeLinear of initializers. */
function constant(w: Writer, node: Node): boolean {
  const [values, scale, zero] = node.inputs.map((name) => w.initializers.get(name));
  if (!values || !scale || (node.inputs[2] && !zero)) return false;
  const [axis, block] = [intOf(node, 'axis', 1), intOf(node, 'block_size', 0)];
  w.initializers.set(node.outputs[0], dequantise(values, scale, zero, { axis, block }));
  return true;
}

/** Both operators exist in the domain of the runtime with the same meaning. */
function standardForm(node: Node): Node {
  const isSame = node.opType === 'QuantizeLinear' || node.opType === 'DequantizeLinear';
  return isSame && node.domain === 'com.microsoft' ? { ...node, domain: '' } : node;
}

function rewrite(w: Writer, given: Node): void {
  const node = standardForm(given);
  const table = node.domain === '' ? STANDARD : node.domain === 'com.microsoft' ? OF_RUNTIME : {};
  if (table[node.opType]?.(w, node)) return;
  if (node.domain === '' && node.opType === 'DequantizeLinear' && constant(w, node)) return;
  if (node.domain === '' && moved(w, node)) return;
  w.nodes.push(node);
  const [, scale, zero = ''] = node.inputs;
  if (node.domain === '' && node.opType === 'QuantizeLinear') w.steps.set(node.outputs[0], [scale, zero]);
}

const isQuantised = ({ opType }: Node) =>
  /^Q[A-Z]|QuantizeLinear$|DequantizeLinear$/.test(opType) || opType === 'QuantizeLinear';

/**
 * A quantised model in the form "real operator between QuantizeLinear and DequantizeLinear", which has a gradient:
 * QLinearConv and its kin of ONNX Runtime are written so, constants kept in few bits become real numbers, and what only
 * moves quantised values moves real ones. Sums are formed in float32, where the runtime adds integers: a value that lies
 * between two steps may be rounded to the other. Tensors keep their names.
 */
export function withRealOperators(model: Model): Model {
  if (!model.graph.nodes.some(isQuantised)) return model;
  const w = new Writer(model);
  for (const node of model.graph.nodes) rewrite(w, node);
  return withGraph(model, { nodes: w.nodes, initializers: w.initializers, valueInfo: new Map() });
}
