import type { CutPoint } from './cut-point.ts';
import type { SessionFactory } from '../platform.ts';
import type { Tensor } from '../tensor.ts';
import { attentionHeads } from './attention-heads.ts';
import { channelAxes } from './channel-axis.ts';
import { multiplicationsOf } from './compute-cost.ts';
import { foldConstants } from './constant-folding.ts';
import { withOutputs } from './compose.ts';
import type { Graph, Model, Node } from './graph.ts';
import { dominators, lastMixing, nodesOnPaths } from './paths.ts';
import { encodeModel } from './proto.ts';
import { proposeCut } from './proposed-cut.ts';
import { inferShapes } from './shapes.ts';
import type { ShapeMap } from './shapes.ts';
import { atTwoBatches, batchAxisIn, withBatch } from './two-batches.ts';
import type { InputDims } from './two-batches.ts';
import { layoutOf } from './image-input.ts';

export type { CutPoint } from './cut-point.ts';

function kindOf(shape: readonly number[]): CutPoint['kind'] | undefined {
  if (shape.length === 2) return 'vector';
  if (shape.length === 3) return 'tokens';
  if (shape.length !== 4) return undefined;
  return shape.filter((size) => size > 1).length > 1 ? 'spatial' : 'vector';
}

/**
 * Rows and columns of T tokens, class tokens aside: those of the map they were cut from, or of that map halved again
 * and again, as attention that skips every other token leaves it; else one row.
 */
function tokenGrid(tokens: number, maps: readonly (readonly [number, number])[]): readonly [number, number] {
  const fits = ([rows, cols]: readonly [number, number]) =>
    tokens >= rows * cols && tokens - rows * cols <= 5;
  const match = maps.findLast(fits);
  if (match) return match;
  let halved = maps.at(-1) ?? ([1, 1] as const);
  while (halved[0] * halved[1] > tokens) halved = [Math.ceil(halved[0] / 2), Math.ceil(halved[1] / 2)];
  return maps.length > 0 && halved[0] * halved[1] === tokens ? halved : [1, tokens];
}

/** Whether axis 0 of a tensor is the batch, and nothing else of it is. */
type FollowsBatch = (tensor: string) => boolean;

/**
 * A model of free batch is followed at two sizes; one of a fixed batch cannot, and its tensors have to be as long as it.
 * Tokens stacked over the batch [N·T, C] and crops beside one another [k·N, …] do not pass.
 */
function batchTest({ graph }: Model, folded: Model, inputDims: InputDims): FollowsBatch {
  const own = graph.inputs[0]?.dims?.[0];
  const two = atTwoBatches(folded, withBatch(inputDims, 1), { maxElements: 4096 });
  if (typeof own === 'number' || two.batches[0] === two.batches[1])
    return (tensor) => two.facts[0].get(tensor)?.dims[0] === (typeof own === 'number' ? own : 1);
  return (tensor) => {
    const [first, second] = two.facts.map((facts) => facts.get(tensor)?.dims ?? []);
    return batchAxisIn(two, tensor) === 0 && first.slice(1).join() === second.slice(1).join();
  };
}

/** Tensors that are rounded next: the rounded form is the cut. */
function roundedNext({ nodes }: Graph): ReadonlySet<string> {
  return new Set(
    nodes.flatMap(({ opType, inputs }) => (opType === 'QuantizeLinear' ? inputs.slice(0, 1) : [])),
  );
}

interface Context {
  readonly shapes: ShapeMap;
  readonly axes: ReadonlyMap<string, number>;
}

function gridOf(
  shape: readonly number[],
  kind: CutPoint['kind'],
  channelAxis: number,
  maps: readonly (readonly [number, number])[],
) {
  if (kind === 'vector') return [1, 1] as const;
  if (kind === 'tokens') return tokenGrid(shape[1], maps);
  const [rows, cols] = shape.slice(1).filter((_, index) => index + 1 !== channelAxis);
  return [rows, cols] as const;
}

const reshaping = new Set(['Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Identity', 'Dropout']);

/** Whether a tensor only shows the cut before it in another form. */
function repeats(node: Node, previous: CutPoint | undefined, kind: CutPoint['kind']): boolean {
  if (!previous || node.inputs[0] !== previous.tensor) return false;
  return reshaping.has(node.opType) || (node.opType === 'Transpose' && previous.kind === kind);
}

function describeCuts(
  candidates: readonly Node[],
  path: readonly Node[],
  { shapes, axes }: Context,
): CutPoint[] {
  const costs = new Map(path.map((node) => [node, multiplicationsOf(node, shapes)]));
  const total = Math.max(
    1,
    [...costs.values()].reduce((sum, cost) => sum + cost, 0),
  );
  const maps: (readonly [number, number])[] = [];
  const cuts: CutPoint[] = [];
  // Reshaped copies of a cut are passed over, also when one follows the other.
  const forms = new Map<string, CutPoint>();
  let done = 0;
  for (const node of path) {
    done += costs.get(node) ?? 0;
    // Before the first weights there is only the picture in another layout or scale.
    if (done === 0 || !candidates.includes(node)) continue;
    const [tensor] = node.outputs;
    const shape = shapes.get(tensor)?.dims ?? [];
    const kind = kindOf(shape);
    const source = forms.get(node.inputs[0]);
    if (source && kind && repeats({ ...node, inputs: [source.tensor] }, source, kind)) {
      forms.set(tensor, source);
      continue;
    }
    if (!kind) continue;
    const channelAxis = kind === 'tokens' ? 2 : shape.length === 2 ? 1 : (axes.get(tensor) ?? 1);
    const grid = gridOf(shape, kind, channelAxis, maps);
    if (kind === 'spatial') maps.push(grid);
    const cut = { tensor, shape, kind, channelAxis, grid, computeShare: done / total, proposed: false };
    forms.set(tensor, cut);
    cuts.push(cut);
  }
  return cuts;
}

/**
 * The tensors at which a classifier can be cut, in order of depth: dominators of its first output that depend on
 * the input. Shapes are those at batch 1 for the given input size; shape arithmetic is folded first and is no path.
 * Reshaped copies of a cut count once, under the name of the first. Exactly one is `proposed`, see
 * {@link proposeCut}; none when the list is empty. `isVector`: the model gives a vector, not scores. Not listed: scores, their sums and means; tensors whose rows are not
 * one a picture; those that are rounded next, in favour of the rounded ones; the heads inside an attention.
 * Throws as {@link foldConstants}.
 */
export function findCutPoints(
  model: Model,
  inputDims: InputDims,
  { isVector = false }: { readonly isVector?: boolean } = {},
): readonly CutPoint[] {
  const folded = foldConstants(model, inputDims);
  const { graph } = folded;
  const shapes = inferShapes(folded, withBatch(inputDims, 1));
  const path = nodesOnPaths(graph);
  const followsBatch = batchTest(model, folded, inputDims);
  const rounded = roundedNext(graph);
  const heads = attentionHeads(graph, shapes);
  const candidates = dominators(path, graph).filter(({ outputs: [tensor] }) => {
    const isFloat = shapes.get(tensor)?.type === 'float32';
    return isFloat && !rounded.has(tensor) && !heads.has(tensor) && followsBatch(tensor);
  });
  const axes = channelAxes(graph, shapes, layoutOf(model, graph.inputs[0]));
  const scores = new Set(path.slice(lastMixing(path, shapes)).flatMap(({ outputs }) => outputs));
  // Scores of every place are a map still; those of several views are not.
  const isScore = ({ kind, tensor, grid }: CutPoint) =>
    scores.has(tensor) && (kind === 'vector' || (kind === 'tokens' && grid[0] === 1));
  const cuts = describeCuts(candidates, path, { shapes, axes }).filter((cut) => !isScore(cut));
  const proposed = proposeCut(cuts, path, graph, isVector);
  return cuts.map((cut) => (cut === proposed ? { ...cut, proposed: true } : cut));
}

/**
 * The smallest value of each cut point's tensor over a probe batch of inputs: 0 or more means that concepts can
 * be found without regard to sign.
 */
export async function probeSigns(
  model: Model,
  cutPoints: readonly CutPoint[],
  sessions: SessionFactory,
  batch: Tensor,
): Promise<Map<string, number>> {
  const names = cutPoints.map(({ tensor }) => tensor);
  const exposed = withOutputs(model, names);
  const session = await sessions.open(encodeModel(exposed, { declareOutputs: false }));
  try {
    const values = await session.run({ [model.graph.inputs[0].name]: batch });
    return new Map(names.map((name) => [name, smallest(values[name].data as ArrayLike<number>)]));
  } finally {
    await session.dispose();
  }
}

function smallest(values: ArrayLike<number>): number {
  let least = Infinity;
  for (let i = 0; i < values.length; i++) if (values[i] < least) least = values[i];
  return least;
}
