import { describe, expect, it, test } from 'vitest';
import { nmfDerivative, type NmfGauge } from '../../../../core/implicit/factorisation/nmf-derivative.ts';
import { matrix } from '../../../../core/linalg/matrix.ts';
import { expectClose, readGolden, type GoldenArray } from '../../../fixtures/implicit/golden.ts';

interface Tangents {
  readonly dU: GoldenArray;
  readonly dW: GoldenArray;
  readonly dUW: GoldenArray;
}

interface GoldenCase {
  readonly id: string;
  readonly mu: number;
  readonly inputs: { readonly A: GoldenArray };
  readonly U: GoldenArray;
  readonly W: GoldenArray;
  readonly jvp: readonly {
    readonly tangent_A: GoldenArray;
    readonly unique?: Tangents;
    readonly unit_row_gauge?: Tangents;
    readonly pinv?: Tangents;
  }[];
  readonly vjp: readonly {
    readonly cotangent_U: GoldenArray;
    readonly cotangent_W: GoldenArray;
    readonly cotangent_UW: GoldenArray;
    readonly vjp_A: GoldenArray;
    readonly vjp_A_unique?: GoldenArray;
    readonly vjp_A_unit_row_gauge?: GoldenArray;
  }[];
}

const { cases } = readGolden<{ cases: readonly GoldenCase[] }>('nmf');
const TOLERANCE = 1e-6; // the reference's own; what is seen here is 1e-12
const ZERO = 1e-9; // entries at a bound are exact zeros in the files, up to printing

const real = ({ shape: [rows, cols], data }: GoldenArray) => ({
  rows,
  cols,
  data: Float64Array.from(data),
});

function open(one: GoldenCase, gauge: NmfGauge, denseUpTo?: number) {
  return nmfDerivative(real(one.inputs.A), real(one.U), real(one.W), {
    penalty: one.mu,
    zero: ZERO,
    gauge,
    ...(denseUpTo !== undefined && { denseUpTo }),
  });
}

/** δU·W + U·δW. */
function productTangent(one: GoldenCase, dU: Float64Array, dW: Float64Array): Float64Array {
  const [n, r] = one.U.shape;
  const p = one.W.shape[1];
  return Float64Array.from({ length: n * p }, (_, at) => {
    const [i, j] = [Math.floor(at / p), at % p];
    let sum = 0;
    for (let k = 0; k < r; k++)
      sum += dU[i * r + k] * one.W.data[k * p + j] + one.U.data[i * r + k] * dW[k * p + j];
    return sum;
  });
}

const named = cases.map((one) => [one.id, one] as const);
const identifiable = named.filter(([id]) => !id.includes('nonidentifiable'));

describe('nmfDerivative()', () => {
  test.each(identifiable)('%s: unit rows, dense and by iteration', (_, one) => {
    for (const denseUpTo of [undefined, 0]) {
      const derivative = open(one, 'unit-rows', denseUpTo);
      expect(derivative.status).toBe(denseUpTo === 0 ? 'unchecked' : 'unique');
      for (const { tangent_A, unique, unit_row_gauge } of one.jvp) {
        const want = (unique ?? unit_row_gauge)!;
        const { U, W } = derivative.jvp(tangent_A.data);
        expectClose(U, want.dU, TOLERANCE);
        expectClose(W, want.dW, TOLERANCE);
      }
      for (const { cotangent_U, cotangent_W, vjp_A_unique, vjp_A_unit_row_gauge } of one.vjp) {
        const got = derivative.vjp({
          U: Float64Array.from(cotangent_U.data),
          W: Float64Array.from(cotangent_W.data),
        });
        expectClose(got, (vjp_A_unique ?? vjp_A_unit_row_gauge)!, TOLERANCE);
      }
    }
  });

  test.each(named)('%s: the product U·W moves alike in every gauge', (_, one) => {
    for (const gauge of ['unit-rows', 'minimum-norm'] as const) {
      const derivative = open(one, gauge);
      for (const { tangent_A, unique, unit_row_gauge, pinv } of one.jvp) {
        const { U, W } = derivative.jvp(tangent_A.data);
        const want = (unique ?? unit_row_gauge ?? pinv)!;
        expectClose(productTangent(one, U, W), want.dUW, TOLERANCE);
        if (gauge === 'minimum-norm' && pinv) expectClose(U, pinv.dU, TOLERANCE);
      }
    }
  });

  it('says when more than the scales is free', () => {
    const one = cases.find(({ id }) => id.includes('nonidentifiable'))!;
    expect(open(one, 'unit-rows').status).toBe('not-identifiable');
  });

  it('says when the point is a saddle', () => {
    // With U·W = 1 far below A = 9 the cross term outweighs the squares: raising both factors lowers the loss.
    const one = matrix(1, 1, Float32Array.of(1));
    const saddle = nmfDerivative(matrix(1, 1, Float32Array.of(9)), one, one, { penalty: 0.5 });
    expect(saddle.status).toBe('not-a-minimum');
  });

  it('differentiates a rank-one fit by hand: U = a/‖w‖ with w held at its length', () => {
    const derivative = nmfDerivative(
      matrix(1, 2, Float32Array.of(3, 4)),
      matrix(1, 1, Float32Array.of(5)),
      matrix(1, 2, Float32Array.of(0.6, 0.8)),
    );
    const { U, W } = derivative.jvp([0.6, 0.8]);
    // float32 inputs: 0.6 and 0.8 are rounded.
    expect(U).toBeAllclose([1], { atol: 1e-6 });
    expect(W).toBeAllclose([0, 0], { atol: 1e-6 });
    expect(derivative.free).toBe(3);
    expect(derivative.smallestFree).toBeCloseTo(0.6, 6);
  });

  it('refuses shapes that do not fit', () => {
    expect(() => nmfDerivative(matrix(2, 3), matrix(2, 2), matrix(1, 3))).toThrow(
      'nmfDerivative: A [2, 3] is no product of U [2, 2] and W [1, 3]',
    );
  });
});
