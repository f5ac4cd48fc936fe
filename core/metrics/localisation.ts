import { invariant } from '../errors.ts';

/** The best overlap of {map >= threshold} with a mask. */
export interface BestOverlap {
  /** Intersection over union, 0…1. */
  readonly iou: number;
  readonly threshold: number;
}

/**
 * Intersection over union of a map with a binary mask at the threshold that suits the map best: an upper bound on
 * what any choice of threshold gives, so that methods with different scales can be compared.
 *
 * `map` and `mask` are laid out alike, one value a pixel; a mask pixel is inside when it is not 0. Undefined for an
 * empty mask: the part is not in the picture. Of equally good thresholds the highest is given.
 * Throws BugError for unequal lengths and for a map that is not finite. O(n log n).
 */
export function bestOverlap(map: ArrayLike<number>, mask: ArrayLike<number>): BestOverlap | undefined {
  checkPair('bestOverlap', map, mask);
  const order = Uint32Array.from({ length: map.length }, (_, pixel) => pixel).sort((i, j) => map[j] - map[i]);
  const inside = countInside(mask);
  if (inside === 0) return undefined;
  let best: BestOverlap = { iou: -1, threshold: Infinity };
  let hits = 0;
  order.forEach((pixel, place) => {
    if (mask[pixel] !== 0) hits++;
    // Pixels of one value enter together.
    if (place + 1 < order.length && map[order[place + 1]] === map[pixel]) return;
    const iou = hits / (inside + place + 1 - hits);
    if (iou > best.iou) best = { iou, threshold: map[pixel] };
  });
  return best;
}

/**
 * Share of a map's mass that lies inside a binary mask, 0…1; compare it with the mask's share of the area, which a
 * flat map reaches. Negative values count as 0. Undefined when the map has no positive value.
 *
 * Layout and errors as in {@link bestOverlap}.
 */
export function massInside(map: ArrayLike<number>, mask: ArrayLike<number>): number | undefined {
  checkPair('massInside', map, mask);
  let total = 0;
  let inside = 0;
  for (let pixel = 0; pixel < map.length; pixel++) {
    const mass = Math.max(0, map[pixel]);
    total += mass;
    if (mask[pixel] !== 0) inside += mass;
  }
  return total > 0 ? inside / total : undefined;
}

function countInside(mask: ArrayLike<number>): number {
  let count = 0;
  for (let pixel = 0; pixel < mask.length; pixel++) if (mask[pixel] !== 0) count++;
  return count;
}

function checkPair(name: string, map: ArrayLike<number>, mask: ArrayLike<number>): void {
  invariant(
    map.length === mask.length,
    `${name}: a map of ${map.length} pixels and a mask of ${mask.length}`,
  );
  for (let pixel = 0; pixel < map.length; pixel++) {
    invariant(Number.isFinite(map[pixel]), `${name}: pixel ${pixel} of the map is ${map[pixel]}`);
  }
}
