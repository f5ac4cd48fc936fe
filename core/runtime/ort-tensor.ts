import { Tensor as OrtTensor } from 'onnxruntime-node';
import { TesseraError } from '../errors.ts';
import type { ElementType, Tensor } from '../tensor.ts';

/** Hands a tensor to ONNX Runtime without copying its data. Throws 'bad-tensor' for bfloat16, which it lacks. */
export function toOrtTensor({ type, dims, data }: Tensor): OrtTensor {
  if (type === 'bfloat16') {
    throw new TesseraError('bad-tensor', 'tensors of type bfloat16 cannot be handed to ONNX Runtime', {
      hint: 'Export the model with float32 or float16 inputs and outputs.',
    });
  }
  return new OrtTensor(type, data, dims);
}

const SHARED_TYPES: ReadonlySet<string> = new Set<ElementType>([
  'float32',
  'float64',
  'float16',
  'int64',
  'int32',
  'int16',
  'int8',
  'uint64',
  'uint32',
  'uint16',
  'uint8',
  'bool',
  'string',
]);

/** Takes a result from ONNX Runtime without copying its data. float16 is kept as raw 16-bit patterns. */
export function fromOrtTensor(name: string, { type, dims, data }: OrtTensor): Tensor {
  if (!SHARED_TYPES.has(type)) {
    throw new TesseraError('bad-tensor', `output ${name} has type ${type}, which is not supported`);
  }
  return { type: type as ElementType, dims, data: type === 'float16' ? rawBits(data) : data };
}

/** From Node 24 on, ONNX Runtime gives a Float16Array; we keep bit patterns, which every Node has. */
function rawBits(data: OrtTensor['data']): Uint16Array {
  const { buffer, byteOffset, byteLength } = data as Uint16Array;
  return new Uint16Array(buffer, byteOffset, byteLength / 2);
}
