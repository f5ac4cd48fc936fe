import { describe, expect, it } from 'vitest';
import { embed } from '../../../core/embedding/embed.ts';
import { matrix, type Matrix } from '../../../core/linalg/matrix.ts';
import { createRandom } from '../../../core/random.ts';

/** Rows around three centres, one after another. */
function blobs(rows: number, cols = 6, apart = 8): Matrix {
  const random = createRandom(3);
  const out = matrix(rows, cols);
  for (let i = 0; i < out.data.length; i++)
    out.data[i] = random.normal() + (i % cols === Math.floor(i / cols) % 3 ? apart : 0);
  return out;
}

/** Share of rows whose nearest point on the map is of their own blob. */
function sharesOwn(points: Float32Array): number {
  const n = points.length / 2;
  let own = 0;
  for (let i = 0; i < n; i++) {
    let [best, nearest] = [Infinity, -1];
    for (let j = 0; j < n; j++) {
      const far = (points[2 * i] - points[2 * j]) ** 2 + (points[2 * i + 1] - points[2 * j + 1]) ** 2;
      if (j !== i && far < best) [best, nearest] = [far, j];
    }
    if (nearest % 3 === i % 3) own++;
  }
  return own / n;
}

describe('embed', () => {
  it('keeps near what is near, and gives the same map every time', async () => {
    const a = blobs(300);
    const [first, again] = [await embed(a, { seed: 5 }), await embed(a, { seed: 5 })];
    expect(first.method).toBe('neighbours');
    expect(sharesOwn(first.points)).toBeGreaterThan(0.98);
    expect(again.points).toEqual(first.points);
    expect((await embed(a, { seed: 6 })).points).not.toEqual(first.points);
  });

  it('lays few rows on the plane of their largest spread, without stretching a distance', async () => {
    const a = blobs(10);
    const { method, points, share } = await embed(a, { seed: 1 });
    expect(method).toBe('plane');
    expect(share).toBeGreaterThan(0.5);
    for (let i = 1; i < 10; i++) {
      const onMap = Math.hypot(points[2 * i] - points[0], points[2 * i + 1] - points[1]);
      const inRows = Math.hypot(...Array.from({ length: 6 }, (_, j) => a.data[6 * i + j] - a.data[j]));
      expect(onMap).toBeLessThanOrEqual(inRows * (1 + 1e-4));
    }
  });

  it('says that two rows, or equal ones, have no map', async () => {
    expect(await embed(blobs(2), { seed: 1 })).toMatchObject({ method: 'too-few' });
    expect(await embed(matrix(40, 3), { seed: 1 })).toMatchObject({ method: 'equal' });
  });

  it('puts rows that are equal near each other, and takes rows of one column', async () => {
    const a = matrix(
      60,
      1,
      Float32Array.from({ length: 60 }, (_, i) => (i % 2 === 0 ? 0 : 5 + (i % 3))),
    );
    const { points } = await embed(a, { seed: 1 });
    expect(points.every(Number.isFinite)).toBe(true);
  });

  it('can be stopped', async () => {
    const stop = new AbortController();
    const stages: string[] = [];
    const work = embed(blobs(600), {
      seed: 1,
      signal: stop.signal,
      onProgress: ({ stage }) => {
        stages.push(stage);
        if (stage === 'layout') stop.abort(new Error('enough'));
      },
    });
    await expect(work).rejects.toThrow('enough');
    expect(stages).toContain('neighbours');
  });
});
