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

/**
 * Pixels [rows, columns, 4] of a map, magnitude shown by colour. Where there is little the picture shows through
 * more, so that the places stand out of it.
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
    pixels.set([r, g, b, 255 * opacity01 * (0.6 + 0.4 * strength)], i * 4);
  });
  return pixels;
}
