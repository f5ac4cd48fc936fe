import { TesseraError } from '../errors.ts';
import { sizeOf } from '../tensor.ts';
import type { ElementArrays, ElementType, Tensor } from '../tensor.ts';
import type { TensorMessage } from './messages.ts';

/** Gives the bytes of a file that lies beside the model, or undefined when there is none. */
export type ExternalData = (location: string) => Uint8Array | undefined;

/** TensorProto.DataType codes. */
const typeCodes: Readonly<Record<ElementType, number>> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
  bfloat16: 16,
};
const typesByCode = new Map(Object.entries(typeCodes).map(([type, code]) => [code, type as ElementType]));
/** Codes of the standard that this program cannot hold, for the error message. */
const foreignTypes = new Map([
  [14, 'complex64'],
  [15, 'complex128'],
  [17, 'float8e4m3fn'],
  [18, 'float8e4m3fnuz'],
  [19, 'float8e5m2'],
  [20, 'float8e5m2fnuz'],
  [21, 'uint4'],
  [22, 'int4'],
  [23, 'float4e2m1'],
]);

const constructors = {
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

/** The code of an element type in a model file. */
export const elementTypeCode = (type: ElementType): number => typeCodes[type];

/** The element type of a code; throws 'bad-model' for types that have no typed array (complex, 8-bit and 4-bit floats, int4). */
export function elementTypeOf(code: number | undefined, owner: string): ElementType {
  const type = typesByCode.get(code ?? 0);
  if (type) return type;
  const name = foreignTypes.get(code ?? 0) ?? `number ${code ?? 0}`;
  throw new TesseraError('bad-model', `${owner} has element type ${name}, which is not supported.`, {
    hint: 'Export the model in float32 or float16, without 4-bit or 8-bit weights.',
  });
}

/** An empty typed array of an element type. */
export function newElements<T extends Exclude<ElementType, 'string'>>(
  type: T,
  length: number,
): ElementArrays[T] {
  return new constructors[type](length) as ElementArrays[T];
}

function fromRaw(type: Exclude<ElementType, 'string'>, raw: Uint8Array): ElementArrays[typeof type] {
  // A copy: raw data lies at any offset of the file, typed arrays need alignment, and the file can be let go.
  const copy = new Uint8Array(raw);
  return new constructors[type](copy.buffer, 0, copy.length / constructors[type].BYTES_PER_ELEMENT);
}

function fromTyped(type: ElementType, message: Partial<TensorMessage>): Tensor['data'] {
  const { floatData = [], doubleData = [], int32Data = [], int64Data = [], uint64Data = [] } = message;
  switch (type) {
    case 'float32':
      return Float32Array.from(floatData);
    case 'float64':
      return Float64Array.from(doubleData);
    case 'int64':
      return BigInt64Array.from(int64Data);
    case 'uint64':
      return BigUint64Array.from(uint64Data);
    case 'uint32':
      return Uint32Array.from(uint64Data, Number);
    case 'string': {
      const decoder = new TextDecoder();
      return (message.stringData ?? []).map((value) => decoder.decode(value));
    }
    default:
      return constructors[type].from(int32Data);
  }
}

const entriesOf = ({ externalData = [] }: Partial<TensorMessage>) =>
  new Map(externalData.map(({ key = '', value = '' }) => [key, value]));

/** The file a tensor's values lie in, or undefined when they are in the model itself. */
export function externalLocation(message: Partial<TensorMessage>): string | undefined {
  return message.dataLocation === 1 ? (entriesOf(message).get('location') ?? '') : undefined;
}

function externalBytes(message: Partial<TensorMessage>, location: string, owner: string, read: ExternalData) {
  const file = read(location);
  if (!file) {
    throw new TesseraError(
      'bad-model',
      `${owner} is stored in the file "${location}", which was not found.`,
      {
        hint: 'Put the data file into the folder of the model, under the same name.',
      },
    );
  }
  const entries = entriesOf(message);
  const offset = Number(entries.get('offset') ?? 0);
  const length = Number(entries.get('length') ?? file.length - offset);
  if (!(offset >= 0 && length >= 0 && offset + length <= file.length)) {
    throw new TesseraError(
      'bad-model',
      `${owner} should be bytes ${offset} to ${offset + length} of "${location}", which has ${file.length}.`,
      { hint: 'The data file is incomplete or belongs to another model; copy it again.' },
    );
  }
  return file.subarray(offset, offset + length);
}

function dataOf(type: ElementType, message: Partial<TensorMessage>, owner: string, read: ExternalData) {
  const location = externalLocation(message);
  const raw = location === undefined ? message.rawData : externalBytes(message, location, owner, read);
  if (raw === undefined || type === 'string') return fromTyped(type, message);
  if (raw.length % constructors[type].BYTES_PER_ELEMENT !== 0) return new Uint8Array(0);
  return fromRaw(type, raw);
}

/** Reads a TensorProto; throws 'bad-model' when the values do not fit the shape or cannot be had. */
export function decodeTensor(message: Partial<TensorMessage>, owner: string, read: ExternalData): Tensor {
  const type = elementTypeOf(message.dataType, owner);
  const dims = (message.dims ?? []).map(Number);
  const data = dataOf(type, message, owner, read);
  if (data.length === sizeOf(dims) && dims.every((dim) => dim >= 0)) return { type, dims, data };
  throw new TesseraError(
    'bad-model',
    `${owner} has shape [${dims.join(', ')}] of ${type}, but its stored values do not fill that shape.`,
    { hint: 'The file is damaged; export or download it again.' },
  );
}

/** Writes a tensor as a TensorProto with raw little-endian data (strings: as strings). */
export function encodeTensor(tensor: Tensor, name: string): Partial<TensorMessage> {
  const message = { name, dataType: typeCodes[tensor.type], dims: tensor.dims.map(BigInt) };
  if (tensor.type === 'string') {
    const encoder = new TextEncoder();
    return {
      ...message,
      stringData: (tensor.data as readonly string[]).map((value) => encoder.encode(value)),
    };
  }
  const { buffer, byteOffset, byteLength } = tensor.data as Exclude<Tensor['data'], readonly string[]>;
  return { ...message, rawData: new Uint8Array(buffer, byteOffset, byteLength) };
}
