import { describe, expect, it } from 'vitest';
import { ortError } from '../../../core/runtime/ort-error.ts';

describe('ortError()', () => {
  it.each([
    "Non-zero status code returned while running Conv node. Name:'c1' Status Message: raw_hash_map<>::at",
    'raw_hash_map::at',
    'absl::container_internal::raw_hash_map<>::at',
  ])('knows the full memory of a graphics card by "%s" and tells it in words', (text) => {
    const error = ortError('run', new Error(text));
    expect(error.code).toBe('out-of-memory');
    expect(error.message).toBe('the model ran out of memory: the graphics card has no room for a buffer');
    expect(error.hint).toMatch(/smaller batch/);
  });

  it('passes on what an allocator says itself', () => {
    const error = ortError('run', new Error('Failed to allocate memory for requested buffer of size 64'));
    expect(error.code).toBe('out-of-memory');
    expect(error.message).toMatch(/buffer of size 64/);
  });

  it('does not take another failure of a hash map for it', () => {
    expect(ortError('run', new Error('hash_map::at: no such key')).code).toBe('bad-model');
  });
});
