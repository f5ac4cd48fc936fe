import { createBackwardRunner } from '../attribution/backward-runner.ts';
import { vjp } from '../autodiff/vjp.ts';
import type { Model } from '../onnx/graph.ts';
import type { SessionFactory } from '../platform.ts';
import { float32, sizeOf, type Tensor } from '../tensor.ts';
import type { LayerRecord } from './explanation.ts';
import { toRows } from './latent-rows.ts';

/** Gradients of one class's logit; opened for some images, then disposed of. */
export interface LogitGradients {
  /**
   * Σ over positions of ∇h(a) at the activations of one image: its product with a direction is the slope of the logit along
   * that direction, taken at all positions at once.
   *
   * Shapes   activations [1, …]; returns [p].
   */
  of(activations: Tensor<'float32'>): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/**
 * Gradients of a logit by the activations of a layer, through the backward graph of the head.
 *
 * Throws  TesseraError 'unsupported-operator' or 'not-differentiable' where the head has no backward graph.
 */
export function createLogitGradients(
  head: Model,
  layer: LayerRecord,
  classIndex: number,
  sessions: SessionFactory,
): LogitGradients {
  const inputDims = new Map([[layer.tensor, layer.shape]]);
  const backward = vjp(head, { from: layer.tensor, to: head.graph.outputs[0].name, inputDims });
  const runner = createBackwardRunner(backward, sessions);
  const cotangent = new Float32Array(sizeOf(backward.aDims));
  cotangent[classIndex] = 1;
  return {
    async of(activations) {
      const gradient = toRows(
        float32(await runner.run(activations, cotangent), [1, ...layer.shape.slice(1)]),
        layer,
      );
      const total = new Float32Array(gradient.cols);
      gradient.data.forEach((value, k) => (total[k % gradient.cols] += value));
      return total;
    },
    dispose: () => runner.dispose(),
  };
}
