import { TesseraError } from '../errors.ts';
import { sizeOf } from '../tensor.ts';
import type { ElementArrays, ElementType, Tensor } from '../tensor.ts';
import { ELEMENT_ARRAYS, elementTypeCode, elementTypeOf } from './element-types.ts';
import type { TensorMessage } from './messages.ts';

/** Gives the bytes of a file that lies beside the model, or undefined when there is none. */
export type ExternalData = (location: string) => Uint8Array | undefined;

function fromRaw(type: Exclude<ElementType, 'string'>, raw: Uint8Array): ElementArrays[typeof type] {
  // A copy: raw data lies at any offset of the file, typed arrays need alignment, and the file can be let go.
  const copy = new Uint8Array(raw);
  return new ELEMENT_ARRAYS[type](copy.buffer, 0, copy.length / ELEMENT_ARRAYS[type].BYTES_PER_ELEMENT);
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
      return ELEMENT_ARRAYS[type].from(int32Data);
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
  if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(length)) {
    throw new TesseraError(
      'bad-model',
      `${owner} lies in "${location}" at offset "${entries.get('offset') ?? ''}" with length "${entries.get('length') ?? ''}", which are no whole numbers.`,
      { hint: 'The model file is damaged; export or download it again.' },
    );
  }
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
  if (raw.length % ELEMENT_ARRAYS[type].BYTES_PER_ELEMENT !== 0) return new Uint8Array(0);
  return fromRaw(type, raw);
}

/** Reads a TensorProto; throws 'bad-model' when the values do not fit the shape or cannot be had. */
export function decodeTensor(message: Partial<TensorMessage>, owner: string, read: ExternalData): Tensor {
  const type = elementTypeOf(message.dataType, owner);
  const dims = (message.dims ?? []).map(Number);
  const data = dataOf(type, message, owner, read);
  if (data.length === sizeOf(dims) && dims.every((dim) => dim >= 0)) return { type, dims, data };
  const location = externalLocation(message);
  if (location !== undefined) {
    throw new TesseraError(
      'bad-model',
      `${owner} has shape [${dims.join(', ')}] of ${type}, which its place in "${location}" does not fill exactly.`,
      { hint: 'The data file belongs to another model, or was saved by another export; copy both anew.' },
    );
  }
  throw new TesseraError(
    'bad-model',
    `${owner} has shape [${dims.join(', ')}] of ${type}, but its stored values do not fill that shape.`,
    { hint: 'The file is damaged; export or download it again.' },
  );
}

/** Writes a tensor as a TensorProto with raw little-endian data (strings: as strings). */
export function encodeTensor(tensor: Tensor, name: string): Partial<TensorMessage> {
  const message = { name, dataType: elementTypeCode(tensor.type), dims: tensor.dims.map(BigInt) };
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
