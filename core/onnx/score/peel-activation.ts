import { attributeOf, floatOf, intOf } from '../attributes.ts';
import type { Graph, Model, Node } from '../graph.ts';
import { consumersOf, freshNames, makeNode, producersOf, withGraph } from '../graph-edits.ts';
import { float32 } from '../../tensor.ts';
import type { ShapeMap } from '../shapes.ts';

/** What stands at the end of a model between its raw scores and what it gives away. */
export type FinalActivation = 'none' | 'softmax' | 'log-softmax' | 'sigmoid';

/** A model whose only output is the raw scores. */
export interface PeeledModel {
  readonly model: Model;
  readonly activation: FinalActivation;
  /** Name of the tensor of raw scores, as it is in the file. */
  readonly scores: string;
}

/** Operators that hand every score on as it is. */
const HANDS_ON = new Set(['Identity', 'Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Cast', 'Dropout']);

/** The nodes of an activation, the last first, and the tensor of raw scores before them. */
interface Found {
  readonly activation: FinalActivation;
  readonly last: Node;
  /** Nodes after it that only keep probabilities off 0 and 1, or make per cents of them; with what they take. */
  readonly bounds: ReadonlyMap<Node, string>;
  readonly scores: string;
}

/**
 * Takes the last softmax, log-softmax or sigmoid off the only output of a model, so that its raw scores remain; what only
 * reshapes them after it stays. Knows the operators themselves, and how exporters without them write them: exp / sum of
 * exp, with or without the largest subtracted, 1 / (1 + exp(-x)), log of a softmax. A model without any comes back as it is.
 *
 * `shapes` at batch 1: a softmax over another axis than that of the classes is part of the model, not its end.
 */
export function peelActivation(model: Model, shapes: ShapeMap): PeeledModel {
  const { graph } = model;
  const [output] = graph.outputs;
  const look = { graph, producers: producersOf(graph), shapes, opset: model.opsets.get('') ?? 1 };
  const found = activationBefore(output.name, look);
  if (found === undefined) {
    return isPartOfShares(output.name, look)
      ? withLogit(model)
      : { model, activation: 'none', scores: output.name };
  }
  const { activation, last, bounds, scores } = found;
  const [given] = last.outputs;
  if (given === output.name) {
    const outputs = [{ ...output, name: scores }];
    return { model: withGraph(model, { outputs }), activation, scores };
  }
  const before = (name: string): string => (name === given ? scores : name);
  const nodes = graph.nodes.map((node) => {
    // Raw scores go beyond the bounds of probabilities, and are not counted in per cent.
    const taken = bounds.get(node);
    return taken === undefined
      ? { ...node, inputs: node.inputs.map(before) }
      : makeNode('Identity', [before(taken)], node.outputs);
  });
  return { model: withGraph(model, { nodes, valueInfo: new Map() }), activation, scores };
}

/** Takes a part of probabilities, or what is left of one to 1. */
const TAKES_PART = new Set(['Gather', 'Slice', 'Split', 'GatherElements', 'StridedSlice']);

/** Is a single number one of several probabilities, or 1 less one: a probability whose activation cannot be taken off? */
function isPartOfShares(output: string, look: Look): boolean {
  const { producers, shapes } = look;
  const dims = shapes.get(output)?.dims;
  if (dims === undefined || dims.slice(1).some((size) => size !== 1)) return false;
  for (let name: string | undefined = output; name !== undefined;) {
    const node: Node | undefined = producers.get(name);
    if (node === undefined) return false;
    const found = activationOf(node, look);
    if (found !== undefined) return found.activation !== 'log-softmax';
    const isRest = node.opType === 'Sub' && isConstant(look, node.inputs[0], 1);
    name = isRest ? node.inputs[1] : TAKES_PART.has(node.opType) ? node.inputs[0] : handedOn(node, look);
  }
  return false;
}

/** Probabilities closer to 0 or 1 than this are taken for it. */
const LEAST_SHARE = 1e-7;

/** The logit log p - log(1 - p) of the only output, a probability. */
function withLogit(model: Model): PeeledModel {
  const { graph } = model;
  const [output] = graph.outputs;
  const fresh = freshNames(model);
  const part = (name: string): string => fresh(`${output.name}/${name}`);
  const [least, most, one] = ['least', 'most', 'one'].map(part);
  const [above, share, rest, logShare, logRest, logit] = [
    'above',
    'share',
    'rest',
    'log',
    'log_rest',
    'logit',
  ].map(part);
  const nodes = [
    makeNode('Max', [output.name, least], [above]),
    makeNode('Min', [above, most], [share]),
    makeNode('Sub', [one, share], [rest]),
    makeNode('Log', [share], [logShare]),
    makeNode('Log', [rest], [logRest]),
    makeNode('Sub', [logShare, logRest], [logit]),
  ];
  const constants = new Map(graph.initializers)
    .set(least, float32(Float32Array.of(LEAST_SHARE), [1]))
    .set(most, float32(Float32Array.of(1 - LEAST_SHARE), [1]))
    .set(one, float32(Float32Array.of(1), [1]));
  const changed = {
    nodes: [...graph.nodes, ...nodes],
    initializers: constants,
    valueInfo: new Map<string, never>(),
  };
  const outputs = [{ ...output, name: logit }];
  return { model: withGraph(model, { ...changed, outputs }), activation: 'sigmoid', scores: logit };
}

function activationBefore(output: string, look: Look): Found | undefined {
  const { graph, producers } = look;
  const consumers = consumersOf(graph);
  const bounds = new Map<Node, string>();
  for (let name = output; ;) {
    const node = producers.get(name);
    const isReadOnce = name === output || consumers.get(name)?.length === 1;
    if (node === undefined || !isReadOnce) return undefined;
    const found = activationOf(node, look);
    if (found !== undefined) return { ...found, last: node, bounds };
    const percent = scaled(node, look, 100);
    const next = percent ?? handedOn(node, look);
    if (next === undefined) return undefined;
    if (node.opType === 'Clip' || percent !== undefined) bounds.set(node, next);
    name = next;
  }
}

/** What a node hands on as it is: also what is multiplied by 1 (as torch writes 1 / x), or kept within 0 and 1. */
function handedOn(node: Node, look: Look): string | undefined {
  const [first] = node.inputs;
  if (HANDS_ON.has(node.opType)) return first;
  if (node.opType === 'Clip') return isWithinShares(node, look) ? first : undefined;
  return scaled(node, look, 1);
}

/** What a node multiplies by a constant. */
function scaled({ opType, inputs: [first, second] }: Node, look: Look, by: number): string | undefined {
  if (opType === 'Mul') {
    if (isConstant(look, second, by)) return first;
    return isConstant(look, first, by) ? second : undefined;
  }
  return opType === 'Div' && isConstant(look, second, 1 / by) ? first : undefined;
}

/** Does a Clip only keep a probability off 0 and 1? */
function isWithinShares(node: Node, look: Look): boolean {
  const at = (input: number, attribute: string): number =>
    numberOf(look, node.inputs[input]) ?? floatOf(node, attribute, NaN);
  const [least, most] = [at(1, 'min'), at(2, 'max')];
  return least >= 0 && least < 1e-3 && most <= 1 && most > 0.999;
}

/** The value of a constant of one number. */
function numberOf({ graph, producers }: Look, name: string | undefined): number | undefined {
  const made = producers.get(name ?? '');
  const constant =
    graph.initializers.get(name ?? '') ??
    (made?.opType === 'Constant' ? attributeOf(made, 'value', 'tensor', undefined) : undefined);
  return constant?.data.length === 1 ? Number(constant.data[0]) : undefined;
}

function isConstant(look: Look, name: string | undefined, value: number): boolean {
  return numberOf(look, name) === value;
}

interface Look {
  readonly graph: Graph;
  readonly producers: ReadonlyMap<string, Node>;
  readonly shapes: ShapeMap;
  readonly opset: number;
}

function activationOf(node: Node, look: Look): Omit<Found, 'last' | 'bounds'> | undefined {
  const [input] = node.inputs;
  switch (node.opType) {
    case 'Sigmoid':
      return { activation: 'sigmoid', scores: input };
    case 'Softmax':
      return isOverClasses(node, look) ? { activation: 'softmax', scores: input } : undefined;
    case 'LogSoftmax':
      return isOverClasses(node, look) ? { activation: 'log-softmax', scores: input } : undefined;
    case 'Log': {
      const before = look.producers.get(input);
      const inner = before && activationOf(before, look);
      return inner?.activation === 'softmax' ? { ...inner, activation: 'log-softmax' } : undefined;
    }
    case 'Div':
    case 'Reciprocal':
      return writtenOut(node, look);
    default:
      return undefined;
  }
}

/** Before operator set 13 the axis is the first of those that count; of a row of scores they are the same. */
function isOverClasses(node: Node, { shapes, opset }: Look): boolean {
  const dims = shapes.get(node.inputs[0])?.dims ?? [];
  const axis = intOf(node, 'axis', opset < 13 ? 1 : -1);
  if (dims.length === 0) return axis === 1 || axis === -1;
  const own = axis < 0 ? axis + dims.length : axis;
  if (opset < 13) return own === 1 || dims.slice(own).every((size, i) => i === 0 || size === 1);
  return own > 0 && dims.every((size, at) => at === 0 || at === own || size === 1);
}

/** exp(x) / Σ exp(x), 1 / (1 + exp(-x)). */
function writtenOut(node: Node, look: Look): Omit<Found, 'last' | 'bounds'> | undefined {
  const { producers } = look;
  const made = (name: string | undefined, opType: string): Node | undefined => {
    const by = producers.get(name ?? '');
    return by?.opType === opType ? by : undefined;
  };
  const isOne = (name: string): boolean => isConstant(look, name, 1);
  const [top, bottom] = node.opType === 'Reciprocal' ? [undefined, node.inputs[0]] : node.inputs;
  const exponential = made(top, 'Exp');
  if (exponential !== undefined) {
    const sum = made(bottom, 'ReduceSum');
    if (sum?.inputs[0] !== exponential.outputs[0]) return undefined;
    const shifted = made(exponential.inputs[0], 'Sub');
    const isShift = made(shifted?.inputs[1], 'ReduceMax')?.inputs[0] === shifted?.inputs[0];
    const scores = shifted !== undefined && isShift ? shifted.inputs[0] : exponential.inputs[0];
    return { activation: 'softmax', scores };
  }
  if (top !== undefined && !isOne(top)) return undefined;
  const plusOne = made(bottom, 'Add');
  if (plusOne === undefined || !plusOne.inputs.some(isOne)) return undefined;
  const power = made(
    plusOne.inputs.find((name) => !isOne(name)),
    'Exp',
  );
  const negative = made(power?.inputs[0], 'Neg');
  return negative && { activation: 'sigmoid', scores: negative.inputs[0] };
}
