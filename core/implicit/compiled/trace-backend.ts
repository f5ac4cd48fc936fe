import * as tf from '@tensorflow/tfjs-core';
import { toFloat64, toStored } from '../float64/float64-backend.ts';
import { float64Kernels } from '../float64/kernel-tables.ts';
import type { Values } from '../float64/dense.ts';
import type { GraphBuilder } from './graph-builder.ts';
import { attributesKey } from './graph.ts';
import type { Value } from './graph.ts';
import { differs } from './script.ts';
import type { Script } from './script.ts';
import { TraceFailure } from './trace-failure.ts';

const NAME = 'tessera-implicit-trace';

/** A tensor that a traced function closes over, with the data it had then. */
interface Captured {
  readonly tensor: tf.Tensor;
  readonly dataId: tf.DataId;
}

/** Whether a tensor was disposed of, and its data with it. */
const isGone = ({ isDisposed, dataId }: tf.Tensor): boolean =>
  isDisposed && !tf.engine().state.tensorInfo.has(dataId);

/** What is being traced: the graph so far with what was asked for, and tensors from outside. */
export interface Recording {
  readonly builder: GraphBuilder;
  readonly script: Script;
  /** Constants for the data of tensors from outside. */
  readonly outside: Map<tf.DataId, Value>;
  /** Those tensors, by their numbers, as far as they were read since the script began. */
  readonly captured: Map<number, Captured>;
}

/**
 * A backend of TensorFlow.js whose tensors have shapes but no values: its kernels write down what they were asked for.
 * Gradients of the traced function run through the same kernels, so they are written down too. Whoever asks for values
 * learns by a TraceFailure that there are none.
 */
class TraceBackend extends tf.KernelBackend {
  readonly #values = new WeakMap<tf.DataId, Value>();
  #recording: Recording | undefined;

  record<T>(recording: Recording, run: () => T): T {
    this.#recording = recording;
    try {
      return run();
    } finally {
      this.#recording = undefined;
    }
  }

  /** What is being traced now. */
  get recording(): Recording {
    if (this.#recording) return this.#recording;
    throw new TraceFailure('keeps a tensor of a trace for later');
  }

  /** What stands for a tensor: a traced one, or one of another backend, whose values are constants. */
  standIn(tensor: tf.TensorInfo): Value {
    const known = this.#values.get(tensor.dataId);
    const { builder, outside, captured } = this.recording;
    if (known) return builder.view(known, tensor.shape, tensor.dtype);
    const own = tensor as tf.Tensor;
    captured.set(own.id, { tensor: own, dataId: own.dataId });
    const found = outside.get(own.dataId) ?? this.#constantOf(own);
    if (isGone(own)) throw differs();
    return builder.view(found, tensor.shape, tensor.dtype);
  }

  #constantOf(tensor: tf.Tensor): Value {
    const { builder, outside, script } = this.recording;
    if (script.isWritten) throw differs();
    const { dataId, shape, dtype } = tensor;
    const values = toStored(toFloat64(tensor) as unknown as tf.BackendValues, dtype);
    const value = builder.constant({ shape, dtype, values });
    outside.set(dataId, value);
    return value;
  }

  tensorOf(value: Value): tf.TensorInfo {
    const dataId = {};
    this.#values.set(dataId, value);
    return { dataId, shape: [...value.shape], dtype: value.dtype };
  }

  /** A tensor of the engine for a traced value. */
  made(value: Value): tf.Tensor {
    return tf.engine().makeTensorFromTensorInfo(this.tensorOf(value));
  }

  /** The traced value behind a tensor, if it is one. */
  traced(tensor: tf.TensorInfo): Value | undefined {
    return this.#values.get(tensor.dataId);
  }

  override write(values: tf.BackendValues, shape: number[], dtype: tf.DataType): tf.DataId {
    const dataId = {};
    this.move(dataId, values, shape, dtype);
    return dataId;
  }

  override move(dataId: tf.DataId, values: tf.BackendValues, shape: number[], dtype: tf.DataType): void {
    if (dtype === 'string' || dtype === 'complex64') throw new TraceFailure(`makes a ${dtype} tensor`);
    const { builder, script } = this.recording;
    const copy = toStored(values.slice(), dtype);
    const make = (): Value => builder.constant({ shape, dtype, values: copy });
    this.#values.set(dataId, script.written(`write ${dtype} ${shape.join()}`, copy, make));
  }

  override readSync(dataId: tf.DataId): tf.BackendValues {
    const constant: Values | undefined = this.#values.get(dataId)?.constant;
    if (constant) return constant.slice() as unknown as Float32Array;
    throw new TraceFailure('reads the values of a tensor that depends on its arguments');
  }

  override read(dataId: tf.DataId): Promise<tf.BackendValues> {
    return Promise.resolve(this.readSync(dataId));
  }

  override disposeData(): boolean {
    return true;
  }
  override refCount(): number {
    return 1;
  }
  override incRef(): void {
    // Values belong to the graph, which outlives the tensors.
  }
  override numDataIds(): number {
    return 0;
  }
  override memory(): { unreliable: boolean } {
    return { unreliable: true };
  }
  override floatPrecision(): 32 {
    return 32;
  }
  override epsilon(): number {
    return Number.EPSILON;
  }
  override dispose(): void {
    // Nothing is held but by the graph.
  }
}

let backend: TraceBackend | undefined;

function registered(): TraceBackend {
  if (backend) return backend;
  const made = new TraceBackend();
  for (const kernelName of Object.keys(float64Kernels)) {
    const kernelFunc: tf.KernelFunc = ({ inputs, attrs }) => {
      const values: Record<string, Value> = {};
      let request = kernelName;
      for (const [name, input] of Object.entries(inputs)) {
        values[name] = made.standIn(input as tf.TensorInfo);
        request += ` ${name} ${values[name].id}`;
      }
      const { builder, script } = made.recording;
      const outputs = script
        .answer(`${request} ${attributesKey(attrs)}`, () => builder.apply(kernelName, values, attrs ?? {}))
        .map((value) => made.tensorOf(value));
      return outputs.length === 1 && !SEVERAL.has(kernelName) ? outputs[0] : outputs;
    };
    tf.registerKernel({ kernelName, backendName: NAME, kernelFunc });
  }
  // Lowest priority: it must be asked for, never chosen by tfjs on its own.
  tf.registerBackend(NAME, () => made, 0);
  return (backend = made);
}

/** Kernels whose callers expect a list, even of one. */
const SEVERAL = new Set(['SplitV', 'Unpack', 'TopK']);

/** Runs `run` with the tracing backend active, which writes to `recording`, and puts the former backend back. */
export function recording<T>(into: Recording, run: (tracer: TraceBackend) => T): T {
  const tracer = registered();
  const former = tf.getBackend();
  // It resolves later, but takes effect at once for a backend that needs no set-up.
  void tf.setBackend(NAME);
  try {
    return tracer.record(into, () => run(tracer));
  } finally {
    void tf.setBackend(former);
  }
}

/** Whether a function is being traced right now. */
export const isTracing = (): boolean => tf.engine().backendName === NAME;
