import { mapColour, mapOpacity } from '../../wording/map-colours.ts';
import type { PictureView } from './picture-view.ts';

/** Steps of a scale that are told apart. */
const LEVELS = 48;

interface Shade {
  readonly value: number;
  readonly colour: readonly number[];
  readonly opacity: number;
}

const SHADES: readonly (readonly Shade[])[] = [false, true].map((isSigned) =>
  Array.from({ length: LEVELS + 1 }, (_, level): Shade => {
    const share = level / LEVELS;
    const value = isSigned ? 2 * share - 1 : share;
    return {
      value,
      colour: mapColour(share, isSigned).map((channel) => channel / 255),
      opacity: mapOpacity(Math.abs(value)),
    };
  }),
);

/**
 * Reads a map off its colours over the picture, as one who knows the legend does: for each cell the value whose colour over
 * the grey picture is nearest, 0 … 1, or -1 … 1 where the colours are those of a signed map. [64 · 64].
 */
export function readShownMap(picture: PictureView, overlay: PictureView): Float32Array {
  const [plain, signed] = SHADES.map((shades) => readBy(shades, picture.fine, overlay.fine));
  return signed.error < plain.error ? signed.values : plain.values;
}

function readBy(
  shades: readonly Shade[],
  picture: Float32Array,
  overlay: Float32Array,
): { readonly values: Float32Array; readonly error: number } {
  const values = new Float32Array(picture.length / 3);
  let error = 0;
  for (let cell = 0; cell < values.length; cell++) {
    const grey = 0.299 * picture[3 * cell] + 0.587 * picture[3 * cell + 1] + 0.114 * picture[3 * cell + 2];
    let least = Infinity;
    for (const { value, colour, opacity } of shades) {
      let distance = 0;
      for (let channel = 0; channel < 3; channel++)
        distance += (grey + (colour[channel] - grey) * opacity - overlay[3 * cell + channel]) ** 2;
      if (distance >= least) continue;
      least = distance;
      values[cell] = value;
    }
    error += least;
  }
  return { values, error };
}
