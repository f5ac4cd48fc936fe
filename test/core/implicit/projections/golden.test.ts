import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { inFloat64 } from '../../../../core/implicit/in-float64.ts';
import { toFloat64 } from '../../../../core/implicit/float64/float64-backend.ts';
import { registerGradients } from '../../../../core/implicit/gradients/register-gradients.ts';
import * as affine from '../../../../core/implicit/projections/affine.ts';
import { projectionBoxSection } from '../../../../core/implicit/projections/box-section.ts';
import * as elementwise from '../../../../core/implicit/projections/elementwise.ts';
import * as l2 from '../../../../core/implicit/projections/l2.ts';
import { projectionPolyhedron } from '../../../../core/implicit/projections/polyhedron.ts';
import * as simplex from '../../../../core/implicit/projections/simplex.ts';
import * as transport from '../../../../core/implicit/projections/transport.ts';
import * as prox from '../../../../core/implicit/prox/prox.ts';
import { jvp } from '../../../../core/implicit/tape.ts';
import { expectClose, readGolden, tensorOf } from '../../../fixtures/implicit/golden.ts';
import type { GoldenArray, GoldenValue } from '../../../fixtures/implicit/golden.ts';

interface Case {
  readonly args: Record<string, GoldenValue>;
  readonly output: GoldenArray;
  readonly cotangent: GoldenArray;
  readonly vjp: Record<string, GoldenValue>;
  readonly static?: { readonly max_nz: number };
  readonly jvp?: readonly { readonly tangents: Record<string, GoldenValue>; readonly jvp: GoldenArray }[];
}
interface Golden {
  readonly ops: readonly { readonly op: string; readonly cases: readonly Case[] }[];
  readonly edge_cases: readonly Record<string, GoldenValue>[];
}
type Args = Readonly<Record<string, tf.Tensor>>;
type Operation = (args: Args, golden: Case) => tf.Tensor;

const operations: Readonly<Record<string, Operation>> = {
  projection_non_negative: ({ x }) => elementwise.projectionNonNegative(x),
  projection_box: ({ x, lower, upper }) => elementwise.projectionBox(x, lower, upper),
  projection_hypercube: ({ x, unit }) => elementwise.projectionHypercube(x, unit),
  projection_simplex: ({ x, value }) => simplex.projectionSimplex(x, value),
  projection_sparse_simplex: ({ x, value }, golden) =>
    simplex.projectionSparseSimplex(x, golden.static!.max_nz, value),
  projection_l1_sphere: ({ x, value }) => simplex.projectionL1Sphere(x, value),
  projection_l1_ball: ({ x, max_value }) => simplex.projectionL1Ball(x, max_value),
  projection_l2_sphere: ({ x, value }) => l2.projectionL2Sphere(x, value),
  projection_l2_ball: ({ x, max_value }) => l2.projectionL2Ball(x, max_value),
  projection_linf_ball: ({ x, max_value }) => elementwise.projectionLinfBall(x, max_value),
  projection_hyperplane: ({ x, a, b }) => affine.projectionHyperplane(x, a, b),
  projection_halfspace: ({ x, a, b }) => affine.projectionHalfspace(x, a, b),
  projection_affine_set: ({ x, A, b }) => affine.projectionAffineSet(x, A, b),
  projection_box_section: ({ x, alpha, beta, w, c }) => projectionBoxSection(x, alpha, beta, w, c),
  prox_none: ({ x }) => prox.proxNone(x, undefined),
  prox_lasso: ({ x, l1reg, scaling }) => prox.proxLasso(x, l1reg, scaling),
  prox_non_negative_lasso: ({ x, l1reg, scaling }) => prox.proxNonNegativeLasso(x, l1reg, scaling),
  prox_group_lasso: ({ x, l2reg, scaling }) => prox.proxGroupLasso(x, l2reg, scaling),
  prox_ridge: ({ x, l2reg, scaling }) => prox.proxRidge(x, l2reg, scaling),
  prox_non_negative_ridge: ({ x, l2reg, scaling }) => prox.proxNonNegativeRidge(x, l2reg, scaling),
  make_prox_from_projection_box: ({ x }) =>
    prox.proxFromProjection(elementwise.projectionBox)(x, [tensorOf(-0.5), tensorOf(0.7)]),
  projection_polyhedron: ({ x, A, b, G, h }) => projectionPolyhedron(x, A, b, G, h),
  projection_transport: (p) => transport.projectionTransport(p.sim_matrix, p.marginals_a, p.marginals_b),
  kl_projection_transport: (p) => transport.klProjectionTransport(p.sim_matrix, p.marginals_a, p.marginals_b),
};

/** The golden README's tolerances. */
function toleranceOf(op: string): number {
  if (op.includes('transport')) return 1e-6;
  return op.includes('polyhedron') || op.includes('box_section') ? 1e-8 : 1e-9;
}

registerGradients();
const golden = readGolden<Golden>('projections_prox');

function vjpOf(operation: Operation, golden: Case, names: readonly string[]): tf.Tensor[] {
  const tensors = Object.fromEntries(
    Object.entries(golden.args).map(([name, value]) => [name, tensorOf(value)]),
  );
  const run = (...wanted: tf.Tensor[]): tf.Tensor => {
    const moved = Object.fromEntries(names.map((name, i) => [name, wanted[i]]));
    return operation({ ...tensors, ...moved }, golden);
  };
  return tf.grads(run)(
    names.map((name) => tensors[name]),
    tensorOf(golden.cotangent),
  );
}

describe('projections and proximal operators', () => {
  it('covers every operation of the golden file', () => {
    expect(Object.keys(operations).sort()).toEqual(golden.ops.map(({ op }) => op).sort());
  });

  for (const { op, cases } of golden.ops) {
    it(`${op} gives the golden values and vector-Jacobian products without leaking`, () => {
      const before = inFloat64(() => tf.memory().numTensors);
      for (const item of cases) {
        inFloat64(() =>
          tf.tidy(() => {
            const args = Object.fromEntries(Object.entries(item.args).map(([k, v]) => [k, tensorOf(v)]));
            expectClose(operations[op](args, item), item.output, toleranceOf(op));
            const names = Object.keys(item.vjp);
            vjpOf(operations[op], item, names).forEach((gradient, i) => {
              const want = item.vjp[names[i]];
              // Some golden gradients are exactly zero; compare them on the cotangent's scale.
              const scale = Math.max(...(typeof want === 'number' ? [want] : want.data).map(Math.abs));
              if (scale > 1e-12) expectClose(gradient, want, toleranceOf(op));
              else
                expect(toFloat64(gradient)).toBeAllclose(new Array<number>(gradient.size).fill(0), {
                  atol: 1e-12,
                });
            });
          }),
        );
      }
      expect(inFloat64(() => tf.memory().numTensors)).toBe(before);
    });
  }

  for (const { op, cases } of golden.ops.filter(({ cases: [first] }) => first.jvp)) {
    it(`${op} gives the golden Jacobian-vector products`, () => {
      inFloat64(() =>
        tf.tidy(() => {
          for (const item of cases) {
            for (const { tangents, jvp: want } of item.jvp!) {
              const names = Object.keys(tangents);
              const rest = Object.fromEntries(Object.entries(item.args).map(([k, v]) => [k, tensorOf(v)]));
              const got = jvp(
                (moved) =>
                  operations[op](
                    { ...rest, ...Object.fromEntries(names.map((n, i) => [n, moved[i]])) },
                    item,
                  ),
                names.map((name) => rest[name]),
                names.map((name) => tensorOf(tangents[name])),
              );
              expect(toFloat64(got)).toBeAllclose(want.data, {
                atol: 1e-6 * Math.max(1e-3, ...want.data.map(Math.abs)),
              });
            }
          }
        }),
      );
    });
  }
});

describe('edge cases of projections', () => {
  const byName: Readonly<Record<string, Operation>> = operations;
  for (const item of golden.edge_cases) {
    const op = item.op as unknown as string;
    it(`${op}: ${item.note as unknown as string}`.slice(0, 80), () => {
      inFloat64(() =>
        tf.tidy(() => {
          const args = Object.fromEntries(
            ['x', 'value', 'max_value', 'l2reg', 'l1reg', 'scaling']
              .filter((name) => item[name] !== undefined)
              .map((name) => [name, tensorOf(item[name])]),
          );
          const run = (x: tf.Tensor): tf.Tensor => byName[op]({ ...args, x }, item as unknown as Case);
          expectClose(run(args.x), item.output, 1e-12);
          const gradient = toFloat64(tf.grad((x) => tf.sum(run(x)))(args.x));
          expect(gradient.every(Number.isFinite)).toBe(true);
        }),
      );
    });
  }
});
