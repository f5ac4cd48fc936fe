import { sizeOf } from '../../tensor.ts';
import type { Tensor } from '../../tensor.ts';

/**
 * The real numbers that quantised ones stand for: (q - zero) · scale, with one scale for all, one an index of `axis`, or
 * one a block of `block` indices of it (scale and zero point then have the rank of q).
 */
export function dequantise(
  quantised: Tensor,
  scale: Tensor,
  zero: Tensor | undefined,
  { axis = 1, block = 0 }: { readonly axis?: number; readonly block?: number } = {},
): Tensor<'float32'> {
  const { dims } = quantised;
  const at = axis < 0 ? axis + dims.length : axis;
  const [values, scales] = [quantised.data, scale.data] as ArrayLike<number | bigint>[];
  const zeros = zero?.data as ArrayLike<number | bigint> | undefined;
  const inner = sizeOf(dims.slice(at + 1));
  const length = dims[at] ?? 1;
  const blocks = block > 0 ? Math.ceil(length / block) : 0;
  const entryOf = (index: number): number => {
    if (scales.length === 1) return 0;
    const along = Math.floor(index / inner) % length;
    if (block === 0) return along;
    const outer = Math.floor(index / (inner * length));
    return (outer * blocks + Math.floor(along / block)) * inner + (index % inner);
  };
  const data = new Float32Array(values.length);
  for (let i = 0; i < data.length; i++) {
    const entry = entryOf(i);
    data[i] = (Number(values[i]) - Number(zeros?.[entry] ?? 0)) * Number(scales[entry]);
  }
  return { type: 'float32', dims, data };
}
