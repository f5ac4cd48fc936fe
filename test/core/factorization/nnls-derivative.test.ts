import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { nnlsDerivative, type RealMatrix } from '../../../core/factorization/nnls-derivative.ts';
import { nnls } from '../../../core/factorization/nnls.ts';
import { solveNnls } from '../../../core/factorization/passive-set.ts';
import { matrix } from '../../../core/linalg/matrix.ts';
import { createRandom } from '../../../core/random.ts';
import { expectClose, readGolden, type GoldenArray } from '../../fixtures/implicit/golden.ts';

interface GoldenCase {
  readonly id: string;
  readonly flag: string | null;
  readonly inputs: { readonly a: GoldenArray; readonly W: GoldenArray };
  readonly solution: GoldenArray;
  readonly vjp?: readonly {
    readonly cotangent: GoldenArray;
    readonly vjp: { readonly a: GoldenArray; readonly W?: GoldenArray };
  }[];
  readonly jvp?: readonly {
    readonly tangents: { readonly a?: GoldenArray; readonly W?: GoldenArray };
    readonly jvp: GoldenArray;
  }[];
  readonly jacobian_a?: GoldenArray;
  readonly jacobian_in?: GoldenArray;
  readonly jacobian_out?: GoldenArray;
  readonly degenerate_index?: number;
}

const { cases } = readGolden<{ cases: readonly GoldenCase[] }>('nnls');

function real(rows: number, cols: number, data: ArrayLike<number>): RealMatrix {
  return { rows, cols, data: Float64Array.from(data) };
}

function supportOf({ rows: r, cols: p, data: w }: RealMatrix, a: ArrayLike<number>): Uint8Array {
  const gram = new Float64Array(r * r);
  const correlation = new Float64Array(r);
  for (let i = 0; i < r; i++) {
    for (let k = 0; k < p; k++) {
      correlation[i] += w[i * p + k] * a[k];
      for (let j = 0; j < r; j++) gram[i * r + j] += w[i * p + k] * w[j * p + k];
    }
  }
  return solveNnls(gram, correlation, r).support;
}

function problemOf({ inputs: { a, W } }: GoldenCase) {
  const bank = real(W.shape[0], W.shape[1], W.data);
  return { bank, activations: real(1, W.shape[1], a.data), support: supportOf(bank, a.data) };
}

describe('nnlsDerivative()', () => {
  const smooth = cases.filter(({ vjp }) => vjp !== undefined);

  test.each(smooth.map((one) => [one.id, one] as const))(
    '%s: products and flag agree with the reference',
    (id, one) => {
      const { activations, bank, support } = problemOf(one);
      const derivative = nnlsDerivative(activations, bank, support);
      // The reference asks for 1e-8, and for 1e-4 where the condition of the Gram matrix is 2e7.
      const tolerance = id.includes('collinear') ? 1e-4 : 1e-8;
      expect(derivative.nearDegenerateCount).toBe(one.flag === null ? 0 : 1);
      for (const { cotangent, vjp } of one.vjp ?? []) {
        expectClose(derivative.vjp(cotangent.data), vjp.a, tolerance);
        if (vjp.W) expectClose(derivative.vjpBank(cotangent.data), vjp.W, tolerance);
      }
      for (const { tangents, jvp } of one.jvp ?? []) {
        const tangent = {
          ...(tangents.a && { activations: tangents.a.data }),
          ...(tangents.W && { conceptBank: tangents.W.data }),
        };
        expectClose(derivative.jvp(tangent), jvp, tolerance);
      }
      if (one.jacobian_a) {
        const r = bank.rows;
        const units = Float64Array.from({ length: r * r }, (_, i) => (i % (r + 1) === 0 ? 1 : 0));
        expectClose(derivative.vjp(units), one.jacobian_a, tolerance);
      }
    },
  );

  it('gives one of the two one-sided Jacobians, flagged, where a coefficient and its multiplier are zero', () => {
    const one = cases.find(({ id }) => id === 'nnls_degen/exact')!;
    const { activations, bank, support } = problemOf(one);
    const r = bank.rows;
    const units = Float64Array.from({ length: r * r }, (_, i) => (i % (r + 1) === 0 ? 1 : 0));
    for (const [inside, want] of [one.jacobian_out!, one.jacobian_in!].entries()) {
      support[one.degenerate_index!] = inside;
      const derivative = nnlsDerivative(activations, bank, support);
      expect([...derivative.nearDegenerate]).toEqual([1]);
      expectClose(derivative.vjp(units), want, 1e-8);
    }
  });

  it('pairs vjp with jvp, by activations and by bank, over many rows and several cotangents', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 1e6 }), async (seed) => {
        const random = createRandom(seed);
        const [n, r, p] = [1 + random.integer(6), 1 + random.integer(5), 6 + random.integer(6)];
        const draw = (length: number) => Float32Array.from({ length }, () => random.normal());
        const activations = matrix(n, p, draw(n * p));
        const bank = matrix(r, p, draw(r * p));
        const { support } = await nnls(activations, bank);
        const derivative = nnlsDerivative(activations, bank, support);
        const [v, da, dw] = [draw(2 * n * r), draw(n * p), draw(r * p)];
        const du = derivative.jvp({ activations: da, conceptBank: dw });
        const byActivations = derivative.vjp(v);
        for (const half of [0, 1]) {
          const own = v.subarray(half * n * r, (half + 1) * n * r);
          const right =
            dot(byActivations.subarray(half * n * p, (half + 1) * n * p), da) +
            dot(derivative.vjpBank(own), dw);
          // float64 throughout; random banks of up to five rows can be badly conditioned.
          expect([dot(own, du)]).toBeAllclose([right], { rtol: 1e-7, atol: 1e-7 });
        }
      }),
      { numRuns: 40 },
    );
  });

  it('leaves a row without any concept at zero', () => {
    const bank = matrix(2, 2, Float32Array.of(1, 0, 0, 1));
    const derivative = nnlsDerivative(matrix(1, 2, Float32Array.of(-1, -2)), bank, Uint8Array.of(0, 0));
    expect([...derivative.vjp([1, 1])]).toEqual([0, 0]);
    expect([...derivative.jvp({ activations: [5, 5] })]).toEqual([0, 0]);
    expect(derivative.nearDegenerateCount).toBe(0);
  });

  it('flags, but bears, two equal concepts on a support', () => {
    const bank = matrix(2, 2, Float32Array.of(1, 1, 1, 1));
    const derivative = nnlsDerivative(matrix(1, 2, Float32Array.of(1, 1)), bank, Uint8Array.of(1, 1));
    expect(derivative.nearDegenerateCount).toBe(1);
    // Together they move like one concept: ∂(u0 + u1)/∂a = w / ‖w‖².
    expect(derivative.vjp([1, 1])).toBeAllclose([0.5, 0.5], { rtol: 1e-6 });
  });

  it('refuses shapes that do not fit', () => {
    const bank = matrix(2, 3);
    expect(() => nnlsDerivative(matrix(1, 2), bank, new Uint8Array(2))).toThrow(
      'internal: nnlsDerivative: activations [1, 2], bank [2, 3], support 2',
    );
  });
});

function dot(x: ArrayLike<number>, y: ArrayLike<number>): number {
  return Array.prototype.reduce.call(
    x,
    (sum: unknown, value: unknown, i: number) => (sum as number) + (value as number) * y[i],
    0,
  ) as number;
}
