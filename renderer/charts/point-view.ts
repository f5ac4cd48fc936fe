import { extent, polygonContains, quadtree, type Quadtree } from 'd3';
import type { PointView } from './point-pixels.ts';

/** Width of the margin around all points, as a share of the view. */
const MARGIN = 0.06;
const [LEAST_ZOOM, MOST_ZOOM] = [0.5, 200];

/** A size in pixels. */
type Size = readonly [width: number, height: number];
/** A place in pixels of a view. */
export type Place = readonly [x: number, y: number];

/** The view that shows all points; one scale for both axes, for distances are read across them. */
export function wholeView(points: Float32Array, [width, height]: Size): PointView {
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let i = 0; i < points.length; i += 2) {
    [left, right] = [Math.min(left, points[i]), Math.max(right, points[i])];
    [top, bottom] = [Math.min(top, points[i + 1]), Math.max(bottom, points[i + 1])];
  }
  const room = 1 - 2 * MARGIN;
  const scale = Math.min(
    (width * room) / Math.max(right - left, 1e-9),
    (height * room) / Math.max(bottom - top, 1e-9),
  );
  const isSame = !Number.isFinite(scale) || scale > 1e8;
  const own = isSame ? 1 : scale;
  return {
    scale: own,
    x: width / 2 - (own * (left + right)) / 2,
    y: height / 2 - (own * (top + bottom)) / 2,
  };
}

/** A view that is larger by a factor, with one of its places where it was. */
export function zoomed(view: PointView, factor: number, [x, y]: Place, whole: PointView): PointView {
  const scale = Math.min(MOST_ZOOM * whole.scale, Math.max(LEAST_ZOOM * whole.scale, view.scale * factor));
  const by = scale / view.scale;
  return { scale, x: x - by * (x - view.x), y: y - by * (y - view.y) };
}

/** A view that is moved. */
export function moved(view: PointView, dx: number, dy: number): PointView {
  return { ...view, x: view.x + dx, y: view.y + dy };
}

/** Finds the point that is nearest to a place of a view. */
export type FindPoint = (view: PointView, place: Place, reach: number) => number | null;

/** Makes points ready to be found. */
export function pointFinder(points: Float32Array): FindPoint {
  const indices = Array.from({ length: points.length / 2 }, (_, i) => i);
  const tree: Quadtree<number> = quadtree(
    indices,
    (i) => points[2 * i],
    (i) => points[2 * i + 1],
  );
  return (view, [x, y], reach) =>
    tree.find((x - view.x) / view.scale, (y - view.y) / view.scale, reach / view.scale) ?? null;
}

/** The points inside a line that a person drew on a view, by index. */
export function pointsInside(points: Float32Array, view: PointView, line: readonly Place[]): number[] {
  if (line.length < 3) return [];
  const polygon = line.map(([x, y]): [number, number] => [
    (x - view.x) / view.scale,
    (y - view.y) / view.scale,
  ]);
  const [xs, ys] = [polygon.map(([x]) => x), polygon.map(([, y]) => y)];
  const [left = 0, right = 0] = extent(xs);
  const [top = 0, bottom = 0] = extent(ys);
  const inside: number[] = [];
  for (let i = 0; i < points.length / 2; i++) {
    const [x, y] = [points[2 * i], points[2 * i + 1]];
    if (x < left || x > right || y < top || y > bottom) continue;
    if (polygonContains(polygon, [x, y])) inside.push(i);
  }
  return inside;
}
