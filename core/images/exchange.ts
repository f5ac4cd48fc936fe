import { formOf, type PlaceOrLook } from '../metrics/cues.ts';
import { clamp, CORNER, stridesOf, type PictureLayout } from './picture-layout.ts';
import { withColours, withGrain, withSaturation } from './picture-look.ts';
import { withSharpness } from './sharpness.ts';

/*
 * What is taken over from one picture into another to find out what a decision rests on: a place of the frame that seldom
 * shows the object itself, or a look of the whole picture. Whatever moves the decision then is not the object.
 */

/** Shares of the frame: side of a corner, width of a strip along an edge, of the border, and of all around the middle. */
const STRIP = 0.15;
const BORDER = 0.08;
const AROUND = 0.25;
/** Side of the corners that a background is made of: they seldom show an object. */
const SAMPLE = 0.2;

/** Is a point of the frame, by its distances from top and left as shares, in what is taken over? Everywhere for a look. */
export function isInPlace(name: PlaceOrLook, top: number, left: number): boolean {
  return (PLACES[formOf(name) === 'background' ? 'around' : name] ?? (() => true))(top, left);
}

/** Is a place inside? By its distances from the edges, as shares of the frame. */
type Inside = (top: number, left: number) => boolean;

const near = (share: number, width: number): boolean => share < width;
const far = (share: number, width: number): boolean => share >= 1 - width;
const edge = (top: number, left: number): number => Math.min(top, 1 - top, left, 1 - left);

const PLACES: Readonly<Partial<Record<PlaceOrLook, Inside>>> = {
  'top-left': (top, left) => near(top, CORNER) && near(left, CORNER),
  'top-right': (top, left) => near(top, CORNER) && far(left, CORNER),
  'bottom-left': (top, left) => far(top, CORNER) && near(left, CORNER),
  'bottom-right': (top, left) => far(top, CORNER) && far(left, CORNER),
  top: (top) => near(top, STRIP),
  bottom: (top) => far(top, STRIP),
  left: (_, left) => near(left, STRIP),
  right: (_, left) => far(left, STRIP),
  border: (top, left) => edge(top, left) < BORDER,
  around: (top, left) => edge(top, left) < AROUND,
};

/**
 * `recipient` with what `name` says taken from `donor`; both [channels, height, width] or [height, width, channels].
 *
 * - a corner, a strip along an edge, the border, all around the middle: the donor's pixels there.
 * - above, below: all around the middle, made of the donor's two upper (lower) corners alone, mirrored as often as needed.
 * - colours: the recipient's pixels, changed as its corners have to be to get the mean and covariance of the donor's.
 * - saturation: the recipient's colours as far from grey as the donor's.
 * - sharpness: the recipient blurred, or its finest detail made stronger, until it is as sharp as the donor.
 * - grain: as much fine detail as the donor has in its corners, which seldom show the object.
 *
 * What the last four compute stays within the range that the two pictures have.
 */
export function exchanged(
  name: PlaceOrLook,
  recipient: Float32Array,
  donor: Float32Array,
  layout: PictureLayout,
): Float32Array {
  switch (name) {
    case 'colours':
      return withColours(recipient, donor, layout);
    case 'saturation':
      return withSaturation(recipient, donor, layout);
    case 'sharpness':
      return withSharpness(recipient, donor, layout);
    case 'grain':
      return withGrain(recipient, donor, layout);
    case 'above':
    case 'below':
      return withPixels(recipient, donor, layout, PLACES.around!, cornersOf(layout, name));
    default:
      return withPixels(recipient, donor, layout, PLACES[name]!);
  }
}

/**
 * A picture with a place of the frame painted over by the nearest pixels outside it; of a corner those in the same row.
 * `name` is one of FRAME_PLACES.
 */
export function paintedOver(name: PlaceOrLook, picture: Float32Array, layout: PictureLayout): Float32Array {
  const inside = PLACES[name]!;
  const bounds = ({ low, high }: { low: number; high: number }, size: number) => ({
    first: Math.ceil(low * size - 0.5),
    last: size - 1 - Math.ceil(high * size - 0.5),
  });
  const cut = (at: 'top' | 'bottom' | 'left' | 'right'): number =>
    name === 'border' ? BORDER : name === at ? STRIP : 0;
  const { height, width } = layout;
  const rows = bounds({ low: cut('top'), high: cut('bottom') }, height);
  const columns = bounds({ low: cut('left'), high: cut('right') }, width);
  const isCorner = name.includes('-');
  return withPixels(picture, picture, layout, inside, (row, column) =>
    isCorner
      ? [row, beside(name, layout)]
      : [clamp(row, rows.first, rows.last), clamp(column, columns.first, columns.last)],
  );
}

/** The column beside a corner. */
function beside(name: PlaceOrLook, { width }: PictureLayout): number {
  const reach = Math.ceil(CORNER * width - 0.5);
  return name.endsWith('left') ? reach : width - 1 - reach;
}

/** `recipient` with a square of pixels taken from the same place of `donor`. */
export function withSquare(
  recipient: Float32Array,
  donor: Float32Array,
  layout: PictureLayout,
  { top, left, side }: { readonly top: number; readonly left: number; readonly side: number },
): Float32Array {
  const { height, width } = layout;
  const isWithin = (share: number, size: number, start: number): boolean =>
    share * size >= start && share * size < start + side;
  return withPixels(
    recipient,
    donor,
    layout,
    (down, right) => isWithin(down, height, top) && isWithin(right, width, left),
  );
}

function withPixels(
  recipient: Float32Array,
  donor: Float32Array,
  layout: PictureLayout,
  inside: Inside,
  source?: (row: number, column: number) => readonly [row: number, column: number],
): Float32Array {
  const { channels, height, width } = layout;
  const strides = stridesOf(layout);
  const out = recipient.slice();
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      if (!inside((row + 0.5) / height, (column + 0.5) / width)) continue;
      const [fromRow, fromColumn] = source === undefined ? [row, column] : source(row, column);
      const [to, from] = [
        row * strides.row + column * strides.column,
        fromRow * strides.row + fromColumn * strides.column,
      ];
      for (let channel = 0; channel < channels; channel++) {
        out[to + channel * strides.channel] = donor[from + channel * strides.channel];
      }
    }
  }
  return out;
}

/** For every pixel the one in the two upper or lower corners that stands for it. */
function cornersOf(
  { height, width }: PictureLayout,
  which: 'above' | 'below',
): (row: number, column: number) => readonly [row: number, column: number] {
  const [tall, wide] = [height, width].map((size) => Math.max(1, Math.round(SAMPLE * size)));
  return (row, column) => {
    const fromTop = folded(Math.min(row, height - 1 - row), tall);
    const fromLeft = column < width / 2;
    const across = folded(fromLeft ? column : width - 1 - column, wide);
    return [which === 'above' ? fromTop : height - 1 - fromTop, fromLeft ? across : width - 1 - across];
  };
}

/** A distance brought into 0 … period-1 by mirroring. */
function folded(distance: number, period: number): number {
  const at = distance % (2 * period);
  return at < period ? at : 2 * period - 1 - at;
}
