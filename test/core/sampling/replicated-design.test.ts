import { describe, expect, it } from 'vitest';
import { rowView } from '../../../core/linalg/matrix.ts';
import { replicatedDesign } from '../../../core/sampling/replicated-design.ts';
import { designsGolden } from '../../fixtures/sobol/golden.ts';

describe('replicatedDesign', () => {
  it.each(designsGolden())('equals the reference for $kind, r = $r, N = $N, bit for bit', (golden) => {
    const { kind, r, N } = golden;
    const design = replicatedDesign({ kind, scrambled: false, nConcepts: r, samples: N });
    expect([design.rows, design.cols]).toEqual([(r + 2) * N, r]);
    if (golden.design_float32) expect([...design.data]).toEqual(golden.design_float32.data);
    for (let n = 0; n < N; n++) {
      const base = golden.AB_float64.data.slice(n * 2 * r, (n + 1) * 2 * r).map(Math.fround);
      expect([...rowView(design, n), ...rowView(design, N + n)]).toEqual(base);
    }
  });

  it.each(['sobol', 'halton', 'lhs'] as const)('builds block C_i from A with column i of B (%s)', (kind) => {
    const [nConcepts, samples] = [4, 8];
    const design = replicatedDesign({ kind, nConcepts, samples, seed: 5 });
    for (let i = 0; i < nConcepts; i++) {
      for (let n = 0; n < samples; n++) {
        const want = rowView(design, n).slice();
        want[i] = rowView(design, samples + n)[i];
        expect(rowView(design, (i + 2) * samples + n)).toEqual(want);
      }
    }
    expect(design.data.every((x) => x >= 0 && x <= 1)).toBe(true);
  });

  it.each(['sobol', 'halton', 'lhs'] as const)('repeats for a seed and changes with it (%s)', (kind) => {
    const build = (seed: number): Float32Array =>
      replicatedDesign({ kind, nConcepts: 3, samples: 16, seed }).data;
    expect(build(1)).toEqual(build(1));
    expect(build(1)).not.toEqual(build(2));
  });

  it('holds 256 concepts', () => {
    expect(replicatedDesign({ kind: 'sobol', nConcepts: 256, samples: 4 }).rows).toBe(258 * 4);
  });

  it('says what is wrong with a size or a kind', () => {
    const sobol = { kind: 'sobol', nConcepts: 3, samples: 8 } as const;
    expect(() => replicatedDesign({ ...sobol, samples: 1 })).toThrow(
      'replicatedDesign: samples must be a whole number of at least 2, got 1.',
    );
    expect(() => replicatedDesign({ ...sobol, nConcepts: 2.5 })).toThrow(
      'replicatedDesign: nConcepts must be a whole number of at least 1, got 2.5.',
    );
    expect(() => replicatedDesign({ ...sobol, nConcepts: 257 })).toThrow(
      'sobolSequence: there are direction numbers for 512 dimensions, got 514.',
    );
    expect(() => replicatedDesign({ ...sobol, kind: 'lhs', scrambled: false })).toThrow(
      'replicatedDesign: a Latin hypercube has no unscrambled form.',
    );
  });
});
