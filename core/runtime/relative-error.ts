import { halfToNumber } from '../onnx/half-floats.ts';
import type { Tensor } from '../tensor.ts';

/**
 * Largest relative distance ‖got - want‖ / ‖want‖ over the floating-point outputs of two runs of one model; Infinity
 * when a shape or type differs or a value is not finite in one run only. Integer outputs are not compared: where
 * two values tie, an index may rightly differ.
 */
export function relativeError(
  got: Readonly<Record<string, Tensor>>,
  want: Readonly<Record<string, Tensor>>,
): number {
  return Math.max(0, ...Object.keys(want).map((name) => tensorError(got[name], want[name])));
}

/**
 * Share of the entries in which two masks differ; undefined when `want` is no mask, that is neither booleans nor
 * numbers of which each is 0 or 1, or `got` is none of the same type and size.
 */
export function flippedShare(got: Tensor | undefined, want: Tensor): number | undefined {
  if (got?.type !== want.type || got.data.length !== want.data.length) return undefined;
  const [ours, theirs] = [got, want].map(maskOf);
  if (ours === undefined || theirs === undefined) return undefined;
  let flipped = 0;
  for (let i = 0; i < theirs.length; i++) if (ours[i] !== theirs[i]) flipped++;
  return flipped / Math.max(theirs.length, 1);
}

function maskOf(tensor: Tensor): ArrayLike<number> | undefined {
  if (tensor.type === 'bool') return tensor.data as Uint8Array;
  const values = numbersOf(tensor);
  const isMask = values !== undefined && Array.prototype.every.call(values, (one) => one === 0 || one === 1);
  return isMask ? values : undefined;
}

function tensorError(got: Tensor | undefined, want: Tensor): number {
  if (got?.type !== want.type || got.data.length !== want.data.length) return Infinity;
  const values = numbersOf(want);
  return values === undefined ? 0 : distance(numbersOf(got) ?? [], values);
}

function numbersOf({ type, data }: Tensor): ArrayLike<number> | undefined {
  if (type === 'float32' || type === 'float64') return data as Float32Array | Float64Array;
  return type === 'float16' ? Float32Array.from(data as Uint16Array, halfToNumber) : undefined;
}

function distance(got: ArrayLike<number>, want: ArrayLike<number>): number {
  let error = 0;
  let norm = 0;
  for (let i = 0; i < want.length; i++) {
    // Equal infinities, and NaN on both sides, agree.
    if (Object.is(got[i], want[i])) continue;
    error += (got[i] - want[i]) ** 2;
  }
  for (let i = 0; i < want.length; i++) if (Number.isFinite(want[i])) norm += want[i] ** 2;
  if (error === 0) return 0;
  return Number.isFinite(error) ? Math.sqrt(error / norm) : Infinity;
}
