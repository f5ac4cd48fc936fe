import { TesseraError } from '../errors.ts';
import { sizeOf, type ElementType, type Tensor } from '../tensor.ts';

/** Element types that NumPy has, little-endian. */
const CODES: Partial<Record<ElementType, string>> = {
  float32: '<f4',
  float64: '<f8',
  int64: '<i8',
  int32: '<i4',
  int16: '<i2',
  int8: '|i1',
  uint64: '<u8',
  uint32: '<u4',
  uint16: '<u2',
  uint8: '|u1',
  bool: '|b1',
};

/** A file's data begins at a multiple of this within it. */
const ALIGNMENT = 64;
/** Sizes and places are 32-bit numbers; the last is kept for "see elsewhere". */
const LARGEST = 0xffff_fffe;
/** 1 January 1980, the first day that the format knows: equal arrays give equal bytes. */
const DATE = 0x21;

/**
 * Named tensors as a NumPy archive, read with `numpy.load(path)`: a ZIP file without compression, one `.npy` (version 1.0) an
 * array.
 *
 * Throws   TesseraError 'bad-tensor' for strings, bfloat16 and float16, a length that does not fit the shape, and archives of
 *          4 GB and more.
 * Source   NEP 1, "A simple file format for NumPy arrays"; .ZIP file format specification (PKWARE), 4.3.
 * Limits   little-endian machines, as safetensors.ts.
 */
export function encodeNpz(tensors: ReadonlyMap<string, Tensor>): Uint8Array {
  const files = [...tensors].map(([name, tensor]) => fileOf(`${name}.npy`, encodeNpy(name, tensor)));
  const total = files.reduce((sum, { name, bytes }) => sum + 76 + 2 * name.length + bytes.length, 22);
  if (total > LARGEST)
    throw new TesseraError('bad-tensor', `npz: the arrays take ${total} bytes, at most ${LARGEST} fit.`, {
      hint: 'Take the safetensors file, which has no such limit.',
    });
  const out = new Uint8Array(total);
  let at = 0;
  const places = files.map((file) => {
    const place = at;
    at = put(out, at, localHeader(file), file.name, file.bytes);
    return place;
  });
  const directory = at;
  files.forEach((file, i) => (at = put(out, at, centralHeader(file, places[i]), file.name)));
  put(out, at, endOfDirectory(files.length, at - directory, directory));
  return out;
}

interface ZipFile {
  readonly name: Uint8Array;
  readonly bytes: Uint8Array;
  readonly crc: number;
}

function fileOf(name: string, bytes: Uint8Array): ZipFile {
  return { name: new TextEncoder().encode(name), bytes, crc: crc32(bytes) };
}

function put(out: Uint8Array, start: number, ...parts: readonly Uint8Array[]): number {
  let at = start;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return at;
}

/** An array as `.npy`. */
function encodeNpy(name: string, { type, dims, data }: Tensor): Uint8Array {
  const code = CODES[type];
  if (code === undefined || !ArrayBuffer.isView(data))
    throw new TesseraError('bad-tensor', `npz: tensor "${name}" is ${type}, which NumPy does not have.`);
  if (data.length !== sizeOf(dims))
    throw new TesseraError(
      'bad-tensor',
      `npz: tensor "${name}" of shape [${dims.join(', ')}] needs ${sizeOf(dims)} values, got ${data.length}.`,
    );
  const shape = dims.length === 1 ? `${dims[0]},` : dims.join(', ');
  const text = `{'descr': '${code}', 'fortran_order': False, 'shape': (${shape}), }`;
  const length = Math.ceil((10 + text.length + 1) / ALIGNMENT) * ALIGNMENT;
  const header = new TextEncoder().encode(`${text.padEnd(length - 11)}\n`);
  const out = new Uint8Array(length + data.byteLength);
  out.set([0x93, ...new TextEncoder().encode('NUMPY'), 1, 0]);
  new DataView(out.buffer).setUint16(8, header.length, true);
  out.set(header, 10);
  out.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), length);
  return out;
}

/** Numbers one after another, each of so many bytes. */
function record(fields: readonly (readonly [bytes: 2 | 4, value: number])[]): Uint8Array {
  const out = new Uint8Array(fields.reduce((sum, [bytes]) => sum + bytes, 0));
  const view = new DataView(out.buffer);
  let at = 0;
  for (const [bytes, value] of fields) {
    if (bytes === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += bytes;
  }
  return out;
}

/** What both headers of a file have: version, UTF-8 names, stored as it is, time, date, checksum and sizes. */
function common({ name, bytes, crc }: ZipFile) {
  return [
    ...([20, 0x0800, 0, 0, DATE] as const).map((value) => [2, value] as const),
    ...[crc, bytes.length, bytes.length].map((value) => [4, value] as const),
    ...[name.length, 0].map((value) => [2, value] as const),
  ];
}

function localHeader(file: ZipFile): Uint8Array {
  return record([[4, 0x04034b50], ...common(file)]);
}

function centralHeader(file: ZipFile, place: number): Uint8Array {
  const rest = ([0, 0, 0] as const).map((value) => [2, value] as const);
  return record([[4, 0x02014b50], [2, 20], ...common(file), ...rest, [4, 0], [4, place]]);
}

function endOfDirectory(count: number, size: number, place: number): Uint8Array {
  const counts = [0, 0, count, count].map((value) => [2, value] as const);
  return record([[4, 0x06054b50], ...counts, [4, size], [4, place], [2, 0]]);
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ CRC_TABLE[(crc ^ byte) & 0xff];
  return (crc ^ 0xffffffff) >>> 0;
}
