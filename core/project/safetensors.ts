import { sizeOf } from '../tensor.ts';
import type { Tensor } from '../tensor.ts';
import {
  decodeHeader,
  encodeHeader,
  malformed,
  STORAGE,
  type StorableArray,
  type StorableType,
} from './safetensors-header.ts';

/** What a safetensors file holds. */
export interface SafetensorsContent {
  readonly tensors: Map<string, Tensor>;
  readonly metadata: Record<string, string>;
}

/**
 * Serialises named tensors as one safetensors file, readable with `safetensors.numpy.load_file`.
 *
 * Layout   u64 little-endian header length, JSON header padded with spaces to 8 bytes, then the data without
 *          gaps. Widest element types come first so that every tensor starts at a multiple of its element size.
 * Throws   TesseraError 'bad-tensor' for strings, a data length that does not fit the shape, or the reserved
 *          name "__metadata__".
 * Source   format description of the safetensors project (Hugging Face), version 0.8.
 * Limits   little-endian machines (every one that Node.js and ONNX Runtime are shipped for but s390x).
 */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, Tensor>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const checked = [...tensors].map(([name, tensor]) => ({ name, ...toStorable(name, tensor) }));
  checked.sort((a, b) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT);
  const header = encodeHeader(checked, metadata);
  const bytes = new Uint8Array(header.length + checked.reduce((sum, { data }) => sum + data.byteLength, 0));
  bytes.set(header);
  let offset = header.length;
  for (const { data } of checked) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset);
    offset += data.byteLength;
  }
  return bytes;
}

/**
 * Reads a safetensors file. Every tensor gets memory of its own, so `bytes` may be dropped or reused.
 *
 * Throws   TesseraError 'bad-tensor' saying what is wrong: truncated file, header too long or not JSON, unknown
 *          element type, offsets that overlap, leave gaps, or do not fit the shape or the file.
 */
export function decodeSafetensors(bytes: Uint8Array): SafetensorsContent {
  const { entries, metadata, dataStart } = decodeHeader(bytes.length, (offset, length) =>
    bytes.subarray(offset, offset + length),
  );
  const tensors = new Map<string, Tensor>();
  for (const { name, type, dims, begin, end } of entries) {
    const own = new Uint8Array(bytes.subarray(dataStart + begin, dataStart + end)).buffer;
    tensors.set(name, { type, dims, data: new STORAGE[type].array(own) });
  }
  return { tensors, metadata };
}

function toStorable(
  name: string,
  { type, dims, data }: Tensor,
): { readonly type: StorableType; readonly dims: readonly number[]; readonly data: StorableArray } {
  if (type === 'string')
    throw malformed(`tensor "${name}" holds strings; safetensors stores numbers and booleans only`);
  const wanted = sizeOf(dims);
  if (data.length !== wanted)
    throw malformed(
      `tensor "${name}" of shape [${dims.join(', ')}] needs ${wanted} values, got ${data.length}`,
    );
  return { type, dims, data: data as StorableArray };
}
