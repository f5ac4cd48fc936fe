import type { PointView } from './point-pixels.ts';

/** Points beyond which a vector file is of no use to any program. */
export const MOST_VECTORS = 20_000;

/** Points on a view as an SVG file. */
export function pointsSvg(
  { points, colours }: { readonly points: Float32Array; readonly colours: Uint32Array },
  { view, radius }: { readonly view: PointView; readonly radius: number },
  {
    width,
    height,
    background,
  }: { readonly width: number; readonly height: number; readonly background: string },
): string {
  const circles = Array.from(colours, (pixel, i) => {
    const [x, y] = [points[2 * i] * view.scale + view.x, points[2 * i + 1] * view.scale + view.y];
    return `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="${radius}" fill="${textOf(pixel)}"/>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="100%" height="100%" fill="${background}"/>${circles.join('')}</svg>`;
}

function textOf(pixel: number): string {
  const [r, g, b] = [pixel & 255, (pixel >> 8) & 255, (pixel >> 16) & 255];
  return `#${[r, g, b].map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}
