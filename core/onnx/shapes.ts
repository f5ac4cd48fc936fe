import { sizeOf } from '../tensor.ts';
import type { ElementType, Tensor } from '../tensor.ts';
import type { SessionFactory } from '../platform.ts';
import type { Model } from './graph.ts';
import { propagate } from './propagate.ts';
import { encodeModel } from './proto.ts';
import { newElements } from './element-types.ts';

/** Type and concrete shape of a tensor. */
interface TensorShape {
  readonly type: ElementType;
  readonly dims: readonly number[];
}

/** Shapes by tensor name. */
export type ShapeMap = ReadonlyMap<string, TensorShape>;

/** Shape arithmetic works on vectors of a few numbers; larger constants matter by their shape only. */
const maxShapeValues = 4096;

/**
 * Type and shape of every tensor for concrete input sizes.
 *
 * `inputDims` names the inputs whose size is not fixed in the model (and may override others). Values of shape
 * arithmetic are followed through Shape, Gather, Concat and the like. Throws as {@link propagate}.
 */
export function inferShapes(model: Model, inputDims: ReadonlyMap<string, readonly number[]>): ShapeMap {
  return propagate(model, inputDims, { maxElements: maxShapeValues });
}

function zeros({ type, dims }: TensorShape): Tensor {
  const data = newElements(type as 'float32', sizeOf(dims));
  return { type, dims, data };
}

/**
 * The same by running the model once on zeros with every tensor exposed: for operators without a shape rule.
 * Needs memory for all activations of one run.
 *
 * @internal Tests compare with it.
 */
export async function probeShapes(
  model: Model,
  inputDims: ReadonlyMap<string, readonly number[]>,
  sessions: SessionFactory,
): Promise<ShapeMap> {
  const { graph } = model;
  const names = new Set(graph.nodes.flatMap(({ outputs }) => outputs.filter((name) => name !== '')));
  // The declared type does not matter: it is left out of the file, for the runtime to infer.
  const outputs = [...names].map((name) => ({ name, type: 'float32' as const, dims: undefined }));
  const shapes = new Map<string, TensorShape>([...graph.initializers]);
  const feeds: Record<string, Tensor> = {};
  for (const { name, type, dims } of graph.inputs) {
    const given = inputDims.get(name) ?? (dims as readonly number[] | undefined) ?? [];
    feeds[name] = zeros({ type, dims: given });
    shapes.set(name, { type, dims: given });
  }
  const session = await sessions.open(
    encodeModel({ ...model, graph: { ...graph, outputs } }, { declareOutputs: false }),
  );
  try {
    for (const [name, { type, dims }] of Object.entries(await session.run(feeds)))
      shapes.set(name, { type, dims });
  } finally {
    await session.dispose();
  }
  return shapes;
}
