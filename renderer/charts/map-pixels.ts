import { contours, geoPath } from 'd3';
import { mapColour } from '../../core/wording/map-colours.ts';

/** What a map's values can be. */
export interface MapScale {
  readonly maximum: number;
  /** Values on both sides of zero; the middle is then neutral. */
  readonly isSigned: boolean;
}

/** The scale that all maps of a run share. */
export function mapScale(maps: readonly { readonly values: readonly number[] }[], maximum: number): MapScale {
  return {
    maximum: maximum > 0 ? maximum : 1,
    isSigned: maps.some(({ values }) => values.some((v) => v < 0)),
  };
}

/**
 * Where a value lies on the scale, 0 … 1.
 *
 * @internal Tests compare with it.
 */
export function scaled01(value: number, { maximum, isSigned }: MapScale): number {
  const fraction = isSigned ? (value / maximum + 1) / 2 : value / maximum;
  return Math.min(1, Math.max(0, fraction));
}

/** Share of a map's own maximum at which its contour lies. */
const CONTOUR_SHARE = 0.5;
/** Share of the scale below which a map has no place to draw a line around. */
const LEAST_SHARE = 0.05;

/** The line around a map's strongest places as an SVG path in cells of the map; '' where nothing is strong. */
export function mapContour(
  values: readonly number[],
  [rows, columns]: readonly [rows: number, columns: number],
  { maximum }: MapScale,
): string {
  const most = values.reduce((largest, value) => Math.max(largest, value), 0);
  if (rows < 2 || columns < 2 || most < LEAST_SHARE * maximum) return '';
  const line = contours()
    .size([columns, rows])
    .contour([...values], CONTOUR_SHARE * most);
  return geoPath()(line) ?? '';
}

/**
 * Pixels [rows, columns, 4] of a map, magnitude shown by colour and by opacity: where there is nothing the picture
 * stands in its own colours.
 */
export function mapPixels(
  values: readonly number[],
  scale: MapScale,
  opacity01: number,
): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(values.length * 4);
  const colours = Array.from({ length: 256 }, (_, i) => mapColour(i / 255, scale.isSigned));
  values.forEach((value, i) => {
    const [r, g, b] = colours[Math.round(scaled01(value, scale) * 255)];
    const strength = Math.min(1, Math.abs(value) / scale.maximum);
    pixels.set([r, g, b, 255 * opacity01 * Math.sqrt(strength)], i * 4);
  });
  return pixels;
}
