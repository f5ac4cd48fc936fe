import { describe, it } from 'vitest';
import { expectBytesOf } from '../../compile-wat.ts';

describe('sweep-kernel.wat', () => {
  it('is what the bytes are compiled from', () =>
    expectBytesOf('autodiff/sparse-sweep/sweep-kernel', 'SWEEP_KERNEL', { isAlsoFused: true }));
});
