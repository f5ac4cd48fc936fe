import { TesseraError } from '../errors.ts';
import type { Model } from '../onnx/graph.ts';
import { encodeModel } from '../onnx/proto.ts';
import type { Session, SessionFactory } from '../platform.ts';
import { expectFloat32, type Tensor } from '../tensor.ts';
import { joinItems, sliceItems } from './batch-items.ts';

/** More than this many items at once gain no speed and cost memory. */
const LARGEST_BATCH = 32;

/** Where a runner opens its session, and how much it may run at once. */
export interface RunnerOptions {
  readonly sessions: SessionFactory;
  /** Memory that one item of the batch needs while it is computed. */
  readonly bytesPerItem: number;
  readonly memoryBudget: number;
  /** The model takes one item at a time. @default false */
  readonly fixedBatch?: boolean;
}

/** A model with one input and one output, run over any number of items. */
export interface ModelRunner {
  /**
   * Shapes   input [n, …]; returns [n, …], computed in batches that fit the memory budget. A batch that cannot be
   *          allocated is halved, down to one item, before the failure is thrown.
   */
  run(input: Tensor<'float32'>): Promise<Tensor<'float32'>>;
  dispose(): Promise<void>;
}

/** Opens the model's session at the first run, so that a stage answered from the cache opens none. */
export function createModelRunner(model: Model, options: RunnerOptions): ModelRunner {
  let opened: Promise<Session> | undefined;
  let batch = options.fixedBatch
    ? 1
    : Math.max(1, Math.min(LARGEST_BATCH, Math.floor(options.memoryBudget / options.bytesPerItem)));

  const runSlice = async (input: Tensor<'float32'>, start: number): Promise<Tensor<'float32'>> => {
    opened ??= options.sessions.open(encodeModel(model));
    const session = await opened;
    for (;;) {
      const feeds = {
        [session.inputNames[0]]: sliceItems(input, start, Math.min(start + batch, input.dims[0])),
      };
      try {
        const outputs = await session.run(feeds);
        return expectFloat32(outputs[session.outputNames[0]], session.outputNames[0]);
      } catch (error) {
        if (!(error instanceof TesseraError && error.code === 'out-of-memory') || batch === 1) throw error;
        batch = Math.ceil(batch / 2);
      }
    }
  };

  return {
    async run(input) {
      const parts: Tensor<'float32'>[] = [];
      for (let start = 0; start < input.dims[0]; start += parts.at(-1)!.dims[0]) {
        parts.push(await runSlice(input, start));
      }
      return joinItems(parts);
    },
    async dispose() {
      await (await opened)?.dispose();
      opened = undefined;
    },
  };
}
