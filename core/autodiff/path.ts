import { TesseraError } from '../errors.ts';
import { labelOf } from '../onnx/attributes.ts';
import type { Graph, Node } from '../onnx/graph.ts';
import { readsOf } from '../onnx/graph-edits.ts';
import type { ElementType } from '../tensor.ts';
import { BLACK_BOX_HINT } from './rule.ts';

/** Floating-point operators that are flat wherever they have a derivative: no gradient passes. */
const FLAT_OPS: ReadonlySet<string> = new Set([
  'Bernoulli',
  'Ceil',
  'EyeLike',
  'Floor',
  'Hardmax',
  'OneHot',
  'RandomNormalLike',
  'RandomUniformLike',
  'Round',
  'Sign',
]);

const FLOAT_TYPES: ReadonlySet<ElementType> = new Set(['float32', 'float64', 'float16', 'bfloat16']);

/** Whether tensors of this element type can have a gradient. */
export function isFloat(type: ElementType | undefined): boolean {
  return type !== undefined && FLOAT_TYPES.has(type);
}

/**
 * The differentiable path between two tensors: those through which a change of `from` reaches `to` smoothly.
 *
 * Integers, Booleans and piecewise constant operators end a path; quantisers, whose rounding is passed through, do not. Throws 'not-differentiable' when `to` does
 * not depend on `from`, or only in such ways (naming the nodes where the gradient ends).
 */
export function pathBetween(
  graph: Graph,
  from: string,
  to: string,
  typeOf: (tensor: string) => ElementType | undefined,
): ReadonlySet<string> {
  const canPass = (node: Node, output: string) =>
    node.opType === 'QuantizeLinear' || (!FLAT_OPS.has(node.opType) && isFloat(typeOf(output)));
  const active = reach(graph, from, canPass);
  if (active.has(to)) return leadingTo(graph, to, active);

  const dependent = reach(graph, from, () => true);
  if (!dependent.has(to))
    throw new TesseraError('not-differentiable', `Tensor "${to}" does not depend on "${from}".`, {
      hint: 'Choose a tensor further along the graph.',
    });
  const relevant = leadingTo(graph, to, dependent);
  const ends = graph.nodes.filter(
    ({ inputs, outputs }) =>
      inputs.some((name) => active.has(name)) &&
      outputs.some((name) => relevant.has(name) && !active.has(name)),
  );
  throw new TesseraError(
    'not-differentiable',
    `Tensor "${to}" depends on "${from}" only through integers or steps, which have no gradient: ${listNodes(ends)}.`,
    { hint: BLACK_BOX_HINT },
  );
}

function reach(graph: Graph, from: string, passes: (node: Node, output: string) => boolean): Set<string> {
  const reached = new Set([from]);
  for (const node of graph.nodes) {
    if (!readsOf(node).some((name) => reached.has(name))) continue;
    for (const output of node.outputs) if (output !== '' && passes(node, output)) reached.add(output);
  }
  return reached;
}

function leadingTo(graph: Graph, to: string, among: ReadonlySet<string>): Set<string> {
  const leading = new Set([to]);
  for (const node of [...graph.nodes].reverse()) {
    if (!node.outputs.some((name) => leading.has(name))) continue;
    for (const name of readsOf(node)) if (among.has(name)) leading.add(name);
  }
  return leading;
}

function listNodes(nodes: readonly Node[]): string {
  const shown = nodes.slice(0, 3).map(labelOf).join(', ');
  return nodes.length > 3 ? `${shown} and ${nodes.length - 3} more` : shown;
}
