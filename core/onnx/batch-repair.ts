import { int64, sizeOf } from '../tensor.ts';
import type { Tensor } from '../tensor.ts';
import { batchVectorFragment } from './batch-vectors.ts';
import type { Model, Node } from './graph.ts';
import { makeNode } from './graph-edits.ts';
import { addNodeFacts } from './propagate.ts';
import type { TensorFact } from './shape-rules/rule.ts';
import type { Facts } from './two-batches.ts';

/** Values larger than this are followed by their shape only. */
export const MAX_FOLLOWED_ELEMENTS = 4096;

/** The graph under repair: what is known at its own batch (the truth) and at twice that (followed as nodes are added). */
export interface Repair {
  /** How many images the file was exported for. */
  readonly own: number;
  readonly single: Facts;
  readonly double: Map<string, TensorFact>;
  readonly nodes: Node[];
  readonly initializers: Map<string, Tensor>;
  readonly fresh: (stem: string) => string;
  readonly opsets: Model['opsets'];
  readonly input: string;
  /**
   * How many elements of its axis come before the batch (1 where absent): more than one in a tensor
   * [positions · batch, channels] whose rows are ordered by position first.
   */
  readonly leads: Map<string, number>;
}

/** Sizes of a tensor; none where nothing is known of it. */
export const dimsIn = (facts: Facts, name: string) => facts.get(name)?.dims ?? [];

/** The axis along which a tensor grows with the batch, or -1. */
function growingAxis({ single, double }: Repair, name: string): number {
  const before = dimsIn(single, name);
  return dimsIn(double, name).findIndex((size, axis) => size !== before[axis]);
}

/** Appends a node to the repaired graph and follows it at twice the batch. */
export function emit(repair: Repair, node: Node): void {
  const lead = node.inputs.map((name) => repair.leads.get(name)).find((known) => known !== undefined);
  if (lead !== undefined && node.opType !== 'Reshape')
    for (const name of node.outputs) repair.leads.set(name, lead);
  addNodeFacts(repair.double, node, repair.opsets, MAX_FOLLOWED_ELEMENTS);
  repair.nodes.push(node);
}

function addConstant({ initializers, double }: Repair, name: string, value: Tensor): string {
  initializers.set(name, value);
  double.set(name, { type: value.type, dims: value.dims, value });
  return name;
}

/** A shape whose one axis is multiplied by the batch, computed from the input's shape. */
function batchShape(repair: Repair, stem: string, dims: readonly number[], axis: number): string {
  const vector = {
    constant: dims.map((size, index) => (index === axis ? 0 : size)),
    factor: dims.map((size, index) => (index === axis ? size / repair.own : 0)),
    dims: [dims.length],
  };
  const fragment = batchVectorFragment(vector, repair.input, repair.fresh(`${stem}/of_batch`), repair.fresh);
  for (const [name, value] of fragment.initializers) addConstant(repair, name, value);
  for (const node of fragment.nodes) emit(repair, node);
  return fragment.result;
}

/** Where the batch lies in a reshaped tensor: its axis, and how many elements of that axis come before it. */
interface BatchPlace {
  readonly axis: number;
  readonly lead: number;
}

/** Where the batch can lie in `target`, when `before` elements precede it in memory. */
function placesIn(target: readonly number[], before: number, own: number): BatchPlace[] {
  const after = sizeOf(target) / own / before;
  return target.flatMap((_, axis) => {
    const [outer, inner] = [sizeOf(target.slice(0, axis)), sizeOf(target.slice(axis + 1))];
    return before % outer === 0 && after % inner === 0 ? [{ axis, lead: before / outer }] : [];
  });
}

/**
 * A file for one image does not tell [positions, batch · channels] from [positions · batch, channels]. Where the
 * batch starts its axis is the rule (a class token, windows, heads), but it is no part of the last one, the channels.
 */
function likelyPlace(places: readonly BatchPlace[], rank: number): BatchPlace | undefined {
  const leading = places.find(({ lead }) => lead === 1);
  return leading && leading.axis < rank - 1 ? leading : (places[0] ?? leading);
}

/** A frozen target [batch, ...] again, with -1 where the batch lies. */
function repairReshape(repair: Repair, node: Node): Node {
  const [input, output] = [node.inputs[0], node.outputs[0]];
  const grown = growingAxis(repair, input);
  if (grown < 0) return node;
  const before = sizeOf(dimsIn(repair.single, input).slice(0, grown)) * (repair.leads.get(input) ?? 1);
  const target = [...dimsIn(repair.single, output)];
  const place = likelyPlace(placesIn(target, before, repair.own), target.length);
  if (!place) return node;
  target[place.axis] = -1;
  repair.leads.set(output, place.lead);
  const name = addConstant(repair, repair.fresh(`${output}/target`), int64(target));
  return { ...makeNode('Reshape', [input, name], node.outputs), name: node.name };
}

/** as_strided of a whole tensor: every element of the flattened data in order, which is a Reshape. */
function repairGather(repair: Repair, node: Node): Node {
  const [data, indices] = node.inputs;
  const places = repair.double.get(indices)?.value?.data;
  const isWhole =
    places?.length === sizeOf(dimsIn(repair.single, data)) &&
    dimsIn(repair.single, data).length === 1 &&
    places.every((place, index) => Number(place) === index);
  return isWhole ? repairReshape(repair, node) : node;
}

/** A frozen size that an Expand or a Resize is given. */
function repairSizes(repair: Repair, node: Node, index: number): Node {
  const grown = growingAxis(repair, node.inputs[0]);
  const isFrozen = repair.double.get(node.inputs[index] ?? '')?.value !== undefined;
  if (grown < 0 || !isFrozen) return node;
  const sizes = dimsIn(repair.single, node.outputs[0]);
  const axis = grown + sizes.length - dimsIn(repair.single, node.inputs[0]).length;
  const name = batchShape(repair, node.outputs[0], sizes, axis);
  return { ...node, inputs: node.inputs.map((input, at) => (at === index ? name : input)) };
}

/** A constant that the exporter repeated for every image, once again; undefined for anything else. */
function onceAgain(repair: Repair, name: string, axis: number): string | undefined {
  const value = repair.initializers.get(name);
  if (repair.own === 1 || value?.dims[axis] !== repair.own) return undefined;
  if (sizeOf(value.dims.slice(0, axis)) !== 1) return undefined;
  const size = value.data.length / repair.own;
  for (let i = size; i < value.data.length; i++)
    if (!Object.is(value.data[i], value.data[i % size])) return undefined;
  const dims = value.dims.map((length, index) => (index === axis ? 1 : length));
  return addConstant(repair, repair.fresh(`${name}/once`), {
    ...value,
    data: value.data.slice(0, size),
    dims,
  });
}

/** Operands that do not grow beside operands that do, such as a class token: repeated for every image. */
function repairConcat(repair: Repair, node: Node): Node {
  const grown = Math.max(...node.inputs.map((name) => growingAxis(repair, name)));
  if (grown < 0) return node;
  const inputs = node.inputs.map((name) => {
    if (growingAxis(repair, name) === grown) return name;
    const shape = batchShape(repair, name, dimsIn(repair.single, name), grown);
    const repeated = repair.fresh(`${name}/repeated`);
    const item = onceAgain(repair, name, grown) ?? name;
    emit(repair, makeNode('Expand', [item, shape], [repeated]));
    return repeated;
  });
  return { ...node, inputs };
}

/** The node as it follows the batch; what it then needs is added before it. */
export function repairNode(repair: Repair, node: Node): Node {
  switch (node.opType) {
    case 'Reshape':
      return repairReshape(repair, node);
    case 'Gather':
      return repairGather(repair, node);
    case 'Expand':
      return repairSizes(repair, node, 1);
    case 'Resize':
      return node.inputs[3] && !node.attributes.has('axes') ? repairSizes(repair, node, 3) : node;
    case 'Concat':
      return repairConcat(repair, node);
    default:
      return node;
  }
}
