import { rgb } from 'd3';
import { conceptColour } from '../../core/wording/concept-colours.ts';
import { mapColour } from '../../core/wording/map-colours.ts';
import { pixelOf } from './point-pixels.ts';

/** Points of no kind. */
const GREY = { light: '#9aa0ab', dark: '#626a76' } as const;
/** Ends of the scale of amounts that can be seen on a light and on a dark background. */
const SCALE = { light: [0, 0.86], dark: [0.24, 1] } as const;

/** Kinds of points with a colour: a place on the scale of categories, null for grey. */
interface ColouredKind {
  readonly colour: number | null;
  readonly points: readonly number[];
}

/** The pixels of points by their kinds. */
export function kindPixels(count: number, kinds: readonly ColouredKind[], isDark: boolean): Uint32Array {
  const out = new Uint32Array(count).fill(pixelOfText(isDark ? GREY.dark : GREY.light));
  for (const { colour, points } of kinds) {
    if (colour === null) continue;
    const { edgeOnDark, edgeOnLight } = conceptColour(colour);
    const pixel = pixelOfText(isDark ? edgeOnDark : edgeOnLight);
    for (const point of points) out[point] = pixel;
  }
  return out;
}

/** The pixels of points by an amount, from none to the most. */
export function amountPixels(amounts: readonly number[], isDark: boolean): Uint32Array {
  const most = amounts.reduce((so, amount) => Math.max(so, amount), 1e-9);
  const colours = Array.from({ length: 256 }, (_, i) => pixelOf(amountColour(i / 255, isDark)));
  return Uint32Array.from(amounts, (amount) => colours[Math.round((255 * Math.max(0, amount)) / most)]);
}

/** The scale of amounts as a CSS gradient. */
export function amountGradient(isDark: boolean): string {
  const stops = Array.from({ length: 11 }, (_, i) => rgb(...amountColour(i / 10, isDark)).formatHex());
  return `linear-gradient(to right, ${stops.join(', ')})`;
}

function amountColour(share: number, isDark: boolean) {
  const [from, to] = isDark ? SCALE.dark : SCALE.light;
  // On a light background much is dark, on a dark one much is bright.
  return mapColour(isDark ? from + share * (to - from) : to - share * (to - from));
}

function pixelOfText(text: string): number {
  const { r, g, b } = rgb(text);
  return pixelOf([r, g, b]);
}
