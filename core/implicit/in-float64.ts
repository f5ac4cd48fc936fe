import * as tf from '@tensorflow/tfjs-core';
import { FLOAT64, registerFloat64Backend } from './float64/float64-backend.ts';

/**
 * Runs a synchronous function with the float64 backend active and puts the former backend back.
 *
 * Tensors made outside are moved in as they are used; a tensor returned remains in float64 until another backend needs
 * it. About 1e-15 per operation instead of 1e-7, at the speed of plain JavaScript loops: for small problems.
 */
export function inFloat64<T>(run: () => T): T {
  registerFloat64Backend();
  const former = tf.engine().backendName as string | null | undefined;
  activate(FLOAT64);
  try {
    return run();
  } finally {
    if (former && former !== FLOAT64) activate(former);
  }
}

/** setBackend() resolves later, but takes effect at once for a backend that needs no asynchronous set-up. */
function activate(name: string): void {
  void tf.setBackend(name);
}
