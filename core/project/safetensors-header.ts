import { TesseraError } from '../errors.ts';
import { sizeOf } from '../tensor.ts';
import type { ElementArrays, ElementType } from '../tensor.ts';

/** Element types that the format can hold. */
export type StorableType = Exclude<ElementType, 'string'>;

export type StorableArray = ElementArrays[StorableType];

/** @internal */
interface Storage {
  readonly code: string;
  readonly array: { new (buffer: ArrayBuffer): StorableArray; readonly BYTES_PER_ELEMENT: number };
}

/** How each type is written. */
export const STORAGE: Readonly<Record<StorableType, Storage>> = {
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

/** Where a tensor is: from `begin` to `end` of the data. */
export interface Entry {
  readonly name: string;
  readonly type: StorableType;
  readonly dims: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/** What stands before the data of a safetensors file, see core/project/safetensors.ts. */
export interface Header {
  readonly entries: readonly Entry[];
  readonly metadata: Record<string, string>;
  /** Where the data begins in the file. */
  readonly dataStart: number;
}

/** What is written of a tensor before its data: all but the data. */
interface Described {
  readonly name: string;
  readonly type: StorableType;
  readonly dims: readonly number[];
}

/**
 * The header of a file with such tensors in this order, padded so that the data begins at a multiple of 8 bytes. Throws
 * TesseraError 'bad-tensor' for the reserved name.
 */
export function encodeHeader(
  tensors: readonly Described[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  let length = 0;
  const header: [string, unknown][] = Object.keys(metadata).length > 0 ? [[METADATA_KEY, metadata]] : [];
  for (const { name, type, dims } of tensors) {
    if (name === METADATA_KEY) throw malformed(`the tensor name "${METADATA_KEY}" is reserved`);
    const end = length + bytesOf(type, dims);
    header.push([name, { dtype: STORAGE[type].code, shape: dims, data_offsets: [length, end] }]);
    length = end;
  }
  const text = paddedTo8(new TextEncoder().encode(JSON.stringify(Object.fromEntries(header))));
  const bytes = new Uint8Array(8 + text.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

/** Bytes of a tensor. */
export function bytesOf(type: StorableType, dims: readonly number[]): number {
  return sizeOf(dims) * STORAGE[type].array.BYTES_PER_ELEMENT;
}

/**
 * Reads the header of a file of `size` bytes, whatever of it is in memory: `read` gives any range. Throws TesseraError
 * 'bad-tensor' saying what is wrong.
 */
export function decodeHeader(size: number, read: (offset: number, length: number) => Uint8Array): Header {
  if (size < 8) throw malformed(`truncated: ${size} bytes, the header length alone takes 8`);
  const first = read(0, 8);
  const declared = new DataView(first.buffer, first.byteOffset, 8).getBigUint64(0, true);
  if (declared > LONGEST_HEADER)
    throw malformed(`header of ${declared} bytes is longer than the allowed ${LONGEST_HEADER}`);
  const dataStart = 8 + Number(declared);
  if (dataStart > size) throw malformed(`truncated: header of ${declared} bytes in a file of ${size}`);
  const header = parseHeader(read(8, Number(declared)));
  const metadata = readMetadata(header);
  const entries = Object.entries(header)
    .filter(([name]) => name !== METADATA_KEY)
    .map(([name, value]) => readEntry(name, value));
  requireContiguous(entries, size - dataStart);
  return { entries, metadata, dataStart };
}

function paddedTo8(text: Uint8Array): Uint8Array {
  const padded = new Uint8Array(Math.ceil(text.length / 8) * 8).fill(0x20);
  padded.set(text);
  return padded;
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
  const wanted = bytesOf(type, shape);
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

/** The error of a file that is not as the format wants it. */
export function malformed(what: string, cause?: unknown): TesseraError {
  return new TesseraError('bad-tensor', `safetensors: ${what}.`, {
    hint: 'Write the file again with its program, or delete it if it lies in a cache.',
    cause,
  });
}
