import { clamp, withinRange, type PictureLayout } from './picture-layout.ts';
import { smoothed } from './smoothed.ts';

/** Most that detail is strengthened, least that is left of it, and how often a picture is blurred over 3 × 3 pixels. */
const SHARPENED = 4;
const WEAKENED = 0.1;
const BLURS = 8;

/**
 * A picture as sharp as another, whatever the two show: blurred until detail of middle size is as weak beside coarser detail
 * as in the other, unless it is stronger there; then detail of two sizes is strengthened or weakened to what it is in the
 * other. Kept within the range of the two.
 */
export function withSharpness(
  recipient: Float32Array,
  donor: Float32Array,
  layout: PictureLayout,
): Float32Array {
  const other = bandsOf(donor, layout);
  const isSharper = other.middle > bandsOf(recipient, layout).middle;
  const blurs = isSharper ? 0 : blursTo(other.middle, recipient, layout);
  const own = bandsOf(recipient, layout, blurs);
  const [least, most] = isSharper ? [1, SHARPENED] : [WEAKENED, 1];
  const gainOf = (band: 'fine' | 'middle'): number =>
    own[band] > 0 ? clamp(other[band] / own[band], least, most) : 1;
  const [fine, middle] = [gainOf('fine'), gainOf('middle')];
  const picture = smoothed(recipient, layout, blurs);
  const soft = smoothed(picture, layout, 2);
  const out = smoothed(soft, layout, 4);
  for (let i = 0; i < out.length; i++)
    out[i] = out[i] + middle * (soft[i] - out[i]) + fine * (picture[i] - soft[i]);
  return withinRange(out, recipient, donor, layout);
}

/** Blurs after which a picture first has no more detail of middle size than that, or one less if that is nearer. */
function blursTo(middle: number, picture: Float32Array, layout: PictureLayout): number {
  let before = bandsOf(picture, layout).middle;
  for (let blurs = 1; blurs <= BLURS; blurs++) {
    const left = bandsOf(picture, layout, blurs).middle;
    if (left <= middle) return middle - left < before - middle ? blurs : blurs - 1;
    before = left;
  }
  return BLURS;
}

/** How strong what a blur takes away, and what a second does, is beside what a third does. */
interface Bands {
  readonly fine: number;
  readonly middle: number;
}

/** Of pictures, which nobody changes, after 0, 1, … blurs: each is compared with many others. */
const knownBands = new WeakMap<Float32Array, (Bands | undefined)[]>();

function bandsOf(picture: Float32Array, layout: PictureLayout, blurs = 0): Bands {
  const known = knownBands.get(picture) ?? [];
  knownBands.set(picture, known);
  return (known[blurs] ??= measuredBands(smoothed(picture, layout, blurs), layout));
}

function measuredBands(picture: Float32Array, layout: PictureLayout): Bands {
  const soft = smoothed(picture, layout, 2);
  const softer = smoothed(soft, layout, 4);
  const coarse = distance(softer, smoothed(softer, layout, 8));
  const share = (amount: number): number => (coarse > 0 ? amount / coarse : 0);
  return { fine: share(distance(picture, soft)), middle: share(distance(soft, softer)) };
}

function distance(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] - b[i]) ** 2;
  return Math.sqrt(sum);
}
