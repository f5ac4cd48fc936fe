import { describe, expect, it } from 'vitest';
import { drawPoints, pixelOf } from '../../../renderer/charts/point-pixels.ts';
import { moved, pointFinder, pointsInside, wholeView, zoomed } from '../../../renderer/charts/point-view.ts';
import { pointsSvg } from '../../../renderer/charts/point-svg.ts';

const WHITE = pixelOf([255, 255, 255]);
const RED = pixelOf([255, 0, 0]);
const BLUE = pixelOf([0, 0, 255]);
const HERE = { scale: 1, x: 0, y: 0 };

function drawn(points: readonly number[], colours: readonly number[], chosen: Uint8Array | null = null) {
  const pixels = new Uint32Array(20 * 20).fill(WHITE);
  const scene = { points: Float32Array.from(points), colours: Uint32Array.from(colours), chosen, radius: 2 };
  drawPoints(pixels, [20, 20], scene, HERE);
  return (x: number, y: number): number => pixels[20 * y + x];
}

describe('drawPoints', () => {
  it('draws discs where the points are, the later ones on top, and none beyond the edge', () => {
    const at = drawn([5, 5, 12, 5, 12, 5, 19, 19, -40, 5], [RED, RED, BLUE, RED, RED]);
    expect(at(12, 5)).toBe(BLUE);
    expect(at(4, 5)).toBe(RED);
    expect(at(5, 15)).toBe(WHITE);
    expect(at(19, 19)).toBe(RED);
    // Nothing comes in again at the other side.
    expect(at(0, 19)).toBe(WHITE);
  });

  it('draws the chosen on top and the others faint', () => {
    const at = drawn([5, 5, 5, 5, 15, 15], [RED, BLUE, BLUE], Uint8Array.of(1, 0, 0));
    expect(at(5, 5)).toBe(RED);
    const faint = at(15, 15);
    expect(faint & 255).toBeGreaterThan(180);
    expect((faint >> 16) & 255).toBeGreaterThanOrEqual(254);
  });
});

describe('the view of a map', () => {
  const points = Float32Array.of(-1, -1, 1, 1, 0, 0.5);

  it('shows all points at one scale, and keeps a place where it is when it grows', () => {
    const whole = wholeView(points, [400, 200]);
    for (let i = 0; i < 6; i += 2) {
      expect(points[i] * whole.scale + whole.x).toBeGreaterThan(0);
      expect(points[i + 1] * whole.scale + whole.y).toBeLessThan(200);
    }
    const near = zoomed(whole, 2, [100, 50], whole);
    expect((100 - near.x) / near.scale).toBeCloseTo((100 - whole.x) / whole.scale, 9);
    expect(zoomed(whole, 1e9, [0, 0], whole).scale).toBe(200 * whole.scale);
    expect(moved(whole, 5, -5)).toMatchObject({ x: whole.x + 5, y: whole.y - 5 });
  });

  it('shows points that are all at one place', () => {
    expect(wholeView(Float32Array.of(3, 3, 3, 3), [400, 200])).toEqual({ scale: 1, x: 197, y: 97 });
  });

  it('finds the nearest point within reach, and those inside a line', () => {
    const view = wholeView(points, [400, 400]);
    const place = (i: number): [number, number] => [
      points[2 * i] * view.scale + view.x,
      points[2 * i + 1] * view.scale + view.y,
    ];
    const find = pointFinder(points);
    expect(find(view, [place(1)[0] + 3, place(1)[1]], 12)).toBe(1);
    expect(find(view, [place(0)[0] + 60, place(0)[1]], 12)).toBeNull();
    const line: [number, number][] = [
      [0, 180],
      [400, 180],
      [400, 400],
      [0, 400],
    ];
    expect(pointsInside(points, view, line)).toEqual([1, 2]);
    expect(pointsInside(points, view, line.slice(0, 2))).toEqual([]);
  });

  it('is saved as vectors where it stands', () => {
    const text = pointsSvg(
      { points, colours: Uint32Array.of(RED, BLUE, RED) },
      { view: { scale: 10, x: 50, y: 60 }, radius: 4 },
      { width: 100, height: 120, background: 'white' },
    );
    expect(text.match(/<circle/g)).toHaveLength(3);
    expect(text).toContain('<circle cx="60.0" cy="70.0" r="4" fill="#0000ff"/>');
  });
});
