import { int64, sizeOf } from '../tensor.ts';
import type { Tensor } from '../tensor.ts';
import { intOf, intsOf } from './attributes.ts';
import { stridesOf } from './evaluate/strided.ts';
import type { Model, Node } from './graph.ts';
import { consumersOf, freshNames, makeNode, producersOf, withGraph } from './graph-edits.ts';
import type { ShapeMap } from './shapes.ts';

/** Operators that treat each channel (axis 1) by itself. */
const perChannel = new Set(
  (
    'Relu LeakyRelu Clip Sigmoid Tanh HardSigmoid HardSwish Elu Selu Celu Softplus Identity Dropout Neg Exp ' +
    'AveragePool MaxPool GlobalAveragePool GlobalMaxPool'
  ).split(' '),
);
const reshaping = new Set(['Reshape', 'Flatten', 'Squeeze']);
const withConstant = new Set(['Add', 'Sub', 'Mul', 'Div']);

/** Some entries of a constant along an axis, the axis kept. */
function pick(tensor: Tensor, axis: number, indices: readonly number[]): Tensor {
  const inner = stridesOf(tensor.dims)[axis];
  const size = tensor.dims[axis];
  const outer = sizeOf(tensor.dims.slice(0, axis));
  // Of whatever type: only copied.
  const from = tensor.data as Float32Array;
  const data = from.slice(0, outer * indices.length * inner);
  for (let block = 0; block < outer; block++) {
    indices.forEach((index, i) => {
      const start = (block * size + index) * inner;
      data.set(from.subarray(start, start + inner), (block * indices.length + i) * inner);
    });
  }
  const dims = tensor.dims.map((length, at) => (at === axis ? indices.length : length));
  return { ...tensor, dims, data };
}

interface Walk {
  readonly model: Model;
  readonly shapes: ShapeMap;
  /** The classes that are kept, and how many there are. */
  readonly kept: readonly number[];
  readonly classes: number;
  readonly fresh: (stem: string) => string;
  /** Nodes in place of those of the same first output. */
  readonly replaced: Map<string, Node>;
  readonly initializers: Map<string, Tensor>;
}

function addSliced({ fresh, initializers, kept }: Walk, name: string, tensor: Tensor, axis: number): string {
  const sliced = fresh(`${name}/class_${kept.join('_')}`);
  initializers.set(sliced, pick(tensor, axis, kept));
  return sliced;
}

/** A bias that has one entry a class, along its last axis; a single entry serves every class. */
function slicedBias(walk: Walk, name: string | undefined): string | undefined {
  if (!name) return '';
  const bias = walk.model.graph.initializers.get(name);
  if (!bias) return undefined;
  const last = bias.dims.length - 1;
  return (bias.dims[last] ?? 1) === 1 ? name : addSliced(walk, name, bias, last);
}

/** Axis of the weights that runs over classes, where the node is a linear layer with constant weights. */
function classAxisOf(node: Node, weights: Tensor | undefined): number {
  if (!weights) return -1;
  if (node.opType === 'Conv') return intOf(node, 'group', 1) === 1 ? 0 : -1;
  if (node.opType === 'Gemm') return intOf(node, 'transB', 0) ? 0 : 1;
  return node.opType === 'MatMul' && weights.dims.length === 2 ? 1 : -1;
}

function sliceLinear(walk: Walk, node: Node): boolean {
  const { graph } = walk.model;
  const weights = graph.initializers.get(node.inputs[1]);
  const axis = classAxisOf(node, weights);
  const bias = slicedBias(walk, node.inputs[2]);
  if (!weights || axis < 0 || weights.dims[axis] !== walk.classes || bias === undefined) return false;
  const inputs = [node.inputs[0], addSliced(walk, node.inputs[1], weights, axis), bias];
  walk.replaced.set(node.outputs[0], {
    ...node,
    inputs: node.inputs.length > 2 ? inputs : inputs.slice(0, 2),
  });
  return true;
}

/** Element-wise with a constant: its entries along the class axis are sliced, those that broadcast are kept. */
function sliceOperand(walk: Walk, node: Node): string | undefined {
  const { initializers } = walk.model.graph;
  const constantAt = node.inputs.findIndex((name) => initializers.has(name));
  const constant = initializers.get(node.inputs[constantAt]);
  const data = node.inputs[1 - constantAt];
  if (!constant || node.inputs.length !== 2) return undefined;
  const rank = walk.shapes.get(node.outputs[0])?.dims.length ?? 0;
  const axis = constant.dims.length - rank + 1;
  if (axis >= 0 && constant.dims[axis] === walk.classes) {
    const sliced = addSliced(walk, node.inputs[constantAt], constant, axis);
    walk.replaced.set(node.outputs[0], {
      ...node,
      inputs: constantAt === 0 ? [sliced, data] : [data, sliced],
    });
  } else if (axis >= 0 && constant.dims[axis] !== 1) return undefined;
  return data;
}

/** [N, K, 1, 1] -> [N, K] written for the classes that are kept. */
function sliceReshape(walk: Walk, node: Node): string | undefined {
  const before = walk.shapes.get(node.inputs[0])?.dims ?? [];
  if (before[1] !== walk.classes || before.slice(2).some((size) => size !== 1)) return undefined;
  const after = walk.shapes.get(node.outputs[0])?.dims ?? [];
  if (after[1] !== walk.classes) return undefined;
  const target = walk.fresh(`${node.outputs[0]}/class_target`);
  walk.initializers.set(target, int64([-1, walk.kept.length, ...after.slice(2).map(() => 1)]));
  walk.replaced.set(node.outputs[0], makeNode('Reshape', [node.inputs[0], target], node.outputs));
  return node.inputs[0];
}

/** A mean over the spatial axes is global average pooling under another name. */
function overSpace(walk: Walk, node: Node): string | undefined {
  const fromInput = walk.model.graph.initializers.get(node.inputs[1] ?? '');
  const axes =
    intsOf(node, 'axes') ?? (fromInput && Array.from(fromInput.data as BigInt64Array, Number)) ?? [];
  const rank = walk.shapes.get(node.inputs[0])?.dims.length;
  const spatial = axes.map((axis) => (axis < 0 ? axis + 4 : axis)).sort();
  return rank === 4 && spatial.join() === '2,3' ? node.inputs[0] : undefined;
}

/** The operand to go on with towards the last linear layer; undefined when the classes cannot be told apart there. */
function stepBack(walk: Walk, node: Node): string | undefined {
  if (perChannel.has(node.opType)) return node.inputs[0];
  if (withConstant.has(node.opType)) return sliceOperand(walk, node);
  if (node.opType === 'ReduceMean' || node.opType === 'ReduceMax') return overSpace(walk, node);
  return reshaping.has(node.opType) ? sliceReshape(walk, node) : undefined;
}

function sliceBackwards(walk: Walk, output: string): boolean {
  const producers = producersOf(walk.model.graph);
  const consumers = consumersOf(walk.model.graph);
  for (let name: string | undefined = output; name !== undefined;) {
    const node = producers.get(name);
    // A tensor that is read elsewhere too needs all its classes.
    if (!node || (name !== output && consumers.get(name)?.length !== 1)) return false;
    if (sliceLinear(walk, node)) return true;
    name = stepBack(walk, node);
  }
  return false;
}

/** The head with a single output `logit` [N]: the score of one class; see {@link withClasses}. */
export function withSingleClass(head: Model, shapes: ShapeMap, classIndex: number): Model {
  return sliced(head, shapes, [classIndex], { name: 'logit', dims: ['batch'], target: [-1] });
}

/**
 * The head with a single output [N, K]: the scores of some classes, in the order given.
 *
 * The last linear layer (Gemm, MatMul, Conv) keeps only the weights of these classes when what follows it treats each class
 * by itself; otherwise (softmax, say) the classes are picked from the whole output. Same numbers either way.
 */
export function withClasses(head: Model, shapes: ShapeMap, kept: readonly number[]): Model {
  const [dims, target] = [
    ['batch', kept.length],
    [-1, kept.length],
  ];
  return sliced(head, shapes, kept, { name: 'scores', dims, target });
}

interface SlicedOutput {
  readonly name: string;
  readonly dims: readonly (number | string)[];
  readonly target: readonly number[];
}

function sliced(head: Model, shapes: ShapeMap, kept: readonly number[], wanted: SlicedOutput): Model {
  const { graph } = head;
  const output = graph.outputs[0].name;
  const classes = shapes.get(output)?.dims[1] ?? 1;
  const fresh = freshNames(head);
  const initializers = new Map(graph.initializers);
  const walk: Walk = { model: head, shapes, kept, classes, fresh, replaced: new Map(), initializers };
  const isSliced = sliceBackwards(walk, output);
  const [index, picked, flat, logit] = ['class_index', 'picked', 'flat_target', wanted.name].map(fresh);
  const source = isSliced ? output : picked;
  const all = isSliced ? initializers : new Map(graph.initializers).set(index, int64([...kept]));
  const nodes = isSliced
    ? graph.nodes.map((node) => walk.replaced.get(node.outputs[0]) ?? node)
    : graph.nodes;
  const gather = makeNode(
    'Gather',
    [output, index],
    [picked],
    new Map([['axis', { type: 'int', value: 1 }]]),
  );
  const flatten = makeNode('Reshape', [source, flat], [logit]);
  return withGraph(head, {
    outputs: [{ name: logit, type: 'float32', dims: wanted.dims }],
    nodes: [...nodes, ...(isSliced ? [] : [gather]), flatten],
    initializers: all.set(flat, int64([...wanted.target])),
    valueInfo: new Map(),
  });
}
