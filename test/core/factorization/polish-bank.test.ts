import { describe, expect, it, test } from 'vitest';
import { gemmProducts, preciseProducts } from '../../../core/factorization/factor-products.ts';
import { polishBank } from '../../../core/factorization/polish-bank.ts';
import { plainGemm } from '../../../core/linalg/plain-gemm.ts';
import { matrix } from '../../../core/linalg/matrix.ts';
import { loadTfjsBackend } from '../../../core/runtime/tfjs-backend.ts';
import { expectClose } from '../../fixtures/implicit/golden.ts';
import { influenceCases, polished, randomRows, rowsOf } from '../../fixtures/influence-cases.ts';

describe('polishBank()', () => {
  test.each(influenceCases.map((one) => [one.id, one] as const))(
    '%s: leaves the given minimum, and finds it again without each image',
    async (_, one) => {
      const rows = rowsOf(one);
      const start = Float64Array.from(one.W.data);
      expect((await polished(rows, start)).steps).toBe(0);
      for (let image = 0; image < one.n_images; image++) {
        const weights = Array.from({ length: one.n_images }, (__, i) => (i === image ? 0 : 1));
        const { bank, status } = await polished(rows, start, weights);
        expect(status).toBe('optimal');
        const want = one.loo_W.data.slice(image * start.length, (image + 1) * start.length);
        expectClose(bank, { shape: [start.length], data: want }, 1e-8);
      }
    },
  );

  it('ends with unit rows where no gradient is left, from a rough start', async () => {
    const { rows, start } = randomRows(3, { images: 6, perImage: 10, p: 12, r: 3 });
    const { bank, status, projectedGradient } = await polished(rows, start);
    expect(status).toBe('optimal');
    expect(projectedGradient).toBeLessThan(1e-10);
    for (let k = 0; k < 3; k++) {
      expect(Math.hypot(...bank.subarray(k * 12, (k + 1) * 12))).toBeCloseTo(1, 12);
    }
    expect(bank.every((value) => value >= 0)).toBe(true);
  });

  it('says that it is rough when the steps are used up, and stops at a signal', async () => {
    const { rows, start } = randomRows(5, { images: 5, perImage: 8, p: 10, r: 3 });
    const problem = { products: preciseProducts(rows.activations), concepts: 3 };
    expect((await polishBank(rows.activations, problem, start, { maxSteps: 1 })).status).toBe('rough');
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(polishBank(rows.activations, problem, start, { signal })).rejects.toThrow('enough');
  });

  it('reaches the same bank in float32 with the products of a device', async () => {
    const { rows, start } = randomRows(11, { images: 12, perImage: 20, p: 24, r: 2 });
    const precise = await polished(rows, start);
    const { rows: n, cols } = rows.activations;
    const activations = matrix(n, cols, Float32Array.from(rows.activations.data));
    expect((await loadTfjsBackend(['wasm'])).name).toBe('wasm');
    const products = await gemmProducts(activations, plainGemm);
    const problem = { products, concepts: 2 };
    const quick = await polishBank(activations, problem, start, { precision: 'backend' });
    await products.dispose();
    expect(quick.status).toBe('optimal');
    expect(quick.bank).toBeAllclose(precise.bank, { atol: 1e-2 });
  });
});
