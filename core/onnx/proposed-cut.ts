import { intsOf } from './attributes.ts';
import type { CutPoint } from './cut-point.ts';
import type { Graph, Node } from './graph.ts';

const linear = new Set(['Conv', 'ConvTranspose', 'Gemm', 'MatMul', 'Einsum']);

/** Position on the path of the node that makes a cut's tensor. */
const positionOf = (cut: CutPoint, path: readonly Node[]) =>
  path.findIndex(({ outputs }) => outputs.includes(cut.tensor));

function isFollowedByWeights(cut: CutPoint, path: readonly Node[]): boolean {
  return path.slice(positionOf(cut, path) + 1).some(({ opType }) => linear.has(opType));
}

/** Attention multiplies data by data; so tokens before it can still change one another. */
function isFollowedByAttention(cut: CutPoint, path: readonly Node[], { initializers }: Graph): boolean {
  return path
    .slice(positionOf(cut, path) + 1)
    .some(
      ({ opType, inputs }) =>
        (opType === 'MatMul' || opType === 'Einsum') && inputs.every((name) => !initializers.has(name)),
    );
}

/** Whether a node makes one of all places; a mean over the last axis belongs to a normalisation that is written out. */
function pools(node: Node, { initializers }: Graph): boolean {
  if (!node.opType.startsWith('Reduce')) return node.opType.startsWith('Global');
  const axes = intsOf(node, 'axes') ?? initializers.get(node.inputs[1] ?? '')?.data;
  return (
    axes === undefined || Array.from(axes as ArrayLike<number | bigint>, Number).some((axis) => axis !== -1)
  );
}

/** Whether the answer is read from one token (a class token) instead of the mean over all. */
function readsOneToken(cut: CutPoint, path: readonly Node[], graph: Graph): boolean {
  const after = path.slice(positionOf(cut, path) + 1);
  return (
    !after.some((node) => pools(node, graph)) &&
    after.some(({ opType }) => opType === 'Gather' || opType === 'Slice')
  );
}

/**
 * The token stream after the last block, or the one that enters the last attention where one token is read. A stream
 * is a sum of two data tensors; that of a product and its bias stands in only where there is none. A single token, what
 * attention pooling makes of all, has no places that could be told apart.
 */
function lastTokenStream(
  cuts: readonly CutPoint[],
  path: readonly Node[],
  graph: Graph,
): CutPoint | undefined {
  const sums = new Map(
    path.filter(({ opType }) => opType === 'Add').map(({ inputs, outputs }) => [outputs[0], inputs]),
  );
  const added = cuts.filter(
    ({ kind, tensor, shape }) => kind === 'tokens' && shape[1] > 1 && sums.has(tensor),
  );
  const residual = added.filter(({ tensor }) =>
    sums.get(tensor)?.every((name) => !graph.initializers.has(name)),
  );
  const streams = residual.length > 0 ? residual : added;
  const last = streams.at(-1);
  if (!last || !readsOneToken(last, path, graph)) return last;
  return streams.findLast((cut) => isFollowedByAttention(cut, path, graph)) ?? last;
}

/**
 * The cut to start from: the last block's token stream of a transformer, else the last spatial tensor before the
 * global pooling, after its activation.
 *
 * Two refinements, so that concepts can matter at all: a map of class scores (no weights follow it, as the last
 * convolution of SqueezeNet) is passed over; and where the answer is read from a class token, so that the last
 * stream's other tokens no longer count, it is the stream that enters the last attention. Of a model that gives a vector
 * (`isVector`) what is pooled into it are no scores, and nothing is passed over.
 */
export function proposeCut(
  cuts: readonly CutPoint[],
  path: readonly Node[],
  graph: Graph,
  isVector: boolean,
): CutPoint | undefined {
  const weighted = isVector ? cuts : cuts.filter((cut) => isFollowedByWeights(cut, path));
  const lastMap = weighted.findLast(({ kind }) => kind === 'spatial');
  const stream = lastTokenStream(weighted, path, graph);
  const isTransformer = stream && (!lastMap || cuts.indexOf(stream) > cuts.indexOf(lastMap));
  return (isTransformer ? stream : lastMap) ?? weighted.at(-1) ?? cuts.at(-1);
}
