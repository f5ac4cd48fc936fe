import { TesseraError } from '../errors.ts';
import type { Graph, Model, Node } from '../onnx/graph.ts';
import { makeNode, nodesAfter } from '../onnx/graph-edits.ts';
import type { Expansion } from '../onnx/prepare/expansion.ts';
import { elementTypeCode } from '../onnx/element-types.ts';
import type { InputDims } from '../onnx/two-batches.ts';
import { float32 } from '../tensor.ts';
import { fileFacts } from './original-cut.ts';

/*
 * An edit of the score of one class: the part of the model between the cut and its raw scores is there twice, once for the
 * activations as they are and once for the edited ones, and the raw scores are those of the first but for one column:
 *
 *   s = s(a) ∘ (1 - e_c) + s(a') ∘ e_c
 *
 * It is done before a last softmax or sigmoid, so that other classes change their probability but not their score. What it
 * costs is a second pass from the cut to the scores.
 */

/** The raw scores of a model, and the one of them that an edit changes. */
export interface OneClass {
  /** Tensor of raw scores, [N, K] or with axes of 1 behind it, before a last activation. */
  readonly scores: string;
  /** K. */
  readonly width: number;
  /** 0…K - 1. */
  readonly column: number;
}

const LATER = 'Leave the class away, so that the edit is one for all scores, or explain at a later layer.';

/**
 * Copies of the nodes between two tensors, in order, that start at `edited` in the place of `from`; `output` stands for `to`.
 *
 * Throws TesseraError 'bad-usage' where one of them holds a graph (If, Loop, Scan), or `to` does not follow from `from`.
 */
export function secondBranch(
  graph: Graph,
  { from, edited, to }: { readonly from: string; readonly edited: string; readonly to: string },
  fresh: (stem: string) => string,
): { readonly nodes: readonly Node[]; readonly output: string } {
  const names = new Map([[from, edited]]);
  const between = nodesBetween(graph, from, to);
  for (const { outputs } of between)
    for (const name of outputs) if (name !== '') names.set(name, fresh(`${name}/edited`));
  const output = names.get(to);
  if (output === undefined || to === from)
    throw new TesseraError(
      'bad-usage',
      'The scores of this model do not follow from the layer by operators.',
      { hint: LATER },
    );
  const renamed = (name: string): string => names.get(name) ?? name;
  const nodes = between.map((node) => ({
    ...node,
    name: fresh(`${node.name || node.outputs[0]}/edited`),
    inputs: node.inputs.map(renamed),
    outputs: node.outputs.map(renamed),
  }));
  return { nodes, output };
}

function nodesBetween(graph: Graph, from: string, to: string): Node[] {
  const needed = new Set([to]);
  const between = nodesAfter(graph, from)
    .toReversed()
    .filter((node) => {
      const isNeeded = node.outputs.some((name) => needed.has(name));
      if (isNeeded) for (const name of node.inputs) needed.add(name);
      return isNeeded;
    })
    .toReversed();
  const inner = between.find(({ attributes }) =>
    [...attributes.values()].some(({ type }) => type === 'graph' || type === 'graphs'),
  );
  if (inner === undefined) return between;
  throw new TesseraError(
    'bad-usage',
    `Between the layer and the scores the model has branches or loops (${inner.opType}); they cannot be there twice, as an edit of one class needs.`,
    { hint: LATER },
  );
}

/** Where a tensor of raw scores is in a model file, and how it is put together. */
export interface ScoreTensor {
  readonly type: 'float32' | 'float16' | 'float64';
  /** Its rank, and the axis of the classes. */
  readonly rank: number;
  readonly axis: number;
}

/**
 * Finds the raw scores in the model of a file. Throws TesseraError 'bad-usage', in words, where the file does not have them as
 * one tensor: probabilities whose activation cannot be taken off, one number for all classes, shapes that cannot be told.
 */
export function scoreTensor(file: Model, { scores, width }: OneClass, inputDims: InputDims): ScoreTensor {
  if (width < 2)
    throw new TesseraError(
      'bad-usage',
      'The model gives one number for all its classes, so that none can be edited by itself.',
      { hint: 'Leave the class away.' },
    );
  const found = fileFacts(file, inputDims).get(scores);
  const axis = found?.dims.findIndex((size, at) => at > 0 && size === width) ?? -1;
  const isRow = found?.dims.every((size, at) => at === 0 || at === axis || size === 1) ?? false;
  const type = found?.type;
  const isReal = type === 'float32' || type === 'float16' || type === 'float64';
  if (axis > 0 && isRow && isReal) return { type, axis, rank: found!.dims.length };
  throw new TesseraError(
    'bad-usage',
    `The model file does not hold the scores of its ${width} classes as one row of numbers before its last activation.`,
    { hint: 'Leave the class away, so that the edit is one for all scores.' },
  );
}

/** Adds nodes, the last called `name`, that make `mixed` of one column of `edited` and all others of `original`. Scores must be finite. */
export function mixScores(
  e: Expansion,
  {
    original,
    edited,
    mixed,
    name,
  }: { readonly original: string; readonly edited: string; readonly mixed: string; readonly name: string },
  { width, column }: OneClass,
  { type, rank, axis }: ScoreTensor,
): void {
  const dims = Array.from({ length: rank }, (_, at) => (at === axis ? width : 1));
  const part = (scores: string, isOwn: boolean): string => {
    const values = Float32Array.from({ length: width }, (_, k) => Number((k === column) === isOwn));
    const mask = e.tensor(float32(values, dims));
    const own = type === 'float32' ? mask : e.op('Cast', [mask], { to: elementTypeCode(type) });
    return e.op('Mul', [scores, own]);
  };
  const both = [part(original, false), part(edited, true)];
  e.nodes.push({ ...makeNode('Add', both, [mixed]), name });
}
