import { choleskyFactor } from '../linalg/cholesky.ts';
import { CORNER, stridesOf, withinRange, type PictureLayout } from './picture-layout.ts';
import { smoothed } from './smoothed.ts';

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
  const [ownSoft, otherSoft] = [smoothed(recipient, layout, 2), smoothed(donor, layout, 2)];
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
