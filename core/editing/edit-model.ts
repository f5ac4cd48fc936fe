import type { LayerRecord } from '../concepts/explanation.ts';
import { invariant } from '../errors.ts';
import { elementTypeCode } from '../onnx/element-types.ts';
import type { Graph, Model, Node } from '../onnx/graph.ts';
import { makeNode, readsOf } from '../onnx/graph-edits.ts';
import { insertAfter } from '../onnx/insert-after.ts';
import { withFunctionsInlined } from '../onnx/proto.ts';
import { Expansion } from '../onnx/prepare/expansion.ts';
import type { InputDims } from '../onnx/two-batches.ts';
import type { ElementType, Tensor } from '../tensor.ts';
import { checkEdit, type ConceptEdit } from './concept-edit.ts';
import { codeGraph } from './code-graph.ts';
import { changeNodes } from './edit-nodes.ts';
import { namesIn } from './names-in.ts';
import { originalCut } from './original-cut.ts';

/** A model file, and an edit that is put into it. */
export interface EditedFile {
  /** The bytes of the file as its owner has it, and what they say. */
  readonly bytes: Uint8Array;
  readonly model: Model;
  readonly layer: LayerRecord;
  /** Size of the run's pictures (`ModelIntake.inputDims`). */
  readonly inputDims: InputDims;
  readonly edit: ConceptEdit;
  /** Steps of the iteration that finds the amounts (`chooseSteps`); `project` takes none. */
  readonly steps: number;
  /** What is written into the file's metadata of the edit. */
  readonly record: string;
}

/** A model file with an edit in it. */
export interface EditedModel {
  readonly bytes: Uint8Array;
  /** Functions of the file were put in place of their calls, since the cut lies in one. */
  readonly isInlined: boolean;
  /** Operators added, constants aside. */
  readonly nodes: number;
}

/** The key of the metadata that tells of an edit; later edits of the same file get a number. */
export const EDIT_KEY = 'tessera_edit';

/**
 * The model file with an edit at its cut: what made the cut's tensor makes it under another name, a few plain operators
 * take the concepts out, and all that read the tensor read the result. Inputs, outputs, operator sets, weights, places of
 * external data and all else remain as they are, byte by byte.
 *
 * Throws TesseraError 'bad-model' as `originalCut` and for a file that grows beyond 2 GiB; as `checkEdit`, `projectors` and,
 * for sparse banks, `codeGraph`.
 */
export function editModel({
  bytes: file,
  model,
  layer,
  inputDims,
  edit,
  steps,
  record,
}: EditedFile): EditedModel {
  checkEdit(edit);
  const { tensor, type } = originalCut(model, layer, inputDims);
  const fresh = freshIn(model.graph);
  const original = fresh(`${tensor}/as_it_was`);
  const nodes: Node[] = [];
  const constants = new Map<string, Tensor>();
  const e = new Expansion(EDIT_KEY, { nodes, initializers: constants }, fresh, new Map());
  const asFloat = castTo(e, original, type, 'float32');
  const change = changeNodes(e, asFloat, edit, layer, (activations) => {
    const part = codeGraph(activations, edit.bank, steps, { layer, fresh });
    nodes.push(...part.nodes);
    for (const [name, value] of part.initializers) constants.set(name, value);
    return part.output;
  });
  const taken = castTo(e, change, 'float32', type);
  nodes.push({ ...makeNode('Sub', [original, taken], [tensor]), name: fresh(`${EDIT_KEY}/Sub`) });
  const used = new Set(nodes.flatMap(({ inputs }) => inputs));
  const needed = new Map([...constants].filter(([name]) => used.has(name)));
  const insertion = { tensor, original, nodes, constants: needed };
  const metadata = [[freeKey(model), record]] as const;
  const own = insertAfter(file, insertion, metadata);
  const bytes = own ?? insertAfter(withFunctionsInlined(file), insertion, metadata);
  invariant(bytes !== undefined, `a node makes ${tensor}`);
  return { bytes, isInlined: own === undefined, nodes: nodes.length };
}

function castTo(e: Expansion, x: string, from: ElementType, to: ElementType): string {
  return from === to ? x : e.op('Cast', [x], { to: elementTypeCode(to) });
}

function freshIn(graph: Graph): (stem: string) => string {
  const taken = namesIn(graph);
  return (stem) => {
    let name = stem;
    for (let n = 1; taken.has(name); n++) name = `${stem}_${n}`;
    taken.add(name);
    return name;
  };
}

function freeKey({ metadata }: Model): string {
  let key = EDIT_KEY;
  for (let n = 2; metadata.has(key); n++) key = `${EDIT_KEY}_${n}`;
  return key;
}

/** Outputs of a file that follow from a tensor, by name. */
export function outputsAfter({ graph }: Pick<Model, 'graph'>, tensor: string): string[] {
  const reached = new Set([tensor]);
  for (const node of graph.nodes)
    if (readsOf(node).some((name) => reached.has(name))) for (const name of node.outputs) reached.add(name);
  return graph.outputs.map(({ name }) => name).filter((name) => reached.has(name));
}
