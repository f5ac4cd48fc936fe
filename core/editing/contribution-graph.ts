import type { LayerRecord } from '../concepts/explanation.ts';
import { channelsOf, positionsOf } from '../concepts/latent-rows.ts';
import type { CodedBank } from '../linalg/coded-bank.ts';
import { matrixTensor } from '../linalg/matrix-tensor.ts';
import type { Matrix } from '../linalg/matrix.ts';
import { transpose } from '../linalg/transpose.ts';
import type { Model, Node } from '../onnx/graph.ts';
import { float32 } from '../tensor.ts';
import { isPlain, membership, type AmountColumns } from './amount-graph.ts';
import type { CodeGraph } from './code-graph.ts';
import { PartBuilder, type GraphPart } from './part-builder.ts';

/**
 * How contributions to the explained score are computed, both as `conceptEffects` has them:
 *
 * - linear: the score is affine in the activations; `slopes` [positions, r] is how it rises with an amount at each position;
 * - removal: each concept is taken out of the activations in turn, and `head` (activations [n, …] -> score [n], batch free)
 *   run again, r + 1 times in all.
 */
export type ContributionRule =
  { readonly kind: 'linear'; readonly slopes: Matrix } | { readonly kind: 'removal'; readonly head: Model };

interface Place {
  readonly layer: LayerRecord;
  readonly bank: CodedBank;
  readonly opset: number;
  readonly fresh: (stem: string) => string;
  /** Rows of the bank of each column, taken out together. */
  readonly players: AmountColumns['players'];
}

/** Nodes whose `output` is the contributions [n, columns] of the concepts whose codes are given. */
export function contributionGraph(rule: ContributionRule, codes: CodeGraph, place: Place): GraphPart {
  const builder = new PartBuilder(place.fresh, `${place.layer.tensor}/contributions`);
  return builder.part(
    rule.kind === 'linear'
      ? linear(builder, rule.slopes, codes, place)
      : byRemoval(builder, rule.head, codes, place),
  );
}

function linear(
  builder: PartBuilder,
  slopes: Matrix,
  { output }: CodeGraph,
  { layer, bank, opset, players }: Place,
): string {
  const [positions, r] = [positionsOf(layer), bank.rows];
  const byImage = positions === 1 ? output : builder.reshape('by_image', output, [-1, positions, r]);
  const dims = positions === 1 ? [1, r] : [1, positions, r];
  const parts = builder.add('parts', 'Mul', [
    byImage,
    builder.constant('slopes', float32(slopes.data, dims)),
  ]);
  const sums = positions === 1 ? parts : builder.reduce('sum', 'ReduceSum', parts, [1], opset);
  if (isPlain(players)) return sums;
  const members = builder.constant('members', matrixTensor(membership(players, r)));
  return builder.add('together', 'MatMul', [sums, members]);
}

function byRemoval(builder: PartBuilder, head: Model, codes: CodeGraph, place: Place): string {
  const { layer, bank, players } = place;
  const [positions, channels, r] = [positionsOf(layer), channelsOf(layer), bank.rows];
  const k = players.length;
  const isLast = layer.channelAxis === layer.shape.length - 1;
  // One picture's activations as a matrix, in the order in which they lie.
  const flat = isLast ? [positions, channels] : [channels, positions];
  const byImage = builder.reshape('by_image', codes.output, [-1, positions, r]);
  const byConcept = builder.add('by_concept', 'Transpose', [byImage], { perm: [0, 2, 1] });
  const spread = builder.reshape(
    'amounts',
    byConcept,
    isLast ? [-1, r, positions, 1] : [-1, r, 1, positions],
  );
  const directions = float32(bank.data, isLast ? [1, r, 1, channels] : [1, r, channels, 1]);
  const own = builder.add('own', 'Mul', [spread, builder.constant('directions', directions)]);
  const whole = builder.reshape('whole', codes.activations, [-1, 1, ...flat]);
  const taken = isPlain(players) ? own : ofPlayers(builder, own, place, flat);
  const without = builder.add('without', 'Sub', [whole, taken]);
  const all = builder.add('all', 'Concat', [whole, without], { axis: 1 });
  const batch = builder.reshape('batch', all, [-1, ...layer.shape.slice(1)]);
  const scores = builder.reshape('scores', spliced(builder, head, batch), [-1, k + 1]);
  const signs = new Float32Array((k + 1) * k);
  for (let concept = 0; concept < k; concept++) {
    signs[concept] = 1;
    signs[(concept + 1) * k + concept] = -1;
  }
  return builder.add('falls', 'MatMul', [scores, builder.constant('signs', float32(signs, [k + 1, k]))]);
}

/** What concepts contribute to activations [n, r, …], summed over those of each column: [n, columns, …]. */
function ofPlayers(
  builder: PartBuilder,
  own: string,
  { bank: { rows: r }, players }: Place,
  flat: readonly number[],
): string {
  const long = builder.reshape('long', own, [-1, r, flat[0] * flat[1]]);
  const members = builder.constant('members', matrixTensor(transpose(membership(players, r))));
  const sums = builder.add('together', 'MatMul', [members, long]);
  return builder.reshape('taken', sums, [-1, players.length, ...flat]);
}

/** Adds a model of one input and one output under names of its own; the name of what it gives for `input`. */
function spliced(builder: PartBuilder, { graph }: Model, input: string): string {
  const names = new Map([
    ['', ''],
    [graph.inputs[0].name, input],
  ]);
  for (const [name, value] of graph.initializers) names.set(name, builder.constant(`head/${name}`, value));
  const renamed = (name: string): string => {
    const known = names.get(name) ?? builder.name(`head/${name}`);
    names.set(name, known);
    return known;
  };
  for (const node of graph.nodes) {
    const outputs = node.outputs.map(renamed);
    const moved: Node = { ...node, name: outputs[0], inputs: node.inputs.map(renamed), outputs };
    builder.nodes.push(moved);
  }
  return renamed(graph.outputs[0].name);
}
