import type { OpenedRun } from './opened-runs.ts';

/** Places of a concept in order: image and grid position (counted without positions before the grid) of each. */
export interface CropOrder {
  readonly images: Uint32Array;
  readonly cells: Uint32Array;
}

/**
 * Every grid position where a concept is, or the strongest of each image, the strongest first; with `effects` (one an
 * image) those of the image with the largest effect first, the strongest of an image before its others.
 */
export function orderCrops(
  { coefficients, boxes, firstPosition }: Pick<OpenedRun, 'coefficients' | 'boxes' | 'firstPosition'>,
  column: number,
  { places, effects }: { readonly places: 'all' | 'strongest'; readonly effects?: ArrayLike<number> },
): CropOrder {
  const found: number[] = [];
  const valueOf = (place: number): number => {
    const { data, cols } = coefficients[Math.floor(place / boxes.length)];
    return data[(firstPosition + (place % boxes.length)) * cols + column];
  };
  for (let image = 0; image < coefficients.length; image++) {
    const own: number[] = [];
    for (let cell = 0; cell < boxes.length; cell++) {
      const place = image * boxes.length + cell;
      if (valueOf(place) > 0) own.push(place);
    }
    if (places === 'all') for (const place of own) found.push(place);
    else if (own.length > 0) found.push(own.reduce((a, b) => (valueOf(b) > valueOf(a) ? b : a)));
  }
  const values = new Map(found.map((place) => [place, valueOf(place)]));
  const effectOf = (place: number): number => effects?.[Math.floor(place / boxes.length)] ?? 0;
  found.sort((a, b) => effectOf(b) - effectOf(a) || values.get(b)! - values.get(a)! || a - b);
  return {
    images: Uint32Array.from(found, (place) => Math.floor(place / boxes.length)),
    cells: Uint32Array.from(found, (place) => place % boxes.length),
  };
}
