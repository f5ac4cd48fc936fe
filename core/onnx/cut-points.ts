import type { CutPoint } from './cut-point.ts';
import type { SessionFactory } from '../platform.ts';
import type { Tensor } from '../tensor.ts';
import { channelAxes } from './channel-axis.ts';
import { multiplicationsOf } from './compute-cost.ts';
import { foldConstants } from './constant-folding.ts';
import { withOutputs } from './compose.ts';
import type { Graph, Model, Node } from './graph.ts';
import { readsOf } from './graph-edits.ts';
import { encodeModel } from './proto.ts';
import { proposeCut } from './proposed-cut.ts';
import { inferShapes } from './shapes.ts';
import type { ShapeMap } from './shapes.ts';
import { withBatch } from './two-batches.ts';
import type { InputDims } from './two-batches.ts';
import { layoutOf } from './image-input.ts';

export type { CutPoint } from './cut-point.ts';

/** Marks what depends on the input's values; what is read from shapes alone does not. */
function dependentNodes({ nodes, inputs }: Graph): ReadonlySet<Node> {
  const dependent = new Set(inputs.map(({ name }) => name));
  const found = new Set<Node>();
  for (const node of nodes) {
    if (node.opType === 'Shape' || !readsOf(node).some((name) => dependent.has(name))) continue;
    found.add(node);
    for (const name of node.outputs) dependent.add(name);
  }
  return found;
}

/** Nodes on a path from the values of the input to the first output, in order. */
function nodesOnPaths(graph: Graph): readonly Node[] {
  const dependent = dependentNodes(graph);
  const needed = new Set([graph.outputs[0].name]);
  const found: Node[] = [];
  for (const node of [...graph.nodes].reverse()) {
    if (!dependent.has(node) || !node.outputs.some((name) => needed.has(name))) continue;
    found.push(node);
    for (const name of readsOf(node)) needed.add(name);
  }
  return found.reverse();
}

/**
 * Nodes whose output is alone alive after them. In a topological order all nodes on paths are ancestors or
 * descendants of a dominator, so right after it nothing but its tensor still waits to be read.
 */
function dominators(path: readonly Node[], graph: Graph): readonly Node[] {
  const lastRead = new Map<string, number>();
  path.forEach((node, index) => {
    for (const name of readsOf(node)) lastRead.set(name, index);
  });
  const made = new Set([...graph.inputs.map(({ name }) => name)]);
  const live = new Set(made);
  return path.filter((node, index) => {
    for (const name of readsOf(node)) if (lastRead.get(name) === index) live.delete(name);
    for (const name of node.outputs) if (lastRead.has(name)) live.add(name);
    return live.size === 1 && node.outputs.some((name) => live.has(name));
  });
}

function kindOf(shape: readonly number[]): CutPoint['kind'] | undefined {
  if (shape.length === 2) return 'vector';
  if (shape.length === 3) return 'tokens';
  if (shape.length !== 4) return undefined;
  return shape.filter((size) => size > 1).length > 1 ? 'spatial' : 'vector';
}

/** Rows and columns of T tokens: those of the map they were cut from, class tokens aside. */
function tokenGrid(tokens: number, maps: readonly (readonly [number, number])[]): readonly [number, number] {
  const match = maps.findLast(([rows, cols]) => tokens >= rows * cols && tokens - rows * cols <= 5);
  return match ?? [1, tokens];
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
 * {@link proposeCut}; none when the list is empty. The output itself is not listed.
 * Throws as {@link foldConstants}.
 */
export function findCutPoints(model: Model, inputDims: InputDims): readonly CutPoint[] {
  const folded = foldConstants(model, inputDims);
  const { graph } = folded;
  const shapes = inferShapes(folded, withBatch(inputDims, 1));
  const path = nodesOnPaths(graph);
  const candidates = dominators(path, graph);
  const axes = channelAxes(graph, shapes, layoutOf(model, graph.inputs[0]));
  const cuts = describeCuts(candidates, path, { shapes, axes });
  const proposed = proposeCut(cuts, path, graph);
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
