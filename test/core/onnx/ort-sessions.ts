import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import type { Session, SessionFactory } from '../../../core/platform.ts';
import type { ElementType, Tensor } from '../../../core/tensor.ts';
import { encodeModel } from '../../../core/onnx/proto.ts';
import type { Model } from '../../../core/onnx/graph.ts';

const fromOrt = ({ type, dims, data }: OrtTensor): Tensor => ({
  type: type as ElementType,
  dims: [...dims],
  data: data,
});

/** Plain CPU sessions for tests: one thread, no graph optimisation unless asked. */
export function ortSessions(graphOptimizationLevel: 'disabled' | 'all' = 'disabled'): SessionFactory {
  return {
    device: 'cpu',
    async open(model): Promise<Session> {
      const session = await InferenceSession.create(model, {
        graphOptimizationLevel,
        intraOpNumThreads: 1,
        logSeverityLevel: 3,
      });
      return {
        device: 'cpu',
        inputNames: session.inputNames,
        outputNames: session.outputNames,
        async run(feeds, wanted) {
          const given = Object.entries(feeds).map(
            ([name, { type, data, dims }]) =>
              [name, new OrtTensor(type as 'float32', data as Float32Array, [...dims])] as const,
          );
          const results = await session.run(Object.fromEntries(given), wanted ?? session.outputNames);
          return Object.fromEntries(Object.entries(results).map(([name, value]) => [name, fromOrt(value)]));
        },
        dispose: () => session.release(),
      };
    },
  };
}

/** Runs a model once. */
export async function runModel(
  model: Model | Uint8Array,
  feeds: Readonly<Record<string, Tensor>>,
): Promise<Readonly<Record<string, Tensor>>> {
  const session = await ortSessions().open(model instanceof Uint8Array ? model : encodeModel(model));
  try {
    return await session.run(feeds);
  } finally {
    await session.dispose();
  }
}
