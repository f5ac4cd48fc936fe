import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { constant } from '../../../core/implicit/constant.ts';
import { registerFloat64Backend, toFloat64 } from '../../../core/implicit/float64/float64-backend.ts';
import { nonNegativeQuadratic } from '../../fixtures/implicit/non-negative-quadratic.ts';
import { rowGram, timesVector } from '../../../core/implicit/float64-matrix.ts';
import { rootJacobian, rootJvp, rootVjp } from '../../../core/implicit/root-derivatives.ts';
import { nmfAdmm, nmfOptimality } from '../../../core/implicit/solvers/nmf-admm.ts';
import type { NmfFactors } from '../../../core/implicit/solvers/nmf-admm.ts';
import { nnlsAdmm, nnlsOptimality } from '../../../core/implicit/solvers/nnls-admm.ts';
import { expectClose, readGolden, tensorOf } from '../../fixtures/implicit/golden.ts';
import type { GoldenArray } from '../../fixtures/implicit/golden.ts';

registerFloat64Backend();
beforeAll(() => void tf.setBackend('float64'));

interface NnlsCase {
  readonly id: string;
  readonly inputs: { readonly a: GoldenArray; readonly W: GoldenArray };
  readonly solution: GoldenArray;
  readonly multiplier?: GoldenArray;
  readonly vjp?: readonly {
    readonly cotangent: GoldenArray;
    readonly vjp: { a: GoldenArray; W?: GoldenArray };
  }[];
  readonly jvp?: readonly {
    readonly tangents: { readonly a?: GoldenArray; readonly W?: GoldenArray };
    readonly jvp: GoldenArray;
  }[];
  readonly jacobian_a?: GoldenArray;
  readonly jacobian_a_checksum?: { readonly fro: number; readonly sum: number };
  readonly jacobian_out?: GoldenArray;
  readonly jacobian_in?: GoldenArray;
}
const nnls = readGolden<{ cases: readonly NnlsCase[] }>('nnls').cases;
const row = (value: GoldenArray): tf.Tensor => tf.reshape(tensorOf(value), [1, value.data.length]);

/** The KKT conditions with the multipliers as unknowns: { u: (uW - a)Wᵀ - z, z: z ⊙ u }. */
const kkt = (
  { u, z }: { u: tf.Tensor; z: tf.Tensor },
  a: tf.Tensor,
  w: tf.Tensor,
): { u: tf.Tensor; z: tf.Tensor } => ({
  u: tf.sub(tf.matMul(tf.sub(tf.matMul(u, w), a), w, false, true), z),
  z: tf.mul(z, u),
});

/** 1e-8, and what the conditioning of the collinear case allows. */
const toleranceOf = (id: string): number => (id.includes('collinear') ? 1e-4 : 1e-8);

describe('non-negative least squares: golden values to 1e-8', () => {
  for (const item of nnls.filter(({ vjp }) => vjp)) {
    it(`${item.id}: solution, products and Jacobian, by projected gradient and by KKT`, () => {
      tf.tidy(() => {
        const [a, w, u] = [row(item.inputs.a), tensorOf(item.inputs.W), row(item.solution)] as const;
        const [r, p] = item.inputs.W.shape as [number, number];
        const weights = Float64Array.from(item.inputs.W.data);
        const exact = nonNegativeQuadratic(
          rowGram(weights, r, p),
          timesVector(weights, r, p, Float64Array.from(item.inputs.a.data)),
        );
        expectClose(exact.z, item.solution, toleranceOf(item.id));
        for (const { cotangent, vjp: want } of item.vjp!) {
          const got = rootVjp(nnlsOptimality, u, [a, w], row(cotangent));
          expectClose(got.value[0], want.a, toleranceOf(item.id));
          if (want.W) expectClose(got.value[1], want.W, toleranceOf(item.id));
          const dual = { u, z: row(item.multiplier!) };
          const viaKkt = rootVjp(kkt, dual, [a, w], { u: row(cotangent), z: tf.zerosLike(u) });
          expectClose(viaKkt.value[0], want.a, toleranceOf(item.id));
        }
        for (const { tangents, jvp: want } of item.jvp!) {
          const moved = [tangents.a && row(tangents.a), tangents.W && tensorOf(tangents.W)] as const;
          expectClose(rootJvp(nnlsOptimality, u, [a, w], moved).value, want, toleranceOf(item.id));
        }
        const { value } = rootJacobian(nnlsOptimality, u, [a, w], { constants: [1] });
        if (item.jacobian_a) expectClose(value[0], item.jacobian_a, toleranceOf(item.id));
        if (item.jacobian_a_checksum) {
          const { fro, sum } = item.jacobian_a_checksum;
          expectClose(tf.norm(value[0]), fro, 1e-8);
          expectClose(tf.sum(value[0]), sum, 1e-8);
        }
      });
    });
  }

  it('an exactly degenerate case gives one of the two one-sided Jacobians', () => {
    tf.tidy(() => {
      const item = nnls.find(({ id }) => id.endsWith('exact'))!;
      const args = [row(item.inputs.a), tensorOf(item.inputs.W)] as [tf.Tensor, tf.Tensor];
      const { value } = rootJacobian(nnlsOptimality, row(item.solution), args, {
        constants: [1],
      });
      const distance = (want: GoldenArray): number =>
        Math.max(...toFloat64(value[0]).map((v, i) => Math.abs(v - want.data[i])));
      expect(Math.min(distance(item.jacobian_in!), distance(item.jacobian_out!))).toBeLessThan(1e-8);
    });
  });

  it('ADMM finds the golden solutions, float32 input and all', () => {
    tf.tidy(() => {
      for (const item of nnls.filter(({ id }) => id === 'nnls/r10p64' || id === 'nnls/r25p64')) {
        const u = nnlsAdmm({ tol: 1e-11, maxIter: 20_000 }).solve(
          tf.zeros([1, item.inputs.W.shape[0]]),
          row(item.inputs.a),
          tensorOf(item.inputs.W),
        );
        expect(u.status).toBe('converged');
        expectClose(u.x, item.solution, 1e-6);
      }
    });
  });
});

interface Motion {
  readonly dU: GoldenArray;
  readonly dW: GoldenArray;
  readonly dUW: GoldenArray;
  readonly dLambda_U: GoldenArray;
  readonly dLambda_W: GoldenArray;
}
interface NmfCase {
  readonly id: string;
  readonly mu: number;
  readonly inputs: { readonly A: GoldenArray };
  readonly U: GoldenArray;
  readonly W: GoldenArray;
  readonly Lambda_U: GoldenArray;
  readonly Lambda_W: GoldenArray;
  readonly jvp: readonly {
    readonly tangent_A: GoldenArray;
    readonly unique?: Motion;
    readonly unit_row_gauge?: Motion;
    readonly pinv?: Motion;
  }[];
  readonly vjp: readonly {
    readonly cotangent_UW: GoldenArray;
    readonly vjp_A: GoldenArray;
    readonly cotangent_U: GoldenArray;
    readonly cotangent_W: GoldenArray;
    readonly vjp_A_unique?: GoldenArray;
    readonly vjp_A_unit_row_gauge?: GoldenArray;
    readonly vjp_A_pinv?: GoldenArray;
  }[];
}
const nmf = readGolden<{ cases: readonly NmfCase[] }>('nmf').cases;

describe('non-negative matrix factorisation: golden values to 1e-6', () => {
  for (const item of nmf) {
    it(`${item.id}: derivatives of both factors in every gauge that the golden file gives`, () => {
      tf.tidy(() => {
        const a = tensorOf(item.inputs.A);
        const x: NmfFactors = { U: tensorOf(item.U), W: tensorOf(item.W) };
        const gauges = [
          { key: 'unique', options: { mu: item.mu }, solve: 'lu' },
          { key: 'unit_row_gauge', options: { unitRows: 1 }, solve: 'lu' },
          { key: 'pinv', options: { mu: item.mu }, solve: 'minimum-norm' },
        ] as const;
        for (const { key, options, solve } of gauges) {
          const root = nmfOptimality(options);
          for (const jvp of item.jvp) {
            const want = jvp[key];
            if (!want) continue;
            const { value, linear } = rootJvp(root, x, [a], [tensorOf(jvp.tangent_A)], { solve });
            expect(linear.status).toBe('converged');
            expectClose(value.U, want.dU, 1e-6);
            expectClose(value.W, want.dW, 1e-6);
            expectClose(tf.add(tf.matMul(value.U, x.W), tf.matMul(x.U, value.W)), want.dUW, 1e-6);
          }
          for (const vjp of item.vjp) {
            const want = vjp[`vjp_A_${key}`];
            if (!want) continue;
            const direct = { U: tensorOf(vjp.cotangent_U), W: tensorOf(vjp.cotangent_W) };
            expectClose(rootVjp(root, x, [a], direct, { solve }).value[0], want, 1e-6);
          }
        }
        for (const vjp of item.vjp) {
          const c = tensorOf(vjp.cotangent_UW);
          const cotangent = { U: tf.matMul(c, x.W, false, true), W: tf.matMul(x.U, c, true) };
          const got = rootVjp(nmfOptimality({ mu: item.mu }), x, [a], cotangent, { solve: 'minimum-norm' });
          expectClose(got.value[0], vjp.vjp_A, 1e-6);
        }
      });
    });
  }

  it('the full KKT system with its duals agrees where the factors are unique', () => {
    tf.tidy(() => {
      const item = nmf[0];
      type Point = Record<'U' | 'W' | 'LU' | 'LW', tf.Tensor>;
      const root = ({ U, W, LU, LW }: Point, a: tf.Tensor): Point => {
        const gap = tf.sub(tf.matMul(U, W), a);
        const mu = constant(item.mu);
        return {
          U: tf.sub(tf.add(tf.matMul(gap, W, false, true), tf.mul(mu, U)), LU),
          W: tf.sub(tf.add(tf.matMul(U, gap, true), tf.mul(mu, W)), LW),
          LU: tf.mul(LU, U),
          LW: tf.mul(LW, W),
        };
      };
      const point = {
        U: tensorOf(item.U),
        W: tensorOf(item.W),
        LU: tensorOf(item.Lambda_U),
        LW: tensorOf(item.Lambda_W),
      };
      for (const { tangent_A, unique } of item.jvp) {
        const { value } = rootJvp(root, point, [tensorOf(item.inputs.A)], [tensorOf(tangent_A)]);
        expectClose(value.U, unique!.dU, 1e-6);
        expectClose(value.W, unique!.dW, 1e-6);
        expectClose(value.LU, unique!.dLambda_U, 1e-6);
        expectClose(value.LW, unique!.dLambda_W, 1e-6);
      }
    });
  });

  it('ADMM stays at a golden solution that it is started from', () => {
    tf.tidy(() => {
      const item = nmf[0];
      const start = { U: tensorOf(item.U), W: tensorOf(item.W) };
      const { x, status } = nmfAdmm({ mu: item.mu, tol: 1e-11 }).solve(start, tensorOf(item.inputs.A));
      expect(status).toBe('converged');
      expectClose(x.U, item.U, 1e-6);
    });
  });
});
