import * as tf from '@tensorflow/tfjs-core';
import { checkFunctions, refusePromise } from './checks.ts';
import { FLOAT64, registerFloat64Backend } from './float64/float64-backend.ts';

/**
 * Runs a synchronous function with the float64 backend active and puts the former backend back.
 *
 * Tensors made outside are moved in as they are used; a tensor returned remains in float64 until another backend needs
 * it. About 1e-15 per operation instead of 1e-7, at the speed of plain JavaScript loops: for small problems.
 * Throws ImplicitError 'bad-usage' for a function that returns a promise.
 */
export function inFloat64<T>(run: () => T): T {
  checkFunctions('inFloat64', { 'the argument': run });
  registerFloat64Backend();
  const former = tf.engine().backendName as string | null | undefined;
  activate(FLOAT64);
  try {
    return refusePromise(run(), 'inFloat64: the function', AWAIT_FIRST);
  } finally {
    if (former && former !== FLOAT64) activate(former);
  }
}

const AWAIT_FIRST =
  'The backend is active until the function returns: everything after an await would run in 32 bits. Await first, then compute.';

/** setBackend() resolves later, but takes effect at once for a backend that needs no asynchronous set-up. */
function activate(name: string): void {
  void tf.setBackend(name);
}
