import { describe, expect, it } from 'vitest';
import { matrix } from '../../../core/linalg/matrix.ts';
import { bankMovement } from '../../../core/pipeline/influence/bank-movement.ts';
import type { ActivationRows } from '../../../core/pipeline/stages/rows.ts';
import { MOVEMENT_SETTING, randomRows } from '../../fixtures/influence-cases.ts';

function problem(seed: number) {
  const { rows, start } = randomRows(seed, { images: 8, perImage: 12, p: 14, r: 3 });
  const { rows: n, cols: p, data } = rows.activations;
  const given: ActivationRows = {
    activations: matrix(n, p, Float32Array.from(data)),
    places: Array.from({ length: n }, (_, row) => ({ image: Number(rows.imageOf[row]), box: [0, 0, 1, 1] })),
    isWhole: true,
  };
  return { given, bank: matrix(3, p, Float32Array.from(start)) };
}

describe('bankMovement()', () => {
  it('moves the bank by every image where there are few, and names the image that outweighs the others', async () => {
    const { given, bank } = problem(11);
    // Squared errors of image 5 count sixteen times as much.
    const odd = given.activations.data.map((value, at) =>
      at >= 60 * 14 && at < 72 * 14 ? 4 * value : value,
    );
    const rows = { ...given, activations: matrix(96, 14, odd) };
    const found = await bankMovement(rows, bank, { rows: 96, groups: 8, refits: 4 }, MOVEMENT_SETTING);
    expect(found.groups).toBe(found.source === 'jackknife' ? 8 : 4);
    expect(found.spread.every((value) => value > 0 && Number.isFinite(value))).toBe(true);
    expect(found.cosine.every((value) => value > 0 && value < 1)).toBe(true);
    expect(found.status).toBe('solved');
    const most = [0, 1, 2].map((concept) => {
      const shares = Array.from({ length: 8 }, (_, image) => Math.abs(found.influence![image * 3 + concept]));
      return shares.indexOf(Math.max(...shares));
    });
    expect(most.filter((image) => image === 5).length).toBeGreaterThan(1);
  });

  it('takes as many rows of every image, and says so of the refits where there is no derivative', async () => {
    const { given, bank } = problem(3);
    // Rows of zeros have no concept, and rows that are one concept are at the edge of every other.
    const pure = given.activations.data.slice();
    for (let row = 0; row < 96; row += 2) pure.set(bank.data.subarray(0, 14), row * 14);
    const rows = { ...given, activations: matrix(96, 14, pure) };
    const found = await bankMovement(rows, bank, { rows: 64, groups: 4, refits: 3 }, MOVEMENT_SETTING);
    expect(found.nearDegenerate).toBeGreaterThan(0.05);
    expect(found).toMatchObject({ status: 'near-degenerate', source: 'refits', groups: 3 });
    expect(found.groupOf).toEqual([0, 0, 1, 1, 2, 2, 3, 3]);
  });
});
