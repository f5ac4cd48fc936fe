import { float32, sizeOf, type Tensor } from '../tensor.ts';

/** Items start … end of a batch [n, …], sharing its memory. */
export function sliceItems({ data, dims }: Tensor<'float32'>, start: number, end: number): Tensor<'float32'> {
  const size = sizeOf(dims.slice(1));
  return float32(data.subarray(start * size, end * size), [end - start, ...dims.slice(1)]);
}

/** Batches of equal item shape, one after another; a single one is given back as it is. */
export function joinItems(parts: readonly Tensor<'float32'>[]): Tensor<'float32'> {
  if (parts.length === 1) return parts[0];
  const count = parts.reduce((sum, { dims }) => sum + dims[0], 0);
  const item = parts[0].dims.slice(1);
  const data = new Float32Array(count * sizeOf(item));
  let offset = 0;
  for (const part of parts) {
    data.set(part.data, offset);
    offset += part.data.length;
  }
  return float32(data, [count, ...item]);
}
