import type { Tensor } from '../tensor.ts';
import type { BackwardRunner } from './backward-runner.ts';
import type { DifferentiableTargets } from './targets.ts';

export interface ClassTargetsOptions {
  /** Outputs of the model that are asked for. */
  readonly classes: readonly number[];
  /** The tensor that the targets are functions of: batch 1, and where its channels are. */
  readonly dims: readonly number[];
  readonly channelAxis: number;
  /** From that tensor to the logits [n, …]. */
  readonly forward: (batch: Tensor<'float32'>) => Promise<Tensor<'float32'>>;
  /** Gives the gradients of the same when they are first asked for. */
  readonly backward: () => BackwardRunner;
}

/** Logits of classes as differentiable targets. */
export function createClassTargets({
  classes,
  dims,
  channelAxis,
  forward,
  backward,
}: ClassTargetsOptions): DifferentiableTargets {
  const values = async (batch: Tensor<'float32'>): Promise<{ data: Float64Array; width: number }> => {
    const logits = await forward(batch);
    const width = logits.data.length / logits.dims[0];
    const data = Float64Array.from(
      { length: logits.dims[0] * classes.length },
      (_, at) => logits.data[Math.floor(at / classes.length) * width + classes[at % classes.length]],
    );
    return { data, width };
  };
  return {
    count: classes.length,
    dims,
    channelAxis,
    values: async (batch) => (await values(batch)).data,
    async gradients(x) {
      const { data, width } = await values(x);
      const cotangents = new Float32Array(classes.length * width);
      classes.forEach((index, k) => (cotangents[k * width + index] = 1));
      return { values: data, gradients: await backward().run(x, cotangents) };
    },
  };
}
