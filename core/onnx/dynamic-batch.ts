import { TesseraError } from '../errors.ts';
import { int64 } from '../tensor.ts';
import { MAX_FOLLOWED_ELEMENTS, dimsIn, emit, repairNode } from './batch-repair.ts';
import type { Repair } from './batch-repair.ts';
import { foldConstants } from './constant-folding.ts';
import type { Graph, Model } from './graph.ts';
import { freshNames, makeNode, withBatchAxis, withGraph } from './graph-edits.ts';
import { withoutConstantBranches } from './prepare/constant-branches.ts';
import { knownAtStart, propagate } from './propagate.ts';
import { declaredInputDims, withBatch } from './two-batches.ts';
import type { Facts, InputDims } from './two-batches.ts';

/** A model, and whether it takes several images at once. */
export interface BatchedModel {
  readonly model: Model;
  /** `fixed`: the batch could not be freed; the model takes one image at a time. */
  readonly batch: 'dynamic' | 'fixed';
}

function repaired(model: Model, inputDims: InputDims, own: number): Model {
  const folded = foldConstants(model, inputDims);
  const { graph, opsets } = folded;
  const repair: Repair = {
    own,
    single: propagate(folded, withBatch(inputDims, own), { maxElements: MAX_FOLLOWED_ELEMENTS }),
    double: knownAtStart(graph, withBatch(inputDims, 2 * own)),
    nodes: [],
    initializers: new Map(graph.initializers),
    fresh: freshNames(folded),
    opsets,
    input: graph.inputs[0]?.name ?? '',
    leads: new Map(),
  };
  for (const node of graph.nodes) emit(repair, repairNode(repair, node));
  return withFreeBatch({
    ...folded,
    graph: { ...graph, nodes: repair.nodes, initializers: repair.initializers },
  });
}

function withFreeBatch(model: Model): Model {
  const { inputs, outputs } = model.graph;
  const graph: Graph = {
    ...model.graph,
    inputs: inputs.map(withBatchAxis),
    outputs: outputs.map(withBatchAxis),
    valueInfo: new Map(),
  };
  return { ...model, graph };
}

/** Whether every output has the batch as its first axis and is otherwise as for one image. */
function isBatched(model: Model, inputDims: InputDims): boolean {
  const [one, two, three] = [1, 2, 3].map((batch) =>
    propagate(model, withBatch(inputDims, batch), { maxElements: MAX_FOLLOWED_ELEMENTS }),
  );
  return model.graph.outputs.every(({ name }) => {
    const rest = dimsIn(one, name).slice(1).join();
    const follows = (facts: Facts, batch: number) => {
      const [first, ...others] = dimsIn(facts, name);
      return first === batch && others.join() === rest;
    };
    return follows(one, 1) && follows(two, 2) && follows(three, 3);
  });
}

function succeeds(attempt: () => Model | undefined): Model | undefined {
  try {
    return attempt();
  } catch (error) {
    // Shapes that do not fit at another batch size are the answer here, not a failure.
    if (error instanceof TesseraError) return undefined;
    throw error;
  }
}

/** A model of `own` images at once as one of a single image: it is put into every row, and the first answer is taken. */
function forOneImage(model: Model, own: number): Model {
  const { graph } = model;
  const fresh = freshNames(model);
  const [input] = graph.inputs;
  const rows = fresh(`${input.name}/rows`);
  const [sizes, zero, one] = ['sizes', 'zero', 'one'].map((part) => fresh(`${rows}/${part}`));
  const inner = new Map([[input.name, rows]]);
  const outputs = graph.outputs.map(({ name }) => [name, fresh(`${name}/rows`)] as const);
  for (const [name, all] of outputs) inner.set(name, all);
  const renamed = (name: string) => inner.get(name) ?? name;
  const rank = input.dims?.length ?? 4;
  return withGraph(model, {
    inputs: [{ ...input, dims: input.dims && [1, ...input.dims.slice(1)] }],
    outputs: graph.outputs.map((info) => ({ ...info, dims: info.dims && [1, ...info.dims.slice(1)] })),
    nodes: [
      makeNode('Expand', [input.name, sizes], [rows]),
      ...graph.nodes.map((node) => ({
        ...node,
        inputs: node.inputs.map(renamed),
        outputs: node.outputs.map(renamed),
      })),
      ...outputs.map(([name, all]) => makeNode('Slice', [all, zero, one, zero], [name])),
    ],
    initializers: new Map([
      ...graph.initializers,
      [sizes, int64([own, ...Array.from({ length: rank - 1 }, () => 1)])],
      [zero, int64([0])],
      [one, int64([1])],
    ]),
    valueInfo: new Map(),
  });
}

/** How many images the model's input is declared for; 1 where the file leaves it open. */
function declaredBatch({ graph }: Model): number {
  const batch = graph.inputs.find(({ name }) => !graph.initializers.has(name))?.dims?.[0];
  return typeof batch === 'number' && batch > 0 ? batch : 1;
}

/**
 * Frees the batch axis of a model, also of one exported for a single image, or for a few: frozen Reshape, Expand
 * and Resize targets follow the batch, constants that are joined to the data (class tokens) are repeated.
 *
 * Branches that the sizes of the input decide are taken first.
 *
 * What was exported for so many images is taken to treat them one by one; a model that mixes images (a sum over the
 * batch) comes back `fixed`: one for several images is given the same one in every row, and answers for the first.
 * `inputDims` is needed where the model leaves its height and width free.
 */
export function withDynamicBatch(given: Model, inputDims?: InputDims): BatchedModel {
  const own = declaredBatch(given);
  const dims = withBatch(declaredInputDims(given, inputDims), own);
  const model = withoutConstantBranches(given, dims);
  const asIs = succeeds(() => (isBatched(model, dims) ? withFreeBatch(model) : undefined));
  if (asIs) return { model: asIs, batch: 'dynamic' };
  const freed = succeeds(() => {
    const candidate = repaired(model, dims, own);
    return isBatched(candidate, dims) ? candidate : undefined;
  });
  if (freed) return { model: freed, batch: 'dynamic' };
  return { model: own === 1 ? model : forOneImage(model, own), batch: 'fixed' };
}
