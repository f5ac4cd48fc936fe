import { describe, expect, it } from 'vitest';
import { encodeNpz } from '../../../core/project/npz.ts';
import { float32 } from '../../../core/tensor.ts';

describe('encodeNpz', () => {
  it('gives equal bytes for equal arrays, each file at its place', () => {
    const make = () => encodeNpz(new Map([['a', float32(Float32Array.of(1, 2, 3, 4), [2, 2])]]));
    const bytes = make();
    expect(make()).toEqual(bytes);
    const text = new TextDecoder('latin1').decode(bytes);
    expect(text).toContain("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }");
    expect(text.startsWith('PK\u0003\u0004')).toBe(true);
    expect(text.match(/a\.npy/g)).toHaveLength(2);
  });

  it('refuses what NumPy does not have, and data that does not fit its shape', () => {
    const strings = new Map([['names', { type: 'string' as const, dims: [1], data: ['a'] }]]);
    expect(() => encodeNpz(strings)).toThrow(/"names" is string/);
    expect(() => encodeNpz(new Map([['a', float32(Float32Array.of(1), [2])]]))).toThrow(
      /needs 2 values, got 1/,
    );
  });
});
