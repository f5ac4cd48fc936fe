import { intOf } from '../attributes.ts';
import type { Graph, Model, Node } from '../graph.ts';
import { consumersOf, producersOf, withGraph } from '../graph-edits.ts';
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
  const found = activationBefore(graph, output.name, shapes, model.opsets.get('') ?? 1);
  if (found === undefined) return { model, activation: 'none', scores: output.name };
  const { activation, last, scores } = found;
  const [given] = last.outputs;
  if (given === output.name) {
    const outputs = [{ ...output, name: scores }];
    return { model: withGraph(model, { outputs }), activation, scores };
  }
  const nodes = graph.nodes.map((node) => ({
    ...node,
    inputs: node.inputs.map((name) => (name === given ? scores : name)),
  }));
  return { model: withGraph(model, { nodes, valueInfo: new Map() }), activation, scores };
}

function activationBefore(graph: Graph, output: string, shapes: ShapeMap, opset: number): Found | undefined {
  const producers = producersOf(graph);
  const consumers = consumersOf(graph);
  for (let name = output; ;) {
    const node = producers.get(name);
    const isReadOnce = name === output || consumers.get(name)?.length === 1;
    if (node === undefined || !isReadOnce) return undefined;
    const found = activationOf(node, { graph, producers, shapes, opset });
    if (found !== undefined) return { ...found, last: node };
    if (!HANDS_ON.has(node.opType)) return undefined;
    [name] = node.inputs;
  }
}

interface Look {
  readonly graph: Graph;
  readonly producers: ReadonlyMap<string, Node>;
  readonly shapes: ShapeMap;
  readonly opset: number;
}

function activationOf(node: Node, look: Look): Omit<Found, 'last'> | undefined {
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
function writtenOut(node: Node, { graph, producers }: Look): Omit<Found, 'last'> | undefined {
  const made = (name: string | undefined, opType: string): Node | undefined => {
    const by = producers.get(name ?? '');
    return by?.opType === opType ? by : undefined;
  };
  const isOne = (name: string): boolean => {
    const constant = graph.initializers.get(name);
    return constant !== undefined && constant.data.length === 1 && Number(constant.data[0]) === 1;
  };
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
