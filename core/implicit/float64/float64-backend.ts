import * as tf from '@tensorflow/tfjs-core';
import { float64Kernels } from './kernel-tables.ts';
import type { DenseKernel } from './kernel.ts';
import type { Dense, Values } from './dense.ts';

/** The name under which TensorFlow.js knows the backend. */
export const FLOAT64 = 'float64';

interface Entry {
  readonly values: Values;
  references: number;
}

/**
 * A TensorFlow.js backend in plain JavaScript that stores every real tensor with 64 bits.
 *
 * tfjs knows no float64: tensors still say `dtype: 'float32'`, but nothing is rounded on the way through the kernels.
 * While this backend is the active one, `dataSync()` gives a Float64Array; any other backend that asks for a
 * tensor (tfjs moves it silently) gets float32 values, which is the layout it expects.
 */
class Float64Backend extends tf.KernelBackend {
  private readonly storage: tf.DataStorage<Entry>;

  constructor() {
    super();
    this.storage = new tf.DataStorage<Entry>(this, tf.engine());
  }

  override write(values: tf.BackendValues, _shape: number[], dtype: tf.DataType): tf.DataId {
    const dataId = {};
    this.move(dataId, values, _shape, dtype, 1);
    return dataId;
  }

  override move(
    dataId: tf.DataId,
    values: tf.BackendValues,
    _shape: number[],
    dtype: tf.DataType,
    references: number,
  ): void {
    this.storage.set(dataId, { values: toStored(values, dtype), references });
  }

  values(dataId: tf.DataId): Values {
    return this.storage.get(dataId).values;
  }

  override readSync(dataId: tf.DataId): tf.BackendValues {
    const values = this.values(dataId);
    if (!(values instanceof Float64Array)) return values;
    if (tf.engine().backendName !== FLOAT64) return Float32Array.from(values);
    return values as unknown as Float32Array;
  }

  override read(dataId: tf.DataId): Promise<tf.BackendValues> {
    return Promise.resolve(this.readSync(dataId));
  }

  override disposeData(dataId: tf.DataId, force = false): boolean {
    if (!this.storage.has(dataId)) return true;
    const entry = this.storage.get(dataId);
    entry.references--;
    if (!force && entry.references > 0) return false;
    this.storage.delete(dataId);
    return true;
  }

  override refCount(dataId: tf.DataId): number {
    return this.storage.has(dataId) ? this.storage.get(dataId).references : 0;
  }

  override incRef(dataId: tf.DataId): void {
    this.storage.get(dataId).references++;
  }

  override numDataIds(): number {
    return this.storage.numDataIds();
  }

  override memory(): { unreliable: boolean } {
    return { unreliable: false };
  }

  override floatPrecision(): 32 {
    return 32;
  }

  override epsilon(): number {
    return Number.EPSILON;
  }

  override dispose(): void {
    // Storage is keyed weakly by data id; nothing outlives the tensors.
  }
}

/** Values as they are stored for an element type; shared where they are of that kind already. */
export function toStored(values: tf.BackendValues, dtype: tf.DataType): Values {
  const given = values as unknown as Values | Float32Array;
  if (dtype === 'int32') return given instanceof Int32Array ? given : Int32Array.from(given);
  if (dtype === 'bool') return given instanceof Uint8Array ? given : Uint8Array.from(given);
  return given instanceof Float64Array ? given : Float64Array.from(given);
}

function registerKernel(kernelName: string, kernel: DenseKernel): void {
  const kernelFunc: tf.KernelFunc = ({ inputs, attrs, backend }) => {
    const own = backend as Float64Backend;
    const load = ({ dataId, shape, dtype }: tf.TensorInfo): Dense => ({
      shape,
      dtype,
      values: own.values(dataId),
    });
    const store = ({ shape, dtype, values }: Dense): tf.TensorInfo => ({
      dataId: own.write(values as unknown as tf.BackendValues, shape, dtype),
      shape,
      dtype,
    });
    const loaded: Record<string, Dense> = {};
    for (const [name, input] of Object.entries(inputs)) loaded[name] = load(input as tf.TensorInfo);
    const output = kernel(loaded, attrs ?? {});
    return Array.isArray(output) ? output.map(store) : store(output);
  };
  tf.registerKernel({ kernelName, backendName: FLOAT64, kernelFunc });
}

/**
 * Makes the backend `float64` known to TensorFlow.js; calling it again does nothing.
 *
 * Kernels cover elementwise maths, reductions, matrix products, layout and indexing: what optimality conditions are
 * made of. There is no convolution, pooling or image kernel. A number written in JavaScript, as in
 * `tf.mul(x, 0.1)`, is still rounded to float32 by tfjs before any backend sees it: use {@link constant}.
 */
export function registerFloat64Backend(): void {
  if (tf.findBackendFactory(FLOAT64) !== null) return;
  for (const [name, kernel] of Object.entries(float64Kernels)) registerKernel(name, kernel);
  // Lowest priority: it must be asked for, never chosen by tfjs on its own.
  tf.registerBackend(FLOAT64, () => new Float64Backend(), 0);
}

/** The numbers of a tensor as its backend holds them, not to be written to; without a copy where it is ours. */
export function valuesOf(tensor: tf.Tensor): Values | Float32Array {
  const owner = tf.engine().state.tensorInfo.get(tensor.dataId)?.backend;
  return owner instanceof Float64Backend ? owner.values(tensor.dataId) : tensor.dataSync<'float32'>();
}

/** All the bits of a real tensor, whichever backend holds it. */
export function toFloat64(tensor: tf.Tensor): Float64Array {
  return Float64Array.from(valuesOf(tensor));
}
