import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, fingerprintOf } from '../../../core/project/canonical-json.ts';
import type { Json } from '../../../core/project/canonical-json.ts';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

describe('canonicalJson()', () => {
  it('does not depend on the order of keys', () => {
    expect(canonicalJson({ b: [1, { d: 2, c: 3 }], a: 'x' })).toBe('{"a":"x","b":[1,{"c":3,"d":2}]}');
  });

  it('says the same as JSON does', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        expect(JSON.parse(canonicalJson(value as Json))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('leaves out fields that are undefined', () => {
    expect(canonicalJson({ a: undefined, b: null })).toBe('{"b":null}');
  });

  it('refuses NaN and infinities instead of calling them null', () => {
    expect(() => canonicalJson({ a: NaN })).toThrow('NaN has no JSON form');
    expect(() => canonicalJson([-Infinity])).toThrow('-Infinity has no JSON form');
  });
});

describe('fingerprintOf()', () => {
  it('changes with any value, and only with values', () => {
    const of = (inputs: Json) => fingerprintOf({ sha256 }, inputs);
    expect(of({ seed: 0, model: 'a' })).toBe(of({ model: 'a', seed: 0 }));
    expect(of({ seed: 0, model: 'a' })).not.toBe(of({ seed: 1, model: 'a' }));
    expect(of({ a: '1' })).not.toBe(of({ a: 1 }));
    expect(of(null)).toMatch(/^[0-9a-f]{32}$/);
  });
});
