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

/** Whether the answer is read from one token (a class token) instead of the mean over all. */
function readsOneToken(cut: CutPoint, path: readonly Node[]): boolean {
  const after = path.slice(positionOf(cut, path) + 1).map(({ opType }) => opType);
  return (
    !after.some((opType) => opType.startsWith('Reduce') || opType.startsWith('Global')) &&
    after.some((opType) => opType === 'Gather' || opType === 'Slice')
  );
}

/** A sum of what goes on and what a block adds; the bias of a product is none. */
function isStream({ opType, inputs }: Node, path: readonly Node[], { initializers }: Graph): boolean {
  if (opType !== 'Add') return false;
  if (!inputs.some((name) => initializers.has(name))) return true;
  const data = inputs.find((name) => !initializers.has(name));
  return path.find(({ outputs }) => outputs[0] === data)?.opType !== 'MatMul';
}

function lastTokenStream(
  cuts: readonly CutPoint[],
  path: readonly Node[],
  graph: Graph,
): CutPoint | undefined {
  const sums = new Set(path.filter((node) => isStream(node, path, graph)).flatMap(({ outputs }) => outputs));
  const streams = cuts.filter(({ kind, tensor }) => kind === 'tokens' && sums.has(tensor));
  const last = streams.at(-1);
  if (!last || !readsOneToken(last, path)) return last;
  return streams.findLast((cut) => isFollowedByAttention(cut, path, graph)) ?? last;
}

/**
 * The cut to start from: the last block's token stream of a transformer, else the last spatial tensor before the
 * global pooling, after its activation.
 *
 * Two refinements, so that concepts can matter at all: a map of class scores (no weights follow it, as the last
 * convolution of SqueezeNet) is passed over; and where the answer is read from a class token, so that the last
 * stream's other tokens no longer count, it is the stream that enters the last attention.
 */
export function proposeCut(
  cuts: readonly CutPoint[],
  path: readonly Node[],
  graph: Graph,
): CutPoint | undefined {
  const weighted = cuts.filter((cut) => isFollowedByWeights(cut, path));
  const lastMap = weighted.findLast(({ kind }) => kind === 'spatial');
  const stream = lastTokenStream(weighted, path, graph);
  const isTransformer = stream && (!lastMap || cuts.indexOf(stream) > cuts.indexOf(lastMap));
  return (isTransformer ? stream : lastMap) ?? weighted.at(-1) ?? cuts.at(-1);
}
