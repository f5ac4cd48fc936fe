import { describe, expect, it } from 'vitest';
import type { Matrix } from '../../../core/linalg/matrix.ts';
import { rowView } from '../../../core/linalg/matrix.ts';
import { lastTotalIndex } from '../../../core/sensitivity/last-total-index.ts';
import { totalIndex } from '../../../core/sensitivity/total-index.ts';

const evaluate = (of: (m: Float32Array) => number) => (masks: Matrix) =>
  Promise.resolve(Float64Array.from({ length: masks.rows }, (_, row) => of(rowView(masks, row))));
/** With interactions, some of them with the last. */
const bent = evaluate((m) => 3 * m[0] - 2 * m[1] * m[3] + m[2] ** 2 + 1.5 * m[3]);

describe('lastTotalIndex()', () => {
  it('is the last of the total indices of all masks, from the same designs', async () => {
    const all = await totalIndex(bent, 4, { samples: 256, replicates: 3, seed: 7 });
    const last = await lastTotalIndex(bent, 4, { samples: 256, replicates: 3, seed: 7 });
    expect(last.status).toBe('ok');
    expect(last.replicates).toEqual(all.replicates.map((indices) => indices[3]));
  });

  it('is the closed form of a linear function', async () => {
    const gains = [3, -2, 1, 2];
    const linear = evaluate((m) => m.reduce((sum, value, i) => sum + gains[i] * value, 5));
    const { replicates } = await lastTotalIndex(linear, 4, { samples: 1024 });
    expect(replicates).toBeAllclose(
      replicates.map(() => 4 / 18),
      { atol: 0.02 },
    );
  });

  it('tells a function that does not move, and one that breaks', async () => {
    expect(
      await lastTotalIndex(
        evaluate(() => 4),
        2,
      ),
    ).toMatchObject({ status: 'constant-output' });
    expect(
      await lastTotalIndex(
        evaluate(() => NaN),
        2,
      ),
    ).toMatchObject({ status: 'non-finite' });
  });
});
