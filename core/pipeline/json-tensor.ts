import type { Json } from '../project/canonical-json.ts';
import type { Tensor } from '../tensor.ts';

/** Plain data as a tensor of bytes, so that it travels in the same chunk as the arrays it belongs to. */
export function jsonTensor(value: Json): Tensor<'uint8'> {
  const data = new TextEncoder().encode(JSON.stringify(value));
  return { type: 'uint8', dims: [data.length], data };
}

/** The inverse of {@link jsonTensor}. */
export function fromJsonTensor<T extends Json>(tensor: Tensor | undefined): T {
  return JSON.parse(new TextDecoder().decode(tensor?.data as Uint8Array)) as T;
}
