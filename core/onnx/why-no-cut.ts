import type { Tensor } from '../tensor.ts';
import { foldConstants } from './constant-folding.ts';
import type { Graph, Model, Node } from './graph.ts';
import { dominators, lastMixing, nodesOnPaths } from './paths.ts';
import { inferShapes, type ShapeMap } from './shapes.ts';
import { withBatch, type InputDims } from './two-batches.ts';

/** Numbers in words, as sentences begin with them. */
const COUNTS = ['No', 'One', 'Two', 'Three', 'Four', 'Five', 'Six'];

interface View {
  readonly graph: Graph;
  readonly path: readonly Node[];
  readonly made: ReadonlyMap<string, Node>;
}

/** The nodes of the path that a node follows from, itself included. */
function ancestors(view: View, node: Node, found = new Set<Node>()): ReadonlySet<Node> {
  if (found.has(node)) return found;
  found.add(node);
  for (const name of node.inputs) {
    const maker = view.made.get(name);
    if (maker) ancestors(view, maker, found);
  }
  return found;
}

/** The last products before the scores are only added up: one where a single network gives them. */
function lastProducts({ path, made }: View, shapes: ShapeMap): readonly Node[] {
  const last = lastMixing(path, shapes);
  if (last < 0) return [];
  const mixes = new Set(path.filter((node) => lastMixing([node], shapes) === 0));
  const found = new Set<Node>();
  const seen = new Set<Node>();
  const walk = (node: Node | undefined): void => {
    if (node === undefined || seen.has(node)) return;
    seen.add(node);
    if (mixes.has(node)) found.add(node);
    else for (const name of node.inputs) walk(made.get(name));
  };
  walk(path.at(-1));
  return [...found];
}

function isSameTensor(a: Tensor, b: Tensor): boolean {
  if (a === b) return true;
  if (a.dims.join() !== b.dims.join()) return false;
  for (let i = 0; i < a.data.length; i++) if (a.data[i] !== b.data[i]) return false;
  return true;
}

/** Weights in order: floating-point constants of more than one number. */
function weightsOf({ path, graph }: View, nodes: ReadonlySet<Node>): readonly Tensor[] {
  return path
    .filter((node) => nodes.has(node))
    .flatMap(({ inputs }) => inputs.flatMap((name) => graph.initializers.get(name) ?? []))
    .filter(({ type, data }) => type === 'float32' && data.length > 1);
}

const isSameNetwork = (a: readonly Tensor[], b: readonly Tensor[]) =>
  a.length === b.length && a.every((tensor, index) => isSameTensor(tensor, b[index]));

/** Whether nodes turn a tensor round along an axis. */
function mirrors({ graph: { initializers } }: View, nodes: ReadonlySet<Node>): boolean {
  return [...nodes].some(({ opType, inputs }) => {
    if (opType === 'ReverseSequence') return true;
    const numbers = Array.from(
      (initializers.get(inputs[opType === 'Slice' ? 4 : 1] ?? '')?.data ?? []) as ArrayLike<number | bigint>,
      Number,
    );
    if (opType === 'Slice') return numbers.some((step) => step < 0);
    return (
      opType === 'Gather' &&
      numbers.length > 1 &&
      numbers.every((value, index) => index === 0 || value === numbers[index - 1] - 1)
    );
  });
}

function ofBranches(view: View, products: readonly Node[]): string {
  const branches = products.map((node) => ancestors(view, node));
  const shared = new Set([...branches[0]].filter((node) => branches.every((branch) => branch.has(node))));
  const own = branches.map((branch) => new Set([...branch].filter((node) => !shared.has(node))));
  const weights = own.map((nodes) => weightsOf(view, nodes));
  const count = COUNTS[branches.length] ?? String(branches.length);
  if (!weights.every((found) => isSameNetwork(found, weights[0])))
    return `${count} networks run side by side and meet only in the scores, so there is no tensor to cut at; explain one of them alone.`;
  const views = own.some((nodes) => mirrors(view, nodes))
    ? 'a picture and its mirror image'
    : 'several views of a picture';
  return `No tensor is passed by every path from the picture to the scores: the branches of the model, here ${views}, meet only in the scores, so there is nothing to cut at. A model without this averaging is needed.`;
}

/** Rows a picture of a tensor that all paths pass, where these are several; the deepest before the scores. */
function stackedRows({ path, graph }: View, shapes: ShapeMap) {
  const scores = new Set(path.slice(lastMixing(path, shapes)));
  return dominators(path, graph)
    .filter((node) => !scores.has(node))
    .map(({ outputs: [tensor] }) => ({ tensor, dims: shapes.get(tensor)?.dims ?? [] }))
    .findLast(({ dims }) => dims.length > 1 && dims[0] > 1);
}

/**
 * Why a model has no cut point, in one or two sentences: several networks beside one another, one network that looks at
 * several views of the picture (told apart by their weights), several rows a picture, or scores straight from pixels.
 *
 * For a model of which findCutPoints finds none; throws as it.
 */
export function whyNoCut(model: Model, inputDims: InputDims): string {
  const { graph, ...rest } = foldConstants(model, inputDims);
  const shapes = inferShapes({ ...rest, graph }, withBatch(inputDims, 1));
  const path = nodesOnPaths(graph);
  const made = new Map(path.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  const view: View = { graph, path, made };
  const stacked = stackedRows(view, shapes);
  if (stacked) {
    return `The batch changes inside the model (${stacked.dims[0]} rows a picture at ${stacked.tensor}), so that rows cannot be told apart by picture and there is nothing to cut at. A model that treats one picture at a time is needed.`;
  }
  const products = lastProducts(view, shapes);
  if (products.length > 1) return ofBranches(view, products);
  return 'No tensor between the picture and the scores is passed by every path, so there is nothing to cut at.';
}
