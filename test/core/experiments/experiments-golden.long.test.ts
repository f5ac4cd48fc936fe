import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { constant } from '../../../core/implicit/constant.ts';
import { equilibrium, fireMinimise, softSphereEnergy } from '../../../core/experiments/soft-spheres.ts';
import { jacobianPrecision, recordedBytes } from '../../../core/experiments/jacobian-precision.ts';
import { registerFloat64Backend, toFloat64 } from '../../../core/implicit/float64/float64-backend.ts';
import { rootJvp, rootVjp } from '../../../core/implicit/root-derivatives.ts';
import { expectClose, readGolden, tensorOf } from '../../fixtures/implicit/golden.ts';
import type { GoldenArray } from '../../fixtures/implicit/golden.ts';

registerFloat64Backend();
beforeAll(() => void tf.setBackend('float64'));

interface SpheresCase {
  readonly id: string;
  readonly n: number;
  readonly theta_diameter_small: number;
  readonly box_length: number;
  readonly initial_positions: GoldenArray;
  readonly fire: {
    readonly iterations: number;
    readonly trace: readonly {
      step: number;
      energy: number;
      max_abs_force: number;
      dt: number;
      alpha: number;
    }[];
    readonly positions_early: { readonly step10: GoldenArray };
  };
  readonly minimised_positions: GoldenArray;
  readonly energy: number;
  readonly jvp_dense: GoldenArray;
  readonly jvp_bicgstab: GoldenArray;
  readonly vjp: { readonly cotangent: GoldenArray; readonly vjp_theta: number };
}

describe('soft spheres: golden values', () => {
  for (const item of readGolden<{ cases: readonly SpheresCase[] }>('molecular_dynamics').cases) {
    const system = { n: item.n, boxLength: item.box_length };
    it(`${item.id}: sensitivity of the minimum, dense to 1e-8 and by bicgstab to 1e-5`, () => {
      tf.tidy(() => {
        const x = tensorOf(item.minimised_positions);
        const theta = constant(item.theta_diameter_small);
        expectClose(softSphereEnergy(system)(x, theta), item.energy, 1e-12);
        const root = equilibrium(system);
        const dense = rootJvp(root, x, [theta], [constant(1)]);
        expectClose(dense.value, item.jvp_dense, 1e-8);
        const iterative = rootJvp(root, x, [theta], [constant(1)], { solve: 'bicgstab' });
        expect(iterative.linear.status).toBe('converged');
        expectClose(iterative.value, item.jvp_bicgstab, 1e-5);
        expectClose(
          rootVjp(root, x, [theta], tensorOf(item.vjp.cotangent)).value[0],
          item.vjp.vjp_theta,
          1e-8,
        );
      });
    });

    it(`${item.id}: FIRE follows the golden trace step by step`, () => {
      tf.tidy(() => {
        const theta = constant(item.theta_diameter_small);
        const energy = (x: tf.Tensor): tf.Tensor => softSphereEnergy(system)(x, theta);
        let early: Float64Array | undefined;
        const wanted = new Map(item.fire.trace.map((entry) => [entry.step, entry]));
        const { x, iterations, converged } = fireMinimise(energy, tensorOf(item.initial_positions), {
          onStep: ({ step, positions, maxForce, dt, alpha }) => {
            if (step === 10) early = Float64Array.from(positions);
            const want = wanted.get(step);
            if (!want) return;
            expect([maxForce, dt, alpha]).toBeAllclose([want.max_abs_force, want.dt, want.alpha], {
              rtol: 1e-9,
            });
          },
        });
        expect(converged).toBe(true);
        expect(iterations).toBe(item.fire.iterations);
        expectClose(early!, item.fire.positions_early.step10, 1e-12);
        expectClose(toFloat64(x), item.minimised_positions, 1e-6);
      });
    });
  }
});

interface PrecisionTable {
  readonly id: string;
  readonly theta: GoldenArray;
  readonly stepsize: number;
  readonly rows: readonly {
    readonly t: number;
    readonly iterate_error: number;
    readonly implicit_jac_error_fro: number;
    readonly unrolled_jac_error_fro: number;
    readonly x_t?: GoldenArray;
    readonly J_unrolled?: GoldenArray;
    readonly J_implicit?: GoldenArray;
  }[];
}

describe('precision of Jacobians on the diabetes data: golden values to 1e-8', () => {
  const { X, y } = readGolden<{ X: GoldenArray; y: GoldenArray }>('diabetes');
  for (const table of readGolden<{ tables: readonly PrecisionTable[] }>('jacobian_precision').tables) {
    it(`${table.id}: errors of iterates, implicit and unrolled Jacobians; memory constant against linear`, () => {
      tf.tidy(() => {
        const { rows } = table;
        const problem = { X: tensorOf(X), y: tensorOf(y), theta: tensorOf(table.theta) };
        const got = jacobianPrecision(
          problem,
          table.stepsize,
          rows.map(({ t }) => t),
        );
        const check = (
          pick: (row: (typeof rows)[number]) => number,
          of: (row: (typeof got)[number]) => number,
        ): void => {
          const initial = pick(rows[0]);
          // An error is the difference of two arrays of about the initial error's size, each known to a few roundings.
          const rounding = 64 * Number.EPSILON * initial;
          rows.forEach((row, i) =>
            expect([of(got[i])], `t = ${row.t}`).toBeAllclose([pick(row)], {
              atol: 1e-8 * Math.max(pick(row), 1e-9 * initial) + rounding,
            }),
          );
        };
        check(
          (row) => row.iterate_error,
          (row) => row.iterateError,
        );
        check(
          (row) => row.implicit_jac_error_fro,
          (row) => row.implicitError,
        );
        check(
          (row) => row.unrolled_jac_error_fro,
          (row) => row.unrolledError,
        );
        rows.forEach(({ x_t, J_unrolled, J_implicit }, i) => {
          if (!x_t || !J_unrolled || !J_implicit) return;
          expectClose(got[i].iterate, x_t, 1e-11);
          expectClose(got[i].unrolled, J_unrolled, 1e-11);
          expectClose(got[i].implicit, J_implicit, 1e-11);
        });
        const [few, many] = [2, 20].map((t) => ({ t, ...recordedBytes(problem, table.stepsize, t) }));
        expect(many.implicitBytes).toBe(few.implicitBytes);
        const slope = (many.unrolledBytes - few.unrolledBytes) / (many.t - few.t);
        // A recording starts with a few tensors of its own: proportional within a tenth.
        expect(slope / (many.unrolledBytes / many.t)).toBeGreaterThan(0.9);
        expect(slope / (many.unrolledBytes / many.t)).toBeLessThan(1.1);
      });
    });
  }
});
