import { int64 } from '../tensor.ts';
import type { Tensor } from '../tensor.ts';
import { intOf, stringOf } from './attributes.ts';
import { batchVectorFragment, batchVectorOf } from './batch-vectors.ts';
import type { Model, Node } from './graph.ts';
import { freshNames, withGraph } from './graph-edits.ts';
import { atTwoBatches, constantIn } from './two-batches.ts';
import type { InputDims, TwoBatches } from './two-batches.ts';

/** Weights are never repeated beyond this many elements just to save a node. */
const maxFoldedElements = 2 ** 24;

/** Whether a tensor holds integers that follow from the batch size alone: shape arithmetic. */
function isBatchValue(two: TwoBatches, name: string): boolean {
  const [a, b] = two.facts.map((facts) => facts.get(name));
  return a?.type === 'int64' && Boolean(a.value && b?.value) && !constantIn(two, name);
}

function vectorOf({ facts, batches }: TwoBatches, name: string) {
  const [a, b] = facts.map((known) => known.get(name)?.value);
  return a && b && batchVectorOf([a, b], batches);
}

/** Dropout and Identity hand their input on; training mode and a mask that is read do not count. */
function isAlias(node: Node, two: TwoBatches): boolean {
  if (node.opType === 'Identity') return true;
  if (node.opType !== 'Dropout' || node.outputs.filter((name) => name !== '').length > 1) return false;
  const training = node.inputs[2] ? constantIn(two, node.inputs[2]) : undefined;
  return !node.inputs[2] || training?.data[0] === 0;
}

/**
 * A Reshape target that fits every batch size: the sizes that do not change, -1 for the axis that does, 0 (as in
 * the input) for a second one. Undefined when that cannot say it.
 */
function reshapeTarget(
  { facts: [a, b] }: TwoBatches,
  { inputs, outputs }: Node,
): readonly number[] | undefined {
  const dims = [a, b].map((facts) => facts.get(outputs[0])?.dims ?? []);
  const from = [a, b].map((facts) => facts.get(inputs[0])?.dims ?? []);
  let inferred = false;
  const target = dims[0].map((size, axis) => {
    if (size === dims[1][axis]) return size;
    if (size === from[0][axis] && dims[1][axis] === from[1][axis]) return 0;
    if (inferred) return undefined;
    inferred = true;
    return -1;
  });
  const sizes = target.filter((size) => size !== undefined);
  // A literal 0 means "as in the input", so an empty axis cannot be written.
  return sizes.length === target.length && !dims[0].includes(0) ? sizes : undefined;
}

/** Collects the folded graph while the nodes are walked in order. */
interface Builder {
  readonly two: TwoBatches;
  readonly nodes: Node[];
  readonly initializers: Map<string, Tensor>;
  readonly aliases: Map<string, string>;
  readonly vectors: Map<string, string>;
  readonly fresh: (stem: string) => string;
  readonly input: string;
  readonly opset: number;
}

/** A tensor whose axis 0 is the batch, as near to the node as can be had. */
function anchorFor({ two, input }: Builder, node: Node): string {
  const [a, b] = two.facts.map((facts) => facts.get(node.inputs[0])?.dims[0]);
  const isData = !two.facts[0].get(node.inputs[0])?.value;
  return isData && a === two.batches[0] && b === two.batches[1] ? node.inputs[0] : input;
}

/** The name of a batch-dependent integer vector, recomputed from one Shape instead of the exporter's arithmetic. */
function vectorFor(builder: Builder, node: Node, name: string): string {
  const anchor = anchorFor(builder, node);
  const key = `${anchor} ${name}`;
  const known = builder.vectors.get(key);
  if (known) return known;
  const vector = vectorOf(builder.two, name);
  if (!vector) return name;
  const result = builder.fresh(`${name}/of_batch`);
  const fragment = batchVectorFragment(vector, anchor, result, builder.fresh);
  builder.nodes.push(...fragment.nodes);
  for (const [key, value] of fragment.initializers) builder.initializers.set(key, value);
  builder.vectors.set(key, result);
  return result;
}

function foldReshape(builder: Builder, node: Node): Node | undefined {
  const target =
    intOf(node, 'allowzero', 0) === 0 && node.inputs[1] ? reshapeTarget(builder.two, node) : undefined;
  if (!target) return undefined;
  const name = builder.fresh(`${node.outputs[0]}/target`);
  builder.initializers.set(name, int64(target));
  return { ...node, inputs: [node.inputs[0], name], attributes: new Map() };
}

/** Scales that lead exactly from one shape to another, whether the runtime multiplies in single or double precision. */
function exactScales(before: readonly number[], after: readonly number[]): Float32Array | undefined {
  const scales = Float32Array.from(after, (size, axis) => size / before[axis]);
  const isExact = before.every((size, axis) => {
    const product = size * scales[axis];
    return Math.floor(product) === after[axis] && Math.floor(Math.fround(product)) === after[axis];
  });
  return isExact ? scales : undefined;
}

/**
 * A Resize to sizes that mention the batch, freed of them: by scales where these give exactly those sizes, from
 * opset 18 else by the sizes of the other axes.
 */
function foldResize(builder: Builder, node: Node): Node | undefined {
  const [before, after] = [node.inputs[0], node.outputs[0]].map(
    (name) => builder.two.facts[0].get(name)?.dims ?? [],
  );
  if (node.attributes.has('axes') || stringOf(node, 'keep_aspect_ratio_policy', 'stretch') !== 'stretch')
    return undefined;
  const scales = exactScales(before, after);
  const name = builder.fresh(`${node.outputs[0]}/${scales ? 'scales' : 'sizes'}`);
  if (scales) {
    builder.initializers.set(name, { type: 'float32', dims: [scales.length], data: scales });
    return { ...node, inputs: [node.inputs[0], node.inputs[1], name] };
  }
  if (builder.opset < 18 || before[0] !== after[0]) return undefined;
  const axes = before.map((_, axis) => axis).slice(1);
  builder.initializers.set(name, int64(after.slice(1)));
  const attributes = new Map([...node.attributes, ['axes', { type: 'ints', value: axes } as const]]);
  return { ...node, inputs: [node.inputs[0], node.inputs[1], '', name], attributes };
}

function foldShapeInput(builder: Builder, node: Node): Node | undefined {
  if (node.opType === 'Reshape' && isBatchValue(builder.two, node.inputs[1] ?? ''))
    return foldReshape(builder, node);
  if (node.opType === 'Resize' && isBatchValue(builder.two, node.inputs[3] ?? ''))
    return foldResize(builder, node);
  return undefined;
}

function foldNode(builder: Builder, original: Node): void {
  const { two, aliases } = builder;
  const node = { ...original, inputs: original.inputs.map((name) => aliases.get(name) ?? name) };
  if (node.outputs.some((name) => isBatchValue(two, name) && vectorOf(two, name))) {
    builder.nodes.push(node);
    return;
  }
  const reshaped = foldShapeInput(builder, node);
  if (reshaped) {
    builder.nodes.push(reshaped);
    return;
  }
  const inputs = node.inputs.map((name) => (isBatchValue(two, name) ? vectorFor(builder, node, name) : name));
  builder.nodes.push({ ...node, inputs });
}

/** Makes the outputs of a node initializers when they are constant. */
function foldToConstants(builder: Builder, { outputs }: Node): boolean {
  const used = outputs.filter((name) => name !== '');
  const values = used.map((name) => constantIn(builder.two, name));
  if (values.some((value) => value === undefined)) return false;
  used.forEach((name, index) => builder.initializers.set(name, values[index] as Tensor));
  return true;
}

/** What constant folding leaves alone. */
export interface FoldOptions {
  /** Tensors that keep their name even if they only repeat another. @default none */
  readonly keep?: readonly string[];
}

/**
 * Replaces what follows from constants and the input size by initializers, and removes Identity, Dropout, dead
 * nodes and unused initializers. Same numbers as before.
 *
 * The batch remains free where it was: shapes are followed at two batch sizes, and what differs between them is
 * kept, in a Reshape as -1 or 0, else as a short chain from the Shape of one tensor. `inputDims` gives every
 * input's size; its first axis is the batch. Declared shapes of inner tensors are dropped.
 * Throws as {@link propagate}.
 */
export function foldConstants(model: Model, inputDims: InputDims, { keep = [] }: FoldOptions = {}): Model {
  const { graph } = model;
  const outputs = new Set([...keep, ...graph.outputs.map(({ name }) => name)]);
  const builder: Builder = {
    two: atTwoBatches(model, inputDims, { maxElements: maxFoldedElements }),
    nodes: [],
    initializers: new Map(graph.initializers),
    aliases: new Map(),
    vectors: new Map(),
    fresh: freshNames(model),
    input: graph.inputs[0]?.name ?? '',
    opset: model.opsets.get('') ?? 1,
  };
  for (const node of graph.nodes) {
    const source = builder.aliases.get(node.inputs[0]) ?? node.inputs[0];
    if (foldToConstants(builder, node)) continue;
    if (isAlias(node, builder.two) && !outputs.has(node.outputs[0]))
      builder.aliases.set(node.outputs[0], source);
    else foldNode(builder, node);
  }
  return withGraph(model, { nodes: builder.nodes, initializers: builder.initializers, valueInfo: new Map() });
}
