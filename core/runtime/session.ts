import { InferenceSession, env } from 'onnxruntime-node';
import { TesseraError, invariant } from '../errors.ts';
import type { DeviceName, Session, SessionFactory } from '../platform.ts';
import type { Tensor } from '../tensor.ts';
import { createKernelThreads } from './kernel-threads.ts';
import { ortError } from './ort-error.ts';
import { fromOrtTensor, toOrtTensor } from './ort-tensor.ts';
import { queued } from './run-queue.ts';

// Every failure is thrown in our words; the library's own copy on stderr would only repeat it.
const FATAL_ONLY = 4;
env.logLevel = 'fatal';

/** How a session uses the machine. */
export interface SessionOptions {
  /** @default all physical cores */
  readonly threads?: number;
}

/**
 * Keeps QuantizeLinear and DequantizeLinear as they are written. Fused into integer kernels, scores differ by many steps
 * (sums of two products are cut off at 16 bits on many processors), and a part of a model from the whole.
 */
const EXACT_QUANTISERS = { session: { disable_quant_qdq: '1' } };

/**
 * Sessions on one device, without fall-back; {@link openDevice} of device.ts adds the choice, the check and the fall-back.
 *
 * @internal Tests compare with it.
 */
export function createSessionFactory({
  device,
  ...options
}: SessionOptions & { device: DeviceName }): SessionFactory {
  return {
    device,
    ...(device === 'cpu' && { threads: createKernelThreads(options.threads) }),
    open: (model) => openSession(model, device, options),
  };
}

/**
 * Loads a serialised model on one device, without fall-back. Rejects with TesseraError 'bad-model',
 * 'unsupported-operator' or 'out-of-memory'. Loads and runs of the whole process are queued one after another.
 */
export async function openSession(
  model: Uint8Array,
  device: DeviceName,
  { threads }: SessionOptions = {},
): Promise<Session> {
  if (model.length === 0) throw new TesseraError('bad-model', 'the model is empty (0 bytes)');
  const session = await queued(() =>
    InferenceSession.create(model, {
      executionProviders: device === 'cpu' ? ['cpu'] : [device, 'cpu'],
      graphOptimizationLevel: 'all',
      logSeverityLevel: FATAL_ONLY,
      extra: EXACT_QUANTISERS,
      ...(threads !== undefined && { intraOpNumThreads: threads }),
    }),
  ).catch((cause: unknown) => {
    throw ortError('load', cause);
  });
  return wrap(session, device);
}

function wrap(session: InferenceSession, device: DeviceName): Session {
  let disposed = false;
  return {
    device,
    inputNames: session.inputNames,
    outputNames: session.outputNames,
    async run(feeds, wanted = session.outputNames) {
      invariant(!disposed, 'a disposed session was run');
      const inputs = Object.fromEntries(
        Object.entries(feeds).map(([name, tensor]) => [name, toOrtTensor(tensor)] as const),
      );
      const outputs = await queued(() => session.run(inputs, wanted)).catch((cause: unknown) => {
        throw ortError('run', cause);
      });
      return readOutputs(outputs, wanted);
    },
    async dispose() {
      if (disposed) return;
      disposed = true;
      await queued(() => session.release());
    },
  };
}

function readOutputs(
  outputs: InferenceSession.OnnxValueMapType,
  wanted: readonly string[],
): Record<string, Tensor> {
  const result: Record<string, Tensor> = {};
  for (const name of wanted) result[name] = fromOrtTensor(name, outputs[name]);
  return result;
}
