import util from 'node:util';
import * as tf from '@tensorflow/tfjs-core';

/** TensorFlow.js backends we load: `tensorflow` is tfjs-node (CUDA when it is the GPU build). */
export type TfjsBackendName = 'tensorflow' | 'wasm' | 'cpu';

/** What was loaded, and why not something faster. */
export interface TfjsBackend {
  /** undefined when none could be loaded; the toolkit (tfjs-implicit) still has its own float64 backend. */
  readonly name: TfjsBackendName | undefined;
  /** The package that provides it. */
  readonly module: string | undefined;
  /** One sentence for each candidate that was passed over. */
  readonly reasons: readonly string[];
}

interface Candidate {
  readonly name: TfjsBackendName;
  readonly module: string;
}

const candidates: readonly Candidate[] = [
  { name: 'tensorflow', module: '@tensorflow/tfjs-node-gpu' },
  { name: 'tensorflow', module: '@tensorflow/tfjs-node' },
  { name: 'wasm', module: '@tensorflow/tfjs-backend-wasm' },
  { name: 'cpu', module: '@tensorflow/tfjs-backend-cpu' },
];

/**
 * Loads the fastest TensorFlow.js backend that works here and makes it the active one: tfjs-node-gpu or tfjs-node if
 * installed and their native library loads, else WebAssembly, else plain JavaScript. Proves each by a small product.
 *
 * Never throws: what went wrong is in `reasons`.
 */
export async function loadTfjsBackend(
  wanted: readonly TfjsBackendName[] = ['tensorflow', 'wasm', 'cpu'],
  load: (module: string) => Promise<unknown> = (module) => import(module),
): Promise<TfjsBackend> {
  restoreRemovedPredicate();
  const reasons: string[] = [];
  for (const { name, module } of candidates.filter((candidate) => wanted.includes(candidate.name))) {
    try {
      await load(module);
      if (!(await tf.setBackend(name))) throw new Error('its initialisation failed');
      await proveBackend();
      return { name, module, reasons };
    } catch (error) {
      reasons.push(`${module}: ${firstLine(error)}`);
    }
  }
  return { name: undefined, module: undefined, reasons };
}

/** tfjs-node 4.22 calls util.isNullOrUndefined, which Node 23 removed. */
function restoreRemovedPredicate(): void {
  const module = util as unknown as Record<string, unknown>;
  module.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
}

async function proveBackend(): Promise<void> {
  await tf.ready();
  const product = tf.tidy(() => tf.matMul([[1, 2]], [[3], [4]]));
  const [value] = await product.data();
  product.dispose();
  if (value !== 11) throw new Error(`it computed 1·3 + 2·4 = ${value}`);
}

const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n', 1)[0];
