import type { Tensor } from '../tensor.ts';

/** The number of an IEEE half-precision pattern (float16): sign, 5 bits of exponent, 10 of fraction. */
export function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** A tensor of 16-bit or 64-bit floats as float32: exact for the 16-bit ones, rounded for the others. */
export function toFloat32(tensor: Tensor): Tensor {
  const { type, dims, data } = tensor;
  if (type === 'float16')
    return { type: 'float32', dims, data: Float32Array.from(data as Uint16Array, halfToNumber) };
  if (type === 'bfloat16') {
    // The upper half of a float32.
    const bits = Uint32Array.from(data as Uint16Array, (value) => value * 2 ** 16);
    return { type: 'float32', dims, data: new Float32Array(bits.buffer) };
  }
  return type === 'float64'
    ? { type: 'float32', dims, data: Float32Array.from(data as Float64Array) }
    : tensor;
}
