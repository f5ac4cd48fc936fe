import { TesseraError } from '../errors.ts';
import { MAX_FOLLOWED_ELEMENTS, dimsIn, emit, repairNode } from './batch-repair.ts';
import type { Repair } from './batch-repair.ts';
import { foldConstants } from './constant-folding.ts';
import type { Graph, Model } from './graph.ts';
import { freshNames, withBatchAxis } from './graph-edits.ts';
import { withoutConstantBranches } from './prepare/constant-branches.ts';
import { knownAtStart, propagate } from './propagate.ts';
import { declaredInputDims, withBatch } from './two-batches.ts';
import type { Facts, InputDims } from './two-batches.ts';

/** A model, and whether it takes several images at once. */
export interface BatchedModel {
  readonly model: Model;
  /** `fixed`: the batch could not be freed; the model takes as many images as the file declares, no more, no fewer. */
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
 * batch) comes back as it was, `fixed`. `inputDims` is needed where the model leaves its height and width free.
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
  return freed ? { model: freed, batch: 'dynamic' } : { model, batch: 'fixed' };
}
