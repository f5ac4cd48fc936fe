import type { BackwardModel } from '../autodiff/vjp.ts';
import { TesseraError } from '../errors.ts';
import { encodeModel } from '../onnx/proto.ts';
import type { Session, SessionFactory } from '../platform.ts';
import { expectFloat32, float32, sizeOf, type Tensor } from '../tensor.ts';

/** More cotangents at once gain no speed. */
const LARGEST_BATCH = 16;

/** A backward graph for one item at a time, run over any number of cotangents. */
export interface BackwardRunner {
  /** x [1, …], cotangents [K, …] of one item -> gradients [K · size of x]; in batches that fit memory. */
  run(x: Tensor<'float32'>, cotangents: Float32Array): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/**
 * Opens the session at the first run. A batch of cotangents that cannot be allocated is halved, down to one, before
 * the failure is told.
 */
export function createBackwardRunner(backward: BackwardModel, sessions: SessionFactory): BackwardRunner {
  const { model, inputs, outputs, xDims, aDims } = backward;
  const [xSize, aSize] = [sizeOf(xDims), sizeOf(aDims)];
  let opened: Promise<Session> | undefined;
  let batch = LARGEST_BATCH;

  const runSlice = async (x: Tensor<'float32'>, cotangents: Float32Array, start: number) => {
    opened ??= sessions.open(encodeModel(model));
    const session = await opened;
    for (;;) {
      const part = cotangents.subarray(start, start + batch * aSize);
      const v = float32(part, [part.length / aSize, ...aDims]);
      try {
        const result = await session.run({ [inputs.x]: x, [inputs.v]: v }, [outputs.gx]);
        return expectFloat32(result[outputs.gx], outputs.gx).data;
      } catch (error) {
        if (!(error instanceof TesseraError && error.code === 'out-of-memory') || batch === 1) throw error;
        batch = Math.ceil(batch / 2);
      }
    }
  };

  return {
    async run(x, cotangents) {
      const gradients = new Float32Array((cotangents.length / aSize) * xSize);
      let done = 0;
      while (done < gradients.length) {
        const part = await runSlice(x, cotangents, (done / xSize) * aSize);
        gradients.set(part, done);
        done += part.length;
      }
      return gradients;
    },
    async dispose() {
      await (await opened)?.dispose();
      opened = undefined;
    },
  };
}
