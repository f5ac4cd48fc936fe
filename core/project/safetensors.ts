import { TesseraError } from '../errors.ts';
import { sizeOf } from '../tensor.ts';
import type { ElementArrays, ElementType, Tensor } from '../tensor.ts';

/** Element types that the format can hold. */
type StorableType = Exclude<ElementType, 'string'>;

/** What a safetensors file holds. */
export interface SafetensorsContent {
  readonly tensors: Map<string, Tensor>;
  readonly metadata: Record<string, string>;
}

type StorableArray = ElementArrays[StorableType];

interface Storage {
  readonly code: string;
  readonly array: { new (buffer: ArrayBuffer): StorableArray; readonly BYTES_PER_ELEMENT: number };
}

const STORAGE: Readonly<Record<StorableType, Storage>> = {
  float32: { code: 'F32', array: Float32Array },
  float64: { code: 'F64', array: Float64Array },
  float16: { code: 'F16', array: Uint16Array },
  bfloat16: { code: 'BF16', array: Uint16Array },
  int64: { code: 'I64', array: BigInt64Array },
  int32: { code: 'I32', array: Int32Array },
  int16: { code: 'I16', array: Int16Array },
  int8: { code: 'I8', array: Int8Array },
  uint64: { code: 'U64', array: BigUint64Array },
  uint32: { code: 'U32', array: Uint32Array },
  uint16: { code: 'U16', array: Uint16Array },
  uint8: { code: 'U8', array: Uint8Array },
  bool: { code: 'BOOL', array: Uint8Array },
};

const TYPE_OF_CODE = new Map(
  Object.entries(STORAGE).map(([type, { code }]) => [code, type as StorableType] as const),
);

/** The reference reader refuses longer headers, so that a hostile length cannot claim all memory. */
const LONGEST_HEADER = 100_000_000;
const METADATA_KEY = '__metadata__';

interface Entry {
  readonly name: string;
  readonly type: StorableType;
  readonly dims: readonly number[];
  readonly begin: number;
  readonly end: number;
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

  let length = 0;
  const header: [string, unknown][] = Object.keys(metadata).length > 0 ? [[METADATA_KEY, metadata]] : [];
  for (const { name, type, dims, data } of checked) {
    const end = length + data.byteLength;
    header.push([name, { dtype: STORAGE[type].code, shape: dims, data_offsets: [length, end] }]);
    length = end;
  }
  const headerBytes = paddedTo8(new TextEncoder().encode(JSON.stringify(Object.fromEntries(header))));
  const bytes = new Uint8Array(8 + headerBytes.length + length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerBytes.length), true);
  bytes.set(headerBytes, 8);
  let offset = 8 + headerBytes.length;
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
  const { header, dataStart } = readHeader(bytes);
  const metadata = readMetadata(header);
  const entries = Object.entries(header)
    .filter(([name]) => name !== METADATA_KEY)
    .map(([name, value]) => readEntry(name, value));
  requireContiguous(entries, bytes.length - dataStart);
  const tensors = new Map<string, Tensor>();
  for (const { name, type, dims, begin, end } of entries) {
    const own = new Uint8Array(bytes.subarray(dataStart + begin, dataStart + end)).buffer;
    tensors.set(name, { type, dims, data: new STORAGE[type].array(own) });
  }
  return { tensors, metadata };
}

function toStorable(name: string, { type, dims, data }: Tensor) {
  if (name === METADATA_KEY) throw malformed(`the tensor name "${METADATA_KEY}" is reserved`);
  if (type === 'string')
    throw malformed(`tensor "${name}" holds strings; safetensors stores numbers and booleans only`);
  const wanted = sizeOf(dims);
  if (data.length !== wanted)
    throw malformed(
      `tensor "${name}" of shape [${dims.join(', ')}] needs ${wanted} values, got ${data.length}`,
    );
  return { type, dims, data: data as StorableArray };
}

function paddedTo8(text: Uint8Array): Uint8Array {
  const padded = new Uint8Array(Math.ceil(text.length / 8) * 8).fill(0x20);
  padded.set(text);
  return padded;
}

function readHeader(bytes: Uint8Array): { header: Record<string, unknown>; dataStart: number } {
  if (bytes.length < 8) throw malformed(`truncated: ${bytes.length} bytes, the header length alone takes 8`);
  const declared = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  if (declared > LONGEST_HEADER)
    throw malformed(`header of ${declared} bytes is longer than the allowed ${LONGEST_HEADER}`);
  const dataStart = 8 + Number(declared);
  if (dataStart > bytes.length)
    throw malformed(`truncated: header of ${declared} bytes in a file of ${bytes.length}`);
  return { header: parseHeader(bytes.subarray(8, dataStart)), dataStart };
}

function parseHeader(text: Uint8Array): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(text));
  } catch (cause) {
    throw malformed('the header is not JSON in UTF-8', cause);
  }
  if (!isRecord(header)) throw malformed('the header is not a JSON object');
  return header;
}

function readMetadata(header: Record<string, unknown>): Record<string, string> {
  if (!Object.hasOwn(header, METADATA_KEY)) return {};
  const metadata = header[METADATA_KEY];
  if (!isRecord(metadata) || Object.values(metadata).some((value) => typeof value !== 'string'))
    throw malformed(`"${METADATA_KEY}" must map strings to strings`);
  return metadata as Record<string, string>;
}

function readEntry(name: string, value: unknown): Entry {
  if (!isRecord(value)) throw malformed(`tensor "${name}": the header entry is not an object`);
  const { dtype, shape, data_offsets: offsets } = value;
  const type = typeof dtype === 'string' ? TYPE_OF_CODE.get(dtype) : undefined;
  if (type === undefined)
    throw malformed(
      `tensor "${name}": element type ${JSON.stringify(dtype) ?? 'missing'}, expected one of ${[...TYPE_OF_CODE.keys()].join(', ')}`,
    );
  if (!isCounts(shape)) throw malformed(`tensor "${name}": the shape is not a list of sizes`);
  if (!isCounts(offsets) || offsets.length !== 2 || offsets[1] < offsets[0])
    throw malformed(`tensor "${name}": data_offsets must be [begin, end] with begin <= end`);
  const [begin, end] = offsets;
  const wanted = sizeOf(shape) * STORAGE[type].array.BYTES_PER_ELEMENT;
  if (end - begin !== wanted)
    throw malformed(
      `tensor "${name}": ${dtype as string} of shape [${shape.join(', ')}] needs ${wanted} bytes, its offsets span ${end - begin}`,
    );
  return { name, type, dims: shape, begin, end };
}

function requireContiguous(entries: readonly Entry[], available: number): void {
  let covered = 0;
  for (const { name, begin, end } of [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin < covered)
      throw malformed(
        `tensor "${name}" starts at byte ${begin} and overlaps another that ends at ${covered}`,
      );
    if (begin > covered)
      throw malformed(`bytes ${covered} to ${begin}, before tensor "${name}", belong to no tensor`);
    covered = end;
  }
  if (covered > available)
    throw malformed(`truncated: the tensors need ${covered} bytes of data, the file has ${available}`);
  if (covered < available)
    throw malformed(`wrong length: ${available - covered} bytes after the last tensor belong to none`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
}

function malformed(what: string, cause?: unknown): TesseraError {
  return new TesseraError('bad-tensor', `safetensors: ${what}.`, {
    hint: 'Write the file again with its program, or delete it if it lies in a cache.',
    cause,
  });
}
