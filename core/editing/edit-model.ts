import type { LayerRecord } from '../concepts/explanation.ts';
import { BugError } from '../errors.ts';
import { elementTypeCode } from '../onnx/element-types.ts';
import type { Model, Node } from '../onnx/graph.ts';
import { freshNames, makeNode, nodesAfter } from '../onnx/graph-edits.ts';
import { insertAfter, type Insertion } from '../onnx/insert-after.ts';
import { hasFunctions, withFunctionsInlined } from '../onnx/proto.ts';
import { Expansion } from '../onnx/prepare/expansion.ts';
import type { InputDims } from '../onnx/two-batches.ts';
import type { ElementType, Tensor } from '../tensor.ts';
import { checkEdit, type ConceptEdit } from './concept-edit.ts';
import { codeGraph } from './code-graph.ts';
import { changeNodes } from './edit-nodes.ts';
import { mixScores, scoreTensor, secondBranch, type OneClass } from './one-class.ts';
import { originalCut, type OriginalCut } from './original-cut.ts';

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
  /** Where the edit changes the score of one class only. */
  readonly only?: OneClass;
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
 * With `only`, the cut's tensor stays, and the raw scores are put together of two branches instead: see one-class.ts.
 *
 * Throws TesseraError 'bad-model' as `originalCut` and for a file that grows beyond 2 GiB; as `checkEdit`, `projectors` and,
 * for sparse banks, `codeGraph`; with `only` as `scoreTensor` and `secondBranch`.
 */
export function editModel(asked: EditedFile): EditedModel {
  const { bytes: file, model, record, only } = asked;
  checkEdit(asked.edit);
  const cut = originalCut(model, asked.layer, asked.inputDims);
  const made = new Insert(asked, cut);
  const insertion = only === undefined ? made.forAll() : made.forOne(only);
  const metadata = [[freeKey(model), record]] as const;
  // Both places that one class needs have to be in the outermost graph.
  const own = only && hasFunctions(file) ? undefined : insertAfter(file, insertion, metadata);
  const bytes = own ?? insertAfter(withFunctionsInlined(file), insertion, metadata);
  if (bytes === undefined) throw new BugError(`no node makes ${insertion.tensor}`);
  return { bytes, isInlined: own === undefined, nodes: insertion.nodes.length };
}

/** Makes the nodes of an edit. */
class Insert {
  readonly #file: EditedFile;
  readonly #cut: OriginalCut;
  readonly #nodes: Node[] = [];
  readonly #constants = new Map<string, Tensor>();
  readonly #fresh: (stem: string) => string;
  readonly #e: Expansion;

  constructor(file: EditedFile, cut: OriginalCut) {
    [this.#file, this.#cut] = [file, cut];
    this.#fresh = freshNames(file.model);
    const target = { nodes: this.#nodes, initializers: this.#constants };
    this.#e = new Expansion(EDIT_KEY, target, this.#fresh, new Map());
  }

  forAll(): Insertion {
    const { tensor } = this.#cut;
    const original = this.#fresh(`${tensor}/as_it_was`);
    this.#subtract(original, tensor);
    return this.#after(tensor, original);
  }

  forOne(only: OneClass): Insertion {
    const { model, inputDims } = this.#file;
    const { tensor } = this.#cut;
    const edited = this.#fresh(`${tensor}/edited`);
    const ends = { from: tensor, edited, to: only.scores };
    const branch = secondBranch(model.graph, ends, this.#fresh);
    const place = scoreTensor(model, only, inputDims);
    this.#subtract(tensor, edited);
    this.#nodes.push(...branch.nodes);
    const original = this.#fresh(`${only.scores}/as_it_was`);
    const name = this.#fresh(`${EDIT_KEY}/Add`);
    mixScores(this.#e, { original, edited: branch.output, mixed: only.scores, name }, only, place);
    return this.#after(only.scores, original);
  }

  /** Adds the nodes from activations to the edited ones. */
  #subtract(from: string, to: string): void {
    const { edit, layer, steps } = this.#file;
    const { type } = this.#cut;
    const [e, fresh, nodes] = [this.#e, this.#fresh, this.#nodes];
    const change = changeNodes(e, castTo(e, from, type, 'float32'), edit, layer, (activations) => {
      const part = codeGraph(activations, edit.bank, steps, { layer, fresh });
      nodes.push(...part.nodes);
      for (const [name, value] of part.initializers) this.#constants.set(name, value);
      return part.output;
    });
    const taken = castTo(e, change, 'float32', type);
    nodes.push({ ...makeNode('Sub', [from, taken], [to]), name: fresh(`${EDIT_KEY}/Sub`) });
  }

  #after(tensor: string, original: string): Insertion {
    const used = new Set(this.#nodes.flatMap(({ inputs }) => inputs));
    const constants = new Map([...this.#constants].filter(([name]) => used.has(name)));
    return { tensor, original, nodes: this.#nodes, constants };
  }
}

function castTo(e: Expansion, x: string, from: ElementType, to: ElementType): string {
  return from === to ? x : e.op('Cast', [x], { to: elementTypeCode(to) });
}

function freeKey({ metadata }: Model): string {
  let key = EDIT_KEY;
  for (let n = 2; metadata.has(key); n++) key = `${EDIT_KEY}_${n}`;
  return key;
}

/** Outputs of a file that follow from a tensor, by name. */
export function outputsAfter({ graph }: Pick<Model, 'graph'>, tensor: string): string[] {
  const reached = new Set([tensor, ...nodesAfter(graph, tensor).flatMap(({ outputs }) => outputs)]);
  return graph.outputs.map(({ name }) => name).filter((name) => reached.has(name));
}
