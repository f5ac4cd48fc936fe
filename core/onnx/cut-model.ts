import { TesseraError } from '../errors.ts';
import { nearestNames } from '../nearest-names.ts';
import { foldConstants } from './constant-folding.ts';
import type { Model, Node } from './graph.ts';
import { consumersOf, producersOf, readsOf, withGraph } from './graph-edits.ts';
import { atTwoBatches, batchAxisIn, declaredInputDims, valueInfoIn } from './two-batches.ts';
import type { InputDims } from './two-batches.ts';

/** A model cut in two at a tensor: latent gives the tensor from the image, head gives the output from the tensor. */
export interface CutModel {
  readonly latent: Model;
  readonly head: Model;
}

function checkName({ graph }: Model, tensor: string): void {
  const names = graph.nodes.flatMap(({ outputs }) => outputs.filter((name) => name !== ''));
  if (names.includes(tensor)) return;
  const nearest = nearestNames(tensor, names).join(', ');
  throw new TesseraError('unknown-name', `The model has no tensor "${tensor}".`, {
    hint: `Nearest names: ${nearest}.`,
  });
}

/** Everything that follows from a tensor. */
function downstreamOf(model: Model, tensor: string): ReadonlySet<string> {
  const reached = new Set([tensor]);
  for (const node of model.graph.nodes) {
    if (readsOf(node).some((name) => reached.has(name))) for (const name of node.outputs) reached.add(name);
  }
  return reached;
}

/** Whether a Shape node serves only to read the batch size, so that any tensor with the batch first will do. */
function readsBatchOnly(model: Model, shape: Node, consumers: ReadonlyMap<string, readonly Node[]>): boolean {
  const readers = consumers.get(shape.outputs[0]) ?? [];
  return readers.every(({ opType, inputs }) => {
    const index = model.graph.initializers.get(inputs[1]);
    return opType === 'Gather' && index?.data.length === 1 && Number(index.data[0]) === 0;
  });
}

/** The nodes of the head, with Shape nodes that look past the cut for the batch size hung on the cut itself. */
function headNodes(model: Model, tensor: string, cutHasBatchFirst: boolean): readonly Node[] {
  const reached = downstreamOf(model, tensor);
  const consumers = consumersOf(model.graph);
  return model.graph.nodes
    .filter(({ outputs }) => !outputs.includes(tensor))
    .map((node) => {
      const looksPast = node.opType === 'Shape' && !reached.has(node.inputs[0]);
      if (!looksPast || !cutHasBatchFirst || !readsBatchOnly(model, node, consumers)) return node;
      return { ...node, inputs: [tensor] };
    });
}

function checkCut(head: Model, model: Model, tensor: string): void {
  const made = producersOf(head.graph);
  const needed = new Set(head.graph.nodes.flatMap(readsOf));
  const past = model.graph.inputs.find(({ name }) => needed.has(name) && !made.has(name));
  if (!past && needed.has(tensor)) return;
  throw new TesseraError(
    'bad-usage',
    `The model cannot be cut at "${tensor}": the output also depends on the input by another way.`,
    {
      hint: 'Choose one of the cut points that "inspect" lists.',
    },
  );
}

/**
 * Cuts a model at a tensor through which every path from the input to the output goes.
 *
 * Shape arithmetic is folded for the input size first (`inputDims`, default: the sizes the model declares), so that
 * neither part asks the other for sizes. The head's only input is called as the tensor; both keep a free batch
 * where the model has one. Initializers go only where they are used.
 * Throws TesseraError 'unknown-name' (nearest names offered), 'bad-usage' (no such cut), and as foldConstants.
 */
export function cutModel(model: Model, tensor: string, inputDims?: InputDims): CutModel {
  checkName(model, tensor);
  const dims = declaredInputDims(model, inputDims);
  const folded = foldConstants(model, dims, { keep: [tensor] });
  const two = atTwoBatches(folded, dims, { maxElements: 4096 });
  const info = valueInfoIn(two, tensor);
  const nodes = headNodes(folded, tensor, batchAxisIn(two, tensor) === 0);
  const head = withGraph(folded, { inputs: [info], nodes });
  checkCut(head, folded, tensor);
  return { latent: withGraph(folded, { outputs: [info] }), head };
}
