import { TesseraError } from '../../errors.ts';
import { floatOf, intOf, labelOf } from '../attributes.ts';
import type { Model, Node } from '../graph.ts';
import { freshNames, withGraph } from '../graph-edits.ts';
import { expandAttention } from './attention.ts';
import { Expansion } from './expansion.ts';
import { KnownFacts } from './known-facts.ts';

/** Writes an operator in plain ones; its outputs keep their names. */
type Expand = (e: Expansion, node: Node) => void;

/** x / √(mean of x² + ε) · scale over the axes from `axis` on. Source: Zhang & Sennrich 2019. */
const rmsNormalization: Expand = (e, node) => {
  const [x, scale] = node.inputs;
  const axis = intOf(node, 'axis', -1);
  const rank = e.fact(x)?.dims.length;
  if (axis >= 0 && rank === undefined) {
    throw new TesseraError('unsupported-operator', `${labelOf(node)}: the number of axes is not known.`, {
      hint: 'Export the model with opset 22 or older.',
    });
  }
  const first = axis < 0 ? axis : axis - (rank ?? 0);
  const axes = e.ints(Array.from({ length: -first }, (_, index) => first + index));
  const mean = e.op('ReduceMean', [e.op('Mul', [x, x]), axes]);
  const root = e.op('Sqrt', [e.op('Add', [mean, e.number(floatOf(node, 'epsilon', 1e-5))])]);
  e.op('Mul', [e.op('Div', [x, root]), scale], {}, node.outputs[0]);
};

/** Every other entry of the last axis, from `start` on. */
const everyOther = (e: Expansion, x: string, start: number): string =>
  e.op('Slice', [x, e.ints([start]), e.ints([Number.MAX_SAFE_INTEGER]), e.ints([-1]), e.ints([2])]);

/** Pairs of entries turned by the angles of their position. Source: Su et al. 2021, RoFormer, section 3.4. */
const rotaryEmbedding: Expand = (e, node) => {
  const [x, cosines, sines, positions] = node.inputs;
  const [heads, turned] = [intOf(node, 'num_heads', 0), intOf(node, 'rotary_embedding_dim', 0)];
  const isFlat = heads > 0;
  // [batch, positions, heads, size]
  const apart = isFlat
    ? e.op('Reshape', [x, e.ints([0, 0, heads, -1])])
    : e.op('Transpose', [x], { perm: [0, 2, 1, 3] });
  const table = (values: string) => {
    const own = positions ? e.op('Gather', [values, positions], { axis: 0 }) : values;
    return e.op('Unsqueeze', [own, e.ints([2])]);
  };
  const [cos, sin] = [table(cosines), table(sines)];
  const end = e.ints([turned || Number.MAX_SAFE_INTEGER]);
  const part = turned ? e.op('Slice', [apart, e.ints([0]), end, e.ints([-1])]) : apart;
  const isInterleaved = intOf(node, 'interleaved', 0) === 1;
  const [a, b] = isInterleaved ? [everyOther(e, part, 0), everyOther(e, part, 1)] : e.halves(part, undefined);
  const real = e.op('Sub', [e.op('Mul', [cos, a]), e.op('Mul', [sin, b])]);
  const imaginary = e.op('Add', [e.op('Mul', [sin, a]), e.op('Mul', [cos, b])]);
  const joined = isInterleaved
    ? interleaved(e, real, imaginary)
    : e.op('Concat', [real, imaginary], { axis: -1 });
  const rest = turned ? [e.op('Slice', [apart, end, e.ints([Number.MAX_SAFE_INTEGER]), e.ints([-1])])] : [];
  const whole = rest.length ? e.op('Concat', [joined, ...rest], { axis: -1 }) : joined;
  if (isFlat) e.op('Reshape', [whole, e.ints([0, 0, -1])], {}, node.outputs[0]);
  else e.op('Transpose', [whole], { perm: [0, 2, 1, 3] }, node.outputs[0]);
};

function interleaved(e: Expansion, even: string, odd: string): string {
  const last = e.ints([-1]);
  const pairs = e.op('Concat', [e.op('Unsqueeze', [even, last]), e.op('Unsqueeze', [odd, last])], {
    axis: -1,
  });
  return e.op('Reshape', [pairs, e.ints([0, 0, 0, -1])]);
}

/** x · sigmoid(αx). */
const swish: Expand = (e, node) => {
  const [x] = node.inputs;
  const alpha = floatOf(node, 'alpha', 1);
  const inner = alpha === 1 ? x : e.op('Mul', [x, e.number(alpha)]);
  e.op('Mul', [x, e.op('Sigmoid', [inner])], {}, node.outputs[0]);
};

const EXPANSIONS: Readonly<Record<string, Expand>> = {
  Attention: expandAttention,
  RMSNormalization: rmsNormalization,
  RotaryEmbedding: rotaryEmbedding,
  Swish: swish,
};

/**
 * Attention, RMSNormalization, RotaryEmbedding and Swish (operator sets 23 and 24) in operators that have a derivative
 * and that every runtime knows. `inputDims` serves to know heads and numbers of axes; sizes of the picture are not
 * written into the graph. The model itself where it has none of them.
 */
export function withoutNewerOperators(
  model: Model,
  inputDims: ReadonlyMap<string, readonly number[]> | undefined,
): Model {
  const { graph } = model;
  const expansionOf = ({ domain, opType }: Node) => (domain === '' ? EXPANSIONS[opType] : undefined);
  if (!graph.nodes.some(expansionOf)) return model;
  const target = { nodes: [] as Node[], initializers: new Map(graph.initializers) };
  const known = new KnownFacts(model, target.initializers, inputDims);
  const fresh = freshNames(model);
  for (const node of graph.nodes) {
    const before = target.nodes.length;
    const expand = expansionOf(node);
    if (expand) expand(new Expansion(node.outputs[0], target, fresh, known.facts), node);
    else target.nodes.push(node);
    for (const added of target.nodes.slice(before)) known.follow(added);
  }
  return withGraph(model, { nodes: target.nodes, initializers: target.initializers });
}
