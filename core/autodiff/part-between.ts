import { TesseraError } from '../errors.ts';
import { cutModel } from '../onnx/cut-model.ts';
import { withDynamicBatch } from '../onnx/dynamic-batch.ts';
import type { Model } from '../onnx/graph.ts';
import { readsOf, withoutDeadNodes } from '../onnx/graph-edits.ts';
import { withoutConstantBranches } from '../onnx/prepare/constant-branches.ts';
import type { Tensor } from '../tensor.ts';

/** Side in pixels assumed where a model leaves its input's size open. */
const USUAL_SIZE = 224;

function inputsOf({ graph }: Model) {
  return graph.inputs.filter(({ name }) => !graph.initializers.has(name));
}

/** Between which tensors a part is wanted, and the value of the first, where it is given. */
interface PartRequest {
  readonly from: string;
  readonly to: string;
  readonly x: Tensor | undefined;
}

/** A part of a model and the sizes of its inputs. */
interface ModelPart {
  readonly model: Model;
  readonly inputDims: ReadonlyMap<string, readonly number[]>;
}

/** Branches that the sizes of x decide are taken, and a batch that the file fixes is freed where x has another. */
function atSizesOf(model: Model, from: string, x: Tensor | undefined): Model {
  const [input, ...more] = inputsOf(model);
  if (more.length > 0) return model;
  const batch = input.dims?.[0];
  const isInput = from === input.name;
  const isOther =
    x !== undefined && typeof batch === 'number' && x.dims[0] !== batch && (isInput || batch > 1);
  const sizes = sizesOf(model, from, x);
  return isOther ? withDynamicBatch(model, sizes).model : withoutConstantBranches(model, sizes);
}

/**
 * The part of a prepared model to differentiate, and its sizes. From an inner tensor on, what x itself measures decides,
 * for a model that leaves the picture's size open does not say how large the tensor is. Throws TesseraError 'bad-tensor'
 * where x does not fit the input.
 */
export function partBetween(prepared: Model, { from, to, x }: PartRequest): ModelPart {
  const model = atSizesOf(prepared, from, x);
  const whole = { model, inputDims: sizesOf(model, from, x) };
  const isInner = [from, to].every((name) => model.graph.nodes.some(({ outputs }) => outputs.includes(name)));
  if (x === undefined || !isInner) return whole;
  const inputDims = new Map([[from, x.dims]]);
  const cut = cutCleanly(model, from, to, x);
  if (cut !== undefined) return { model: cut, inputDims };
  const head = headOf(model, from, whole.inputDims);
  const isBeyond = head?.graph.nodes.some(({ outputs }) => outputs.includes(to));
  return head && isBeyond ? { model: head, inputDims } : whole;
}

/** The nodes between the two tensors alone; undefined when they also read an input of the model. */
function cutCleanly(model: Model, from: string, to: string, { dims }: Tensor): Model | undefined {
  const graph = withoutDeadNodes({
    ...model.graph,
    inputs: [{ name: from, type: 'float32', dims }],
    outputs: [{ name: to, type: 'float32', dims: undefined }],
    nodes: model.graph.nodes.filter(({ outputs }) => !outputs.includes(from)),
  });
  const known = new Set([
    from,
    ...graph.initializers.keys(),
    ...graph.nodes.flatMap(({ outputs }) => outputs),
  ]);
  return graph.nodes.flatMap(readsOf).every((name) => known.has(name)) ? { ...model, graph } : undefined;
}

/** The part after a cut, with the batch size read from the cut; undefined where the model cannot be cut. */
function headOf(model: Model, from: string, inputDims: ModelPart['inputDims']): Model | undefined {
  try {
    return cutModel(model, from, inputDims).head;
  } catch (error) {
    if (error instanceof TesseraError && error.code === 'bad-usage') return undefined;
    throw error;
  }
}

/** Sizes of the model's inputs: those of x where it is one, else as declared, with the batch of x. */
function sizesOf(model: Model, from: string, x: Tensor | undefined): Map<string, readonly number[]> {
  return new Map(
    inputsOf(model).map(({ name, dims = [] }) => {
      const declared = dims.map((dim, axis) =>
        typeof dim === 'number' ? dim : axis === 0 ? (x?.dims[0] ?? 1) : USUAL_SIZE,
      );
      if (name !== from || x === undefined) return [name, declared];
      // A batch that the file fixes can be another: it is freed, or found not to fit later.
      const fits =
        x.dims.length === dims.length &&
        dims.every((dim, axis) => axis === 0 || typeof dim !== 'number' || dim === x.dims[axis]);
      if (fits) return [name, x.dims];
      throw new TesseraError(
        'bad-tensor',
        `"x" has shape [${x.dims.join(', ')}], but tensor "${from}" has [${dims.map((dim) => dim ?? '?').join(', ')}].`,
        { hint: 'Give the value of the tensor to differentiate by.' },
      );
    }),
  );
}
