import { choleskyFactor } from '../linalg/cholesky.ts';
import { clamp, CORNER, stridesOf, type PictureLayout } from './picture-layout.ts';

/** Mean of each channel over some pixels, [C]. */
function meanColour(picture: Float32Array, layout: PictureLayout, pixels: Uint32Array): number[] {
  const { column, channel: stride } = stridesOf(layout);
  return Array.from({ length: layout.channels }, (_, channel) => {
    let sum = 0;
    for (const pixel of pixels) sum += picture[pixel * column + channel * stride];
    return sum / pixels.length;
  });
}

/** A plain picture in the mean colour of another. */
export function plainPicture(picture: Float32Array, layout: PictureLayout): Float32Array {
  const size = layout.height * layout.width;
  const mean = meanColour(picture, layout, pixelsOf(layout));
  return picture.map((_, i) => mean[layout.layout === 'NCHW' ? Math.floor(i / size) : i % layout.channels]);
}

/** Numbers of a picture's pixels. */
function pixelsOf({ height, width }: PictureLayout): Uint32Array {
  return Uint32Array.from({ length: height * width }, (_, pixel) => pixel);
}

/** Mean [C] and covariance [C, C], of which the lower half is filled, of the colours of some pixels. */
function coloursOf(picture: Float32Array, layout: PictureLayout, pixels: Uint32Array) {
  const { channels } = layout;
  const { column, channel: stride } = stridesOf(layout);
  const mean = meanColour(picture, layout, pixels);
  const covariance = new Float64Array(channels * channels);
  for (const pixel of pixels) {
    for (let i = 0; i < channels; i++) {
      const own = (picture[pixel * column + i * stride] - mean[i]) / pixels.length;
      for (let j = 0; j <= i; j++)
        covariance[i * channels + j] += own * (picture[pixel * column + j * stride] - mean[j]);
    }
  }
  return { mean, covariance, spread: Math.max(...mean.map((_, i) => covariance[i * channels + i])) };
}

/** Corners may be plain: with this share of the whole picture's spread added, those change by little but their mean. */
const PLAIN_CORNERS = 0.05;

/**
 * A picture with the colours of another's corners: x -> μ' + L' L⁻¹ (x - μ), with means μ and Cholesky factors L of the
 * covariances of the colours in the corners, kept within the range of the two. Corners seldom show the object: what a whole
 * picture is tinted with goes over, and the object's own colours do not.
 */
export function withColours(
  recipient: Float32Array,
  donor: Float32Array,
  layout: PictureLayout,
): Float32Array {
  const { channels, height, width } = layout;
  const { column, channel: stride } = stridesOf(layout);
  const all = pixelsOf(layout);
  const corners = all.filter(
    (pixel) => isOuter(Math.floor(pixel / width), height) && isOuter(pixel % width, width),
  );
  const least = Math.max(PLAIN_CORNERS * coloursOf(recipient, layout, all).spread, 1e-12);
  const [own, other] = [recipient, donor].map((picture) => {
    const { mean, covariance: factor } = coloursOf(picture, layout, corners);
    for (let i = 0; i < channels; i++) factor[i * channels + i] += least;
    choleskyFactor(factor, channels);
    return { mean, factor };
  });
  const out = new Float32Array(recipient.length);
  const white = new Float64Array(channels);
  for (const pixel of all) {
    for (let i = 0; i < channels; i++) {
      let value = recipient[pixel * column + i * stride] - own.mean[i];
      for (let j = 0; j < i; j++) value -= own.factor[i * channels + j] * white[j];
      white[i] = value / own.factor[i * channels + i];
    }
    for (let i = 0; i < channels; i++) {
      let value = other.mean[i];
      for (let j = 0; j <= i; j++) value += other.factor[i * channels + j] * white[j];
      out[pixel * column + i * stride] = value;
    }
  }
  return withinRange(out, recipient, donor, layout);
}

/** Most that colours are taken from grey. */
const COLOURED = 3;

/**
 * A picture as colourful as another: every pixel's distance from the grey of its own brightness changed by the ratio of
 * what the two have in their corners, root mean square. Kept within the range of the two; as it is where the channels are
 * not red, green and blue.
 */
export function withSaturation(
  recipient: Float32Array,
  donor: Float32Array,
  layout: PictureLayout,
): Float32Array {
  const { grey, channels } = layout;
  if (grey === undefined) return recipient;
  const [own, other] = [recipient, donor].map((picture) => distanceFromGrey(picture, layout, grey));
  const gain = own > 0 ? Math.min(COLOURED, other / own) : 1;
  const { column, channel: stride } = stridesOf(layout);
  const out = new Float32Array(recipient.length);
  for (let pixel = 0; pixel < layout.height * layout.width; pixel++) {
    const at = pixel * column;
    const brightness = brightnessAt(recipient, at, layout, grey);
    for (let channel = 0; channel < channels; channel++) {
      const plain = grey.black[channel] + grey.white[channel] * brightness;
      out[at + channel * stride] = plain + gain * (recipient[at + channel * stride] - plain);
    }
  }
  return withinRange(out, recipient, donor, layout);
}

type Grey = NonNullable<PictureLayout['grey']>;

/** Mean over the channels of a pixel's place between black, 0, and white, 1. */
function brightnessAt(
  picture: Float32Array,
  at: number,
  layout: PictureLayout,
  { black, white }: Grey,
): number {
  const { channel: stride } = stridesOf(layout);
  return black.reduce(
    (sum, dark, channel) => sum + (picture[at + channel * stride] - dark) / white[channel] / black.length,
    0,
  );
}

/** Root mean square over the pixels of the corners. */
function distanceFromGrey(picture: Float32Array, layout: PictureLayout, grey: Grey): number {
  const { height, width } = layout;
  const { column, channel: stride } = stridesOf(layout);
  let [sum, count] = [0, 0];
  for (let pixel = 0; pixel < height * width; pixel++) {
    if (!isOuter(Math.floor(pixel / width), height) || !isOuter(pixel % width, width)) continue;
    const at = pixel * column;
    const brightness = brightnessAt(picture, at, layout, grey);
    grey.black.forEach((dark, channel) => {
      sum += ((picture[at + channel * stride] - dark) / grey.white[channel] - brightness) ** 2;
    });
    count++;
  }
  return Math.sqrt(sum / Math.max(1, count));
}

/**
 * A picture as grainy as another. A picture's detail is what a blur over 3 × 3 pixels takes away. Where the donor has less
 * of it in its corners than the recipient in its own, the recipient's is weakened by their ratio; where it has more, the
 * donor's is added, its upper left corner repeated, as strong as what is lacking. Kept within the range of the two.
 */
export function withGrain(recipient: Float32Array, donor: Float32Array, layout: PictureLayout): Float32Array {
  const { channels, height, width } = layout;
  const strides = stridesOf(layout);
  const [ownSoft, otherSoft] = [softened(recipient, layout), softened(donor, layout)];
  const [tall, wide] = [height, width].map((size) => Math.max(1, Math.round(CORNER * size)));
  const out = new Float32Array(recipient.length);
  for (let channel = 0; channel < channels; channel++) {
    const own = cornerDetail(recipient, ownSoft, layout, channel);
    const other = cornerDetail(donor, otherSoft, layout, channel);
    const kept = own > 0 ? Math.min(1, other / own) : 1;
    const added = other > own ? Math.sqrt(other ** 2 - own ** 2) / other : 0;
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        const at = row * strides.row + column * strides.column + channel * strides.channel;
        const from =
          (row % tall) * strides.row + (column % wide) * strides.column + channel * strides.channel;
        out[at] =
          ownSoft[at] + kept * (recipient[at] - ownSoft[at]) + added * (donor[from] - otherSoft[from]);
      }
    }
  }
  return withinRange(out, recipient, donor, layout);
}

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
  const own = bandsOf(isSharper ? recipient : blurredTo(other.middle, recipient, layout), layout);
  const [least, most] = isSharper ? [1, SHARPENED] : [WEAKENED, 1];
  const gainOf = (band: 'fine' | 'middle'): number =>
    own[band] > 0 ? clamp(other[band] / own[band], least, most) : 1;
  const [fine, middle] = [gainOf('fine'), gainOf('middle')];
  const out = own.softer.map(
    (value, i) => value + middle * (own.soft[i] - value) + fine * (own.picture[i] - own.soft[i]),
  );
  return withinRange(out, recipient, donor, layout);
}

/** Of a picture blurred ever more the first that has no more detail of middle size than that, or the one before if that is nearer. */
function blurredTo(middle: number, picture: Float32Array, layout: PictureLayout): Float32Array {
  let before = { picture, middle: bandsOf(picture, layout).middle };
  for (let blur = 0; blur < BLURS; blur++) {
    const next = smoothed(before.picture, layout);
    const left = bandsOf(next, layout).middle;
    if (left <= middle) return middle - left < before.middle - middle ? next : before.picture;
    before = { picture: next, middle: left };
  }
  return before.picture;
}

/** A picture blurred once and again, and how strong what each blur takes away is beside what a third does. */
function bandsOf(picture: Float32Array, layout: PictureLayout) {
  const soft = softened(picture, layout);
  const softer = softened(softened(soft, layout), layout);
  let softest = softer;
  for (let time = 0; time < 4; time++) softest = softened(softest, layout);
  const size = (a: Float32Array, b: Float32Array): number =>
    Math.sqrt(a.reduce((sum, value, i) => sum + (value - b[i]) ** 2, 0));
  const coarse = size(softer, softest);
  const share = (amount: number): number => (coarse > 0 ? amount / coarse : 0);
  return { picture, soft, softer, fine: share(size(picture, soft)), middle: share(size(soft, softer)) };
}

/** Is a row or column one of those of a corner? */
function isOuter(index: number, size: number): boolean {
  return Math.min(index + 0.5, size - index - 0.5) < CORNER * size;
}

/** Root mean square of a channel's detail in the four corners. */
function cornerDetail(
  picture: Float32Array,
  soft: Float32Array,
  layout: PictureLayout,
  channel: number,
): number {
  const { height, width } = layout;
  const strides = stridesOf(layout);
  let [sum, count] = [0, 0];
  for (let row = 0; row < height; row++) {
    if (!isOuter(row, height)) continue;
    for (let column = 0; column < width; column++) {
      if (!isOuter(column, width)) continue;
      const at = row * strides.row + column * strides.column + channel * strides.channel;
      sum += (picture[at] - soft[at]) ** 2;
      count++;
    }
  }
  return count > 0 ? Math.sqrt(sum / count) : 0;
}

/** The mean over 3 × 3 pixels, twice. */
function softened(picture: Float32Array, layout: PictureLayout): Float32Array {
  return smoothed(smoothed(picture, layout), layout);
}

/** The mean over 3 × 3 pixels; at the edges the nearest pixels stand for those outside. */
function smoothed(picture: Float32Array, layout: PictureLayout): Float32Array {
  const { channels, height, width } = layout;
  const strides = stridesOf(layout);
  let from = picture;
  for (const { size, stride, other, lines } of [
    { size: width, stride: strides.column, other: strides.row, lines: height },
    { size: height, stride: strides.row, other: strides.column, lines: width },
  ]) {
    const to = new Float32Array(from.length);
    for (let channel = 0; channel < channels; channel++) {
      for (let line = 0; line < lines; line++) {
        const start = channel * strides.channel + line * other;
        for (let i = 0; i < size; i++) {
          const [before, after] = [Math.max(0, i - 1), Math.min(size - 1, i + 1)];
          to[start + i * stride] =
            (from[start + before * stride] + from[start + i * stride] + from[start + after * stride]) / 3;
        }
      }
    }
    from = to;
  }
  return from;
}

/** Values kept between the smallest and the largest that a channel has in either picture. */
function withinRange(
  values: Float32Array,
  recipient: Float32Array,
  donor: Float32Array,
  layout: PictureLayout,
): Float32Array {
  const { channels, height, width } = layout;
  const { column, channel: stride } = stridesOf(layout);
  for (let channel = 0; channel < channels; channel++) {
    let [low, high] = [Infinity, -Infinity];
    for (let pixel = 0; pixel < height * width; pixel++) {
      const at = pixel * column + channel * stride;
      low = Math.min(low, recipient[at], donor[at]);
      high = Math.max(high, recipient[at], donor[at]);
    }
    for (let pixel = 0; pixel < height * width; pixel++) {
      const at = pixel * column + channel * stride;
      values[at] = clamp(values[at], low, high);
    }
  }
  return values;
}
