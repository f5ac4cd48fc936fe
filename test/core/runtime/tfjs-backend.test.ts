import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { loadTfjsBackend } from '../../../core/runtime/tfjs-backend.ts';

describe('loadTfjsBackend()', () => {
  it('falls back from a missing native library to WebAssembly and says why', async () => {
    const load = (module: string): Promise<unknown> =>
      module.includes('tfjs-node') ? Promise.reject(new Error('no CUDA\nsecond line')) : import(module);
    const backend = await loadTfjsBackend(undefined, load);
    expect(backend.name).toBe('wasm');
    expect(backend.reasons).toEqual(['@tensorflow/tfjs-node-gpu: no CUDA', '@tensorflow/tfjs-node: no CUDA']);
    expect(tf.getBackend()).toBe('wasm');
  });

  it('loads the plain backend when asked for', async () => {
    expect(await loadTfjsBackend(['cpu'])).toEqual({
      name: 'cpu',
      module: '@tensorflow/tfjs-backend-cpu',
      reasons: [],
    });
  });

  it('reports rather than throws when nothing loads', async () => {
    const backend = await loadTfjsBackend(undefined, () => Promise.reject(new Error('offline')));
    expect(backend.name).toBeUndefined();
    expect(backend.reasons).toHaveLength(4);
  });
});
