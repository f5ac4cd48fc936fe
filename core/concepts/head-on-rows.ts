import { vjp } from '../autodiff/vjp.ts';
import { matrix, type Matrix } from '../linalg/matrix.ts';
import { withClasses } from '../onnx/class-slice.ts';
import { foldConstants } from '../onnx/constant-folding.ts';
import type { Model, Node } from '../onnx/graph.ts';
import { withGraph } from '../onnx/graph-edits.ts';
import { encodeModel } from '../onnx/proto.ts';
import { inferShapes } from '../onnx/shapes.ts';
import type { Session, SessionFactory } from '../platform.ts';
import { expectFloat32, float32, sizeOf, type Tensor } from '../tensor.ts';
import type { LayerRecord } from './explanation.ts';
import { positionsOf } from './latent-rows.ts';

/** Images that go through the head at once, where it takes more than one. */
const BATCH = 16;

/** The head on rows of whole images. */
export interface HeadOnRows {
  values(rows: Matrix): Promise<Matrix>;
  /** Cotangents [m, K] at such rows -> cotangents of the rows. */
  gradient(rows: Matrix, cotangents: Matrix): Promise<Matrix>;
  dispose(): Promise<void>;
}

/** The head reduced to these scores, with its backward graph; images go through it {@link BATCH} at a time. */
export async function openHead(
  head: Model,
  layer: LayerRecord,
  columns: readonly number[],
  { sessions, fixedBatch = false }: { readonly sessions: SessionFactory; readonly fixedBatch?: boolean },
): Promise<HeadOnRows> {
  const batch = fixedBatch ? 1 : BATCH;
  const dims = new Map([[layer.tensor, [batch, ...layer.shape.slice(1)]]]);
  const folded = foldConstants(head, dims);
  const reduced = withClasses(folded, inferShapes(folded, dims), columns);
  const { model, input } = takingRows(reduced, layer, batch);
  const [output] = model.graph.outputs;
  const backward = vjp(model, {
    from: input.name,
    to: output.name,
    inputDims: new Map([[input.name, input.dims]]),
    cotangents: 'single',
  });
  const session = await sessions.open(encodeModel(backward.model));
  const size = sizeOf(layer.shape);
  const k = columns.length;
  const run = async (
    { data }: Matrix,
    cotangents: Matrix | undefined,
    wanted: string,
  ): Promise<Float32Array> => {
    const images = data.length / size;
    const each = wanted === backward.outputs.a ? k : size;
    const out = new Float32Array(images * each);
    for (let start = 0; start < images; start += batch) {
      const x = padded(data.subarray(start * size, (start + batch) * size), batch * size);
      const v = padded(cotangents?.data.subarray(start * k, (start + batch) * k), batch * k);
      const found = await outputOf(session, wanted, {
        [backward.inputs.x]: float32(x, input.dims),
        [backward.inputs.v]: float32(v, [batch, k]),
      });
      out.set(found.subarray(0, Math.min(batch, images - start) * each), start * each);
    }
    return out;
  };
  return {
    values: async (rows) =>
      matrix(rows.rows / positionsOf(layer), k, await run(rows, undefined, backward.outputs.a)),
    gradient: async (rows, cotangents) =>
      matrix(rows.rows, rows.cols, await run(rows, cotangents, backward.outputs.gx)),
    dispose: () => session.dispose(),
  };
}

/** The head with channels last at its input, as rows have them: the runtime transposes faster than plain code does. */
function takingRows(head: Model, layer: LayerRecord, batch: number) {
  const { tensor, shape, channelAxis } = layer;
  const outer = shape.map((_, axis) => axis).filter((axis) => axis !== channelAxis);
  const order = [...outer, channelAxis];
  const name = `${tensor}/rows`;
  const dims = order.map((axis) => (axis === 0 ? batch : shape[axis]));
  const transposed: Node = {
    name,
    opType: 'Transpose',
    domain: '',
    inputs: [name],
    outputs: [tensor],
    attributes: new Map([['perm', { type: 'ints', value: shape.map((_, axis) => order.indexOf(axis)) }]]),
  };
  const model = withGraph(head, {
    inputs: [{ name, type: 'float32', dims }],
    nodes: [transposed, ...head.graph.nodes],
  });
  return { model, input: { name, dims } };
}

async function outputOf(
  session: Session,
  name: string,
  feeds: Readonly<Record<string, Tensor>>,
): Promise<Float32Array> {
  return expectFloat32((await session.run(feeds, [name]))[name], name).data;
}

/** The numbers with zeros after them. */
function padded(data: Float32Array | undefined, length: number): Float32Array {
  if (data?.length === length) return data;
  const out = new Float32Array(length);
  if (data) out.set(data);
  return out;
}
