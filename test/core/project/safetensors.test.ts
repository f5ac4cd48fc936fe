import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeSafetensors, encodeSafetensors } from '../../../core/project/safetensors.ts';
import type { Tensor } from '../../../core/tensor.ts';

const reference = join(import.meta.dirname, '../../../../shared/reference/craft');

const ARRAYS = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Uint16Array,
  bfloat16: Uint16Array,
  int64: BigInt64Array,
  int32: Int32Array,
  int16: Int16Array,
  int8: Int8Array,
  uint64: BigUint64Array,
  uint32: Uint32Array,
  uint16: Uint16Array,
  uint8: Uint8Array,
  bool: Uint8Array,
} as const;
type Storable = keyof typeof ARRAYS;

const tensorOf = fc
  .tuple(
    fc.constantFrom(...(Object.keys(ARRAYS) as Storable[])),
    fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 }),
    fc.infiniteStream(fc.integer({ min: 0, max: 1 })),
  )
  .map(([type, dims, stream]): Tensor => {
    const size = dims.reduce((a, b) => a * b, 1);
    const values = [...stream.take(size)];
    const big = type === 'int64' || type === 'uint64';
    const data = big ? ARRAYS[type].from(values.map(BigInt)) : ARRAYS[type as 'float32'].from(values);
    return { type, dims, data };
  });

/** A file with the given header text and data. */
function file(header: string, data: readonly number[] = []): Uint8Array {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return bytes;
}

const u8 = (begin: number, end: number, shape = [end - begin]) =>
  ({ dtype: 'U8', shape, data_offsets: [begin, end] }) as const;

describe('encodeSafetensors and decodeSafetensors', () => {
  it('give back every tensor of every element type, with its name, shape and metadata', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(
            fc.string({ unit: 'grapheme' }).filter((s) => s !== '__metadata__'),
            tensorOf,
          ),
          {
            maxLength: 6,
          },
        ),
        fc.dictionary(fc.string(), fc.string(), { maxKeys: 3 }),
        (named, metadata) => {
          const tensors = new Map(named);
          const decoded = decodeSafetensors(encodeSafetensors(tensors, metadata));
          expect(new Map([...decoded.tensors].sort())).toEqual(new Map([...tensors].sort()));
          expect(Object.entries(decoded.metadata).sort()).toEqual(Object.entries(metadata).sort());
        },
      ),
      { numRuns: 200 },
    );
  });

  it('keep extreme values bit for bit', () => {
    const data = Float32Array.of(NaN, Infinity, -Infinity, -0, 1e-45, 3.4e38);
    const ids = BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n);
    const { tensors } = decodeSafetensors(
      encodeSafetensors(
        new Map<string, Tensor>([
          ['x', { type: 'float32', dims: [6], data }],
          ['ids', { type: 'int64', dims: [2], data: ids }],
        ]),
      ),
    );
    expect(tensors.get('x')?.data).toEqual(data);
    expect(tensors.get('ids')?.data).toEqual(ids);
  });

  it('write only the window of a larger buffer that a view covers', () => {
    const view = Float32Array.of(1, 2, 3, 4).subarray(1, 3);
    const bytes = encodeSafetensors(new Map([['v', { type: 'float32', dims: [2], data: view }]]));
    expect(decodeSafetensors(bytes).tensors.get('v')?.data).toEqual(Float32Array.of(2, 3));
  });

  it('read a file that starts at an odd address', () => {
    const bytes = encodeSafetensors(
      new Map([['v', { type: 'float64', dims: [1], data: Float64Array.of(5) }]]),
    );
    const shifted = new Uint8Array(bytes.length + 1);
    shifted.set(bytes, 1);
    expect(decodeSafetensors(shifted.subarray(1)).tensors.get('v')?.data).toEqual(Float64Array.of(5));
  });
});

describe('encodeSafetensors()', () => {
  it('aligns the data to 8 bytes and every tensor to its element size', () => {
    const bytes = encodeSafetensors(
      new Map<string, Tensor>([
        ['flag', { type: 'bool', dims: [3], data: Uint8Array.of(1, 0, 1) }],
        ['x', { type: 'float64', dims: [1], data: Float64Array.of(1) }],
      ]),
    );
    const header = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    expect(header % 8).toBe(0);
    const json = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + header))) as unknown;
    expect(json).toEqual({
      x: { dtype: 'F64', shape: [1], data_offsets: [0, 8] },
      flag: { dtype: 'BOOL', shape: [3], data_offsets: [8, 11] },
    });
  });

  it('refuses strings, a wrong length and the reserved name', () => {
    const encode = (name: string, tensor: Tensor) => () => encodeSafetensors(new Map([[name, tensor]]));
    expect(encode('s', { type: 'string', dims: [1], data: ['a'] })).toThrow(
      'safetensors: tensor "s" holds strings; safetensors stores numbers and booleans only.',
    );
    expect(encode('x', { type: 'float32', dims: [2, 2], data: new Float32Array(3) })).toThrow(
      'safetensors: tensor "x" of shape [2, 2] needs 4 values, got 3.',
    );
    expect(encode('__metadata__', { type: 'uint8', dims: [0], data: new Uint8Array(0) })).toThrow(/reserved/);
  });
});

describe('decodeSafetensors()', () => {
  const reject: readonly [string, Uint8Array, RegExp][] = [
    ['an empty file', new Uint8Array(0), /truncated: 0 bytes/],
    [
      'a header longer than the file',
      file('{}').subarray(0, 9),
      /truncated: header of 2 bytes in a file of 9/,
    ],
    [
      'an absurd header length',
      Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 255),
      /longer than the allowed/,
    ],
    ['a header that is not JSON', file('{"a"'), /not JSON/],
    ['a header that is not UTF-8', badUtf8(), /not JSON in UTF-8/],
    ['a header that is a list', file('[]'), /not a JSON object/],
    [
      'an unknown element type',
      file('{"a":{"dtype":"F7","shape":[],"data_offsets":[0,4]}}'),
      /element type "F7"/,
    ],
    [
      'a negative size',
      file('{"a":{"dtype":"U8","shape":[-1],"data_offsets":[0,1]}}', [0]),
      /not a list of sizes/,
    ],
    ['reversed offsets', file('{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,0]}}', [0]), /begin <= end/],
    [
      'offsets that do not fit the shape',
      file(JSON.stringify({ a: u8(0, 2, [3]) }), [1, 2]),
      /needs 3 bytes, its offsets span 2/,
    ],
    [
      'overlapping tensors',
      file(JSON.stringify({ a: u8(0, 2), b: u8(1, 3) }), [1, 2, 3]),
      /"b" starts at byte 1 and overlaps/,
    ],
    [
      'a gap',
      file(JSON.stringify({ a: u8(0, 1), b: u8(2, 3) }), [1, 2, 3]),
      /bytes 1 to 2.*belong to no tensor/,
    ],
    ['data cut short', file(JSON.stringify({ a: u8(0, 3) }), [1, 2]), /truncated: the tensors need 3 bytes/],
    ['bytes left over', file(JSON.stringify({ a: u8(0, 1) }), [1, 2]), /1 bytes after the last tensor/],
    ['metadata of numbers', file('{"__metadata__":{"a":1}}'), /must map strings to strings/],
  ];

  it.each(reject)('rejects %s', (_, bytes, message) => {
    expect(() => decodeSafetensors(bytes)).toThrow(message);
    expect(() => decodeSafetensors(bytes)).toThrow(expect.objectContaining({ code: 'bad-tensor' }));
  });

  it('rejects every truncation of a valid file', () => {
    const bytes = encodeSafetensors(
      new Map([['a', { type: 'float32', dims: [3], data: new Float32Array(3) }]]),
    );
    for (let length = 0; length < bytes.length; length++)
      expect(() => decodeSafetensors(bytes.subarray(0, length))).toThrow(/safetensors: /);
  });
});

describe.skipIf(!existsSync(reference))(
  'decodeSafetensors() on files written by Python (needs ../shared/reference)',
  () => {
    const names = existsSync(reference)
      ? readdirSync(reference).filter((name) => name.endsWith('.safetensors'))
      : [];
    it.each(names)('reads %s and writes it back unchanged', (name) => {
      const { tensors, metadata } = decodeSafetensors(readFileSync(join(reference, name)));
      expect(tensors.size).toBeGreaterThan(0);
      for (const { type, data } of tensors.values())
        if (type === 'float32') expect((data as Float32Array).every(Number.isFinite)).toBe(true);
      const once = encodeSafetensors(tensors, metadata);
      expect(Buffer.compare(encodeSafetensors(decodeSafetensors(once).tensors, metadata), once)).toBe(0);
    });
  },
);

function badUtf8(): Uint8Array {
  const bytes = file('{"a":1}');
  bytes[10] = 0xff;
  return bytes;
}
