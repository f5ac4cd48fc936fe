import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rowView } from '../../../core/linalg/matrix.ts';
import { replicatedDesign } from '../../../core/sampling/replicated-design.ts';
import { jansen } from '../../../core/sensitivity/jansen.ts';
import { linearExact } from '../../../core/sensitivity/linear-exact.ts';

describe('linearExact', () => {
  it('gives the shares of the squared slopes', () => {
    const { indices, status } = linearExact([3, -4, 0]);
    // Rounding.
    expect(indices).toBeAllclose([9 / 25, 16 / 25, 0], { rtol: 1e-15 });
    expect(status).toBe('ok');
  });

  it('agrees with sampling', () => {
    const gains = [2, -1, 0.5, 0];
    const masks = replicatedDesign({ kind: 'sobol', nConcepts: 4, samples: 4096, seed: 1 });
    const outputs = Float64Array.from({ length: masks.rows }, (_, row) =>
      rowView(masks, row).reduce((sum, m, c) => sum + gains[c] * m, 7),
    );
    // Sampling error of 4096 points.
    expect(jansen(outputs, 4).indices).toBeAllclose(linearExact(gains).indices, { atol: 0.005 });
  });

  it('sums to 1 whatever the size of the slopes', () => {
    const sizes = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 });
    const unit = fc.property(sizes, (gains) => {
      fc.pre(gains.some((gain) => gain !== 0));
      const { indices } = linearExact(gains);
      expect(indices.reduce((sum, index) => sum + index, 0)).toBeCloseTo(1, 12);
    });
    fc.assert(unit);
  });

  it('reports slopes that are all zero, and ones that are not finite', () => {
    expect(linearExact([0, -0])).toEqual({ indices: Float64Array.of(0, 0), status: 'constant-output' });
    expect(linearExact([])).toEqual({ indices: new Float64Array(0), status: 'constant-output' });
    expect(linearExact([1, Infinity])).toEqual({ indices: Float64Array.of(NaN, NaN), status: 'non-finite' });
  });
});
