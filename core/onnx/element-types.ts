import { TesseraError } from '../errors.ts';
import type { ElementArrays, ElementType } from '../tensor.ts';

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

/** The typed array that holds each element type; both 16-bit floats are kept as their bits. */
export const ELEMENT_ARRAYS = {
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
  return new ELEMENT_ARRAYS[type](length) as ElementArrays[T];
}
