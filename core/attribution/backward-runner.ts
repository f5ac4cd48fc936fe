import { openSparseSweep, type SparseSweep } from '../autodiff/sparse-sweep/sparse-sweep.ts';
import { stagedBackward } from '../autodiff/staged-backward.ts';
import type { BackwardModel } from '../autodiff/vjp.ts';
import { TesseraError } from '../errors.ts';
import { encodeModel } from '../onnx/proto.ts';
import type { DeviceName, Session, SessionFactory } from '../platform.ts';
import { expectFloat32, float32, sizeOf, type Tensor } from '../tensor.ts';

interface BatchLimit {
  /** Cotangents at once; more gain no speed. */
  readonly cotangents: number;
  /** Input values of a batch. */
  readonly values: number;
}

/** Beyond so many values, activations of usual networks no longer fit a processor's caches. */
const CPU_BATCH: BatchLimit = { cotangents: 16, values: 2 ** 19 };
/** A graphics card idles in small batches, and what the forward pass saves is sent there again with each. */
const GPU_BATCH: BatchLimit = { cotangents: 32, values: 2 ** 23 };

/** From so many cotangents on, what a sparse sweep leaves out outweighs that it takes sixteen at a time. */
const SPARSE_FROM = 8;

/** A backward graph for one item at a time, run over any number of cotangents. */
export interface BackwardRunner {
  /** x [1, …], cotangents [K, …] of one item -> gradients [K · size of x]; in batches that fit memory. */
  run(x: Tensor<'float32'>, cotangents: Float32Array): Promise<Float32Array>;
  dispose(): Promise<void>;
}

type Feeds = Readonly<Record<string, Tensor>>;

type Part = 'whole' | 'forward' | 'backward';

/** Runs the batches of one item, which share one forward pass. */
type RunBatch = (v: Tensor<'float32'>) => Promise<Feeds>;

/**
 * Opens what it needs when first needed: a sparse sweep for many cotangents on the CPU, where the graph has one; else
 * sessions, one of the whole graph where an item's cotangents make one batch, or one of its forward part, run once, and
 * one of the rest. Batches are larger on a graphics card than on the CPU. One that cannot be allocated is halved, down
 * to one cotangent, before the failure is thrown.
 *
 * A whole graph that falls back to the CPU is replaced by the parts: near kinks its gradients may differ from the CPU's
 * where those of the parts, checked with the same masks, agree.
 */
export function createBackwardRunner(backward: BackwardModel, sessions: SessionFactory): BackwardRunner {
  const { outputs, xDims, aDims } = backward;
  const [xSize, aSize] = [sizeOf(xDims), sizeOf(aDims)];
  const opened = openedParts(backward, sessions);
  /** Cotangents that memory has room for, as far as is known. */
  let batch = Infinity;
  let sparse: SparseSweep | false | undefined;

  const runSlice = async (runBatch: RunBatch, cotangents: Float32Array, start: number) => {
    for (;;) {
      const part = cotangents.subarray(start, start + batch * aSize);
      const count = part.length / aSize;
      const v = float32(part, [count, ...aDims]);
      try {
        return expectFloat32((await runBatch(v))[outputs.gx], outputs.gx).data;
      } catch (error) {
        if (!(error instanceof TesseraError && error.code === 'out-of-memory') || count === 1) throw error;
        batch = Math.ceil(count / 2);
      }
    }
  };

  return {
    async run(x, cotangents) {
      if (cotangents.length >= SPARSE_FROM * aSize) {
        sparse ??= openSparseSweep(backward, sessions) ?? false;
        if (sparse) return sparse.run(x, cotangents);
      }
      const device = (await opened.hasFallenBack('backward')) ? 'cpu' : sessions.device;
      batch = Math.min(batch, largestBatch(device, xSize));
      const gradients = new Float32Array((cotangents.length / aSize) * xSize);
      const isWhole = cotangents.length <= batch * aSize && !(await opened.hasFallenBack('whole'));
      const runBatch = isWhole ? await opened.whole(x) : await opened.staged(x);
      let done = 0;
      while (done < gradients.length) {
        const part = await runSlice(runBatch, cotangents, (done / xSize) * aSize);
        gradients.set(part, done);
        done += part.length;
      }
      return gradients;
    },
    async dispose() {
      if (sparse) await sparse.dispose();
      await opened.dispose();
    },
  };
}

function largestBatch(device: DeviceName, xSize: number): number {
  const { cotangents, values } = device === 'cpu' ? CPU_BATCH : GPU_BATCH;
  return Math.max(1, Math.min(cotangents, Math.floor(values / xSize)));
}

function openedParts(backward: BackwardModel, sessions: SessionFactory) {
  const { model, inputs, outputs } = backward;
  const parts = stagedBackward(backward);
  const kept = new Map<Part, Promise<Session>>();
  const open = (name: Part, bytes: () => Uint8Array): Promise<Session> => {
    const session = kept.get(name) ?? sessions.open(bytes());
    kept.set(name, session);
    return session;
  };
  return {
    /** Whether a part has left the device for the CPU. */
    async hasFallenBack(name: Part): Promise<boolean> {
      const session = await kept.get(name);
      return session !== undefined && session.device !== sessions.device;
    },
    async whole(x: Tensor): Promise<RunBatch> {
      const session = await open('whole', () => encodeModel(model));
      return (v) => session.run({ [inputs.x]: x, [inputs.v]: v }, [outputs.gx]);
    },
    async staged(x: Tensor): Promise<RunBatch> {
      const forward = await open('forward', () => encodeModel(parts.forward, { declareOutputs: false }));
      const saved = await forward.run({ [inputs.x]: x }, parts.saved);
      const session = await open('backward', () => encodeModel(parts.backward(saved)));
      const feeds: Feeds = { ...saved, [inputs.x]: x };
      const read = Object.fromEntries(
        session.inputNames.flatMap((name) => (name in feeds ? [[name, feeds[name]]] : [])),
      );
      return (v) => session.run({ ...read, [inputs.v]: v }, [outputs.gx]);
    },
    dispose: async () => {
      for (const session of kept.values()) await (await session).dispose();
      kept.clear();
    },
  };
}
