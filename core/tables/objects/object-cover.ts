import { frameOf, type Preprocessing } from '../../images/preprocessing.ts';
import type { MarkedObject, MarkedPicture } from './marked-picture.ts';

/** Points looked at along each side of a place of the grid. */
const POINTS = 4;

/**
 * The share of each place of a layer's grid that lies in any of some objects, [rows · columns], 0…1, for a picture that is
 * fitted to the model's frame; what is cut away counts nowhere. By sixteen points a place.
 *
 * Limits  sizes are those of the marks: a picture that its file turns must be marked as it is shown.
 */
export function objectCover(
  { width, height }: Pick<MarkedPicture, 'width' | 'height'>,
  objects: readonly MarkedObject[],
  preprocessing: Pick<Preprocessing, 'size' | 'width' | 'fit' | 'resizeShort'>,
  [rows, columns]: readonly [number, number],
): Float64Array {
  const toPicture = inverseFit({ width, height }, preprocessing);
  return Float64Array.from({ length: rows * columns }, (_, place) => {
    let inside = 0;
    for (let point = 0; point < POINTS ** 2; point++) {
      const across = ((place % columns) + ((point % POINTS) + 0.5) / POINTS) / columns;
      const down = (Math.floor(place / columns) + (Math.floor(point / POINTS) + 0.5) / POINTS) / rows;
      const [x, y] = toPicture(across, down);
      if (objects.some(({ isInside }) => isInside(x, y))) inside++;
    }
    return inside / POINTS ** 2;
  });
}

/** From shares of the frame to pixels of the picture; of `contain` also to outside of it. */
function inverseFit(
  { width, height }: { readonly width: number; readonly height: number },
  preprocessing: Pick<Preprocessing, 'size' | 'width' | 'fit' | 'resizeShort'>,
): (across: number, down: number) => readonly [number, number] {
  const { fit, resizeShort } = preprocessing;
  if (fit === 'stretch') return (across, down) => [across * width, down * height];
  const frame = frameOf(preprocessing);
  const [wide, high] = [frame.width / width, frame.height / height];
  const covering = Math.max(wide, high, (resizeShort ?? 0) / Math.min(width, height));
  const scale = fit === 'contain' ? Math.min(wide, high) : covering;
  const [left, top] = [(width * scale - frame.width) / 2, (height * scale - frame.height) / 2];
  return (across, down) => [(left + across * frame.width) / scale, (top + down * frame.height) / scale];
}
