import type { LayerRecord } from '../concepts/explanation.ts';
import { frameOf } from '../images/preprocessing.ts';
import { withInputResize, withMeanPool } from '../onnx/compose.ts';
import type { Model } from '../onnx/graph.ts';
import { inferShapes } from '../onnx/shapes.ts';
import type { InputDims } from '../onnx/two-batches.ts';
import { cutModel, type CutModel } from '../onnx/cut-model.ts';
import { sizeOf } from '../tensor.ts';
import type { ModelIntake } from './model-intake.ts';
import { createModelRunner, type ModelRunner } from './model-runner.ts';
import type { ModelScope } from './run-context.ts';

/** Side in pixels of the paper's crops, at the paper's input size. */
const PAPER_PATCH = 64;
const PAPER_SIZE = 224;

/** Side in pixels of a crop when none is asked for: the paper's share of the picture. */
export function defaultPatch({ preprocessing }: ModelIntake): number {
  const { width, height } = frameOf(preprocessing.preprocessing);
  return Math.max(1, Math.round((PAPER_PATCH / PAPER_SIZE) * Math.min(width, height)));
}

/** The latent model g and the head h at a layer. */
export function cutAt({ model, inputDims }: ModelIntake, { tensor }: LayerRecord): CutModel {
  return cutModel(model, tensor, inputDims);
}

/**
 * From crops of `side` pixels to their pooled activations [n, channels]: resized to the model's input inside the
 * graph, then averaged over positions (CRAFT, section 3.1). A vector layer needs no pooling.
 */
export function cropModel(intake: ModelIntake, layer: LayerRecord, side: number): Model {
  const { width, height } = frameOf(intake.preprocessing.preprocessing);
  const resized = withInputResize(cutAt(intake, layer).latent, [side, side], [height, width]);
  const axes = [...layer.shape.keys()].filter((axis) => axis !== 0 && axis !== layer.channelAxis);
  return axes.length === 0 ? resized : withMeanPool(resized, layer.tensor, axes);
}

/** A runner whose batch fits the memory budget, judged by the size of all tensors of one item. */
export function runnerFor({ environment, device, intake }: ModelScope, model: Model): ModelRunner {
  return createModelRunner(model, {
    sessions: device.sessions,
    bytesPerItem: bytesPerItem(model, intake.inputDims),
    memoryBudget: environment.memoryBudget,
    fixedBatch: !intake.hasFreeBatch,
  });
}

/** Bytes of all tensors of one item; `sizes` has the input sizes that the model itself leaves open. */
function bytesPerItem(model: Model, sizes: InputDims): number {
  const dims = new Map(
    model.graph.inputs.map(({ name, dims = [] }) => [
      name,
      dims.map((dim, axis) =>
        axis === 0 ? 1 : typeof dim === 'number' ? dim : (sizes.get(name)?.[axis] ?? 1),
      ),
    ]),
  );
  let bytes = 0;
  for (const [name, shape] of inferShapes(model, dims)) {
    if (!model.graph.initializers.has(name)) bytes += 4 * sizeOf(shape.dims);
  }
  return Math.max(bytes, 4);
}
