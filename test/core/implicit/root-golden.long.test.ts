import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { attachRoot } from '../../../core/implicit/attach-root.ts';
import { constant } from '../../../core/implicit/constant.ts';
import { fixedPointResidual } from '../../../core/implicit/custom-fixed-point.ts';
import { toFloat64 } from '../../../core/implicit/float64/float64-backend.ts';
import { inFloat64 } from '../../../core/implicit/in-float64.ts';
import * as maps from '../../../core/implicit/optimality/fixed-points.ts';
import { kktConditions } from '../../../core/implicit/optimality/kkt.ts';
import { quadraticProgrammeResidual } from '../../../core/implicit/optimality/quadratic-programme.ts';
import { stationaryPoint } from '../../../core/implicit/optimality/stationary.ts';
import { projectionPsdCone, projectionSecondOrderCone } from '../../../core/implicit/projections/cones.ts';
import { projectionSimplex } from '../../../core/implicit/projections/simplex.ts';
import { proxLasso } from '../../../core/implicit/prox/prox.ts';
import { rootJacobian, rootJvp, rootVjp } from '../../../core/implicit/root-derivatives.ts';
import { jvp } from '../../../core/implicit/tape.ts';
import { expectClose, readGolden, tensorOf } from '../../fixtures/implicit/golden.ts';
import type { GoldenArray, GoldenValue } from '../../fixtures/implicit/golden.ts';

type Named = Record<string, GoldenValue>;
type Args = Record<string, tf.Tensor>;
type Structured = GoldenArray | Record<string, GoldenArray>;

interface Case {
  readonly id: string;
  readonly inputs: Record<string, GoldenValue | string>;
  readonly solution: Structured;
  readonly wrt: readonly string[];
  readonly stepsize?: number;
  readonly labels?: readonly number[];
  readonly vjp: readonly { readonly cotangent: Structured; readonly vjp: Named }[];
  readonly jvp: readonly { readonly tangents: Named; readonly jvp: Structured }[];
  readonly jacobian?: Record<string, Structured>;
  readonly rows?: readonly {
    log_lam: number;
    inner_solution: GoldenArray;
    outer_value: number;
    dw_dlog_lam: GoldenArray;
    hypergradient: number;
  }[];
}

type Root = (x: unknown, args: Args) => unknown;
const golden = readGolden<{ cases: readonly Case[] }>('root_cases');
const diabetes = readGolden<{ X: GoldenArray; y: GoldenArray }>('diabetes');

const column = (v: tf.Tensor): tf.Tensor => tf.reshape(v, [v.size, 1]);
const matVec = (m: tf.Tensor, v: tf.Tensor): tf.Tensor => tf.reshape(tf.matMul(m, column(v)), [m.shape[0]]);
const squaredNorm = (v: tf.Tensor): tf.Tensor => tf.sum(tf.square(v));
const half = (v: tf.Tensor): tf.Tensor => tf.mul(0.5, v);

const ridge = (w: tf.Tensor, { X, y, theta }: Args): tf.Tensor =>
  half(tf.add(squaredNorm(tf.sub(matVec(X, w), y)), tf.sum(tf.mul(theta, tf.square(w)))));
const leastSquares = (w: tf.Tensor, { X, y }: Args): tf.Tensor =>
  tf.div(squaredNorm(tf.sub(matVec(X, w), y)), 2 * X.shape[0]);
const svmDual = (beta: tf.Tensor, { X, Y, theta }: Args): tf.Tensor =>
  tf.add(tf.div(squaredNorm(tf.matMul(X, tf.sub(Y, beta), true)), tf.mul(2, theta)), tf.sum(tf.mul(beta, Y)));
const penalty = (w: tf.Tensor, lam: tf.Tensor): tf.Tensor => half(tf.mul(lam, squaredNorm(w)));
const asRoot = <X>(map: (x: X, args: Args) => X): Root => map as Root;

function rootOf(item: Case): Root {
  const step = (): tf.Tensor => constant(item.stepsize!);
  const [family] = item.id.split('/') as [string];
  switch (family) {
    case 'ridge':
      return asRoot(stationaryPoint<tf.Tensor, [Args]>(ridge));
    case 'lasso':
      return (x, args) => {
        const prox = (y: tf.Tensor, scaling: tf.Tensor, { lam }: Args): tf.Tensor =>
          proxLasso(y, lam, scaling);
        return fixedPointResidual(maps.proximalGradient(leastSquares, prox, step()))(x as tf.Tensor, args);
      };
    case 'svm_pg':
      return (x, args) =>
        fixedPointResidual(maps.projectedGradient(svmDual, (y) => projectionSimplex(y), step()))(
          x as tf.Tensor,
          args,
        );
    case 'svm_md':
      return (x, args) =>
        fixedPointResidual(maps.mirrorDescent(svmDual, tf.log, (y) => tf.softmax(y), step()))(
          x as tf.Tensor,
          args,
        );
    case 'logreg':
      return asRoot(stationaryPoint<tf.Tensor, [Args]>((w, args) => logistic(w, args, item.labels!)));
    case 'eq_qp':
    case 'ineq_qp':
      return (x, args) => quadraticProgrammeResidual(x as never, args as never);
    case 'tanh_fp':
      return asRoot(fixedPointResidual((x: tf.Tensor, { W, b }: Args) => tf.tanh(tf.add(matVec(W, x), b))));
    case 'quadratic':
      return asRoot((x: tf.Tensor, { Q, B, c, theta }: Args) => tf.addN([matVec(Q, x), matVec(B, theta), c]));
    case 'simplex_argmin':
      return (x, args) => fixedPointResidual(simplexMap(item))(x as tf.Tensor, args);
    default:
      throw new Error(`no root for ${family}`);
  }
}

function logistic(w: tf.Tensor, { X, lam }: Args, labels: readonly number[]): tf.Tensor {
  const n = labels.length;
  if (w.rank === 1) {
    const sign = constant(labels.map((y) => 1 - 2 * y));
    return tf.add(tf.mean(tf.softplus(tf.mul(sign, matVec(X, w)))), penalty(w, lam));
  }
  const scores = tf.matMul(X, w);
  const hot = tf.oneHot(tf.tensor1d([...labels], 'int32'), w.shape[1]!);
  const chosen = tf.sum(tf.mul(scores, tf.cast(hot, 'float32')));
  return tf.add(tf.div(tf.sub(tf.sum(tf.logSumExp(scores, -1)), chosen), n), penalty(w, lam));
}

function simplexMap(item: Case): (x: tf.Tensor, args: Args) => tf.Tensor {
  const distance = (x: tf.Tensor, { theta }: Args): tf.Tensor => half(squaredNorm(tf.sub(x, theta)));
  if (item.id.endsWith('pg7')) return maps.projectedGradient(distance, (y) => projectionSimplex(y), 0.5);
  return maps.mirrorDescent(distance, tf.log, (y) => tf.softmax(y), 0.5);
}

/** The diabetes cases name their data; the lasso ones use it standardised. */
function argsOf(item: Case): Args {
  const { data, ...rest } = item.inputs;
  const args = Object.fromEntries(Object.entries(rest).map(([k, v]) => [k, tensorOf(v as GoldenValue)]));
  if (data === undefined) return args;
  if (!item.id.startsWith('lasso')) return { X: tensorOf(diabetes.X), y: tensorOf(diabetes.y), ...args };
  const n = diabetes.y.data.length;
  const mean = diabetes.y.data.reduce((a, b) => a + b, 0) / n;
  const std = Math.sqrt(diabetes.y.data.reduce((sum, v) => sum + (v - mean) ** 2, 0) / n);
  const X = constant(
    Float64Array.from(diabetes.X.data, (v) => v * Math.sqrt(n)),
    diabetes.X.shape,
  );
  return { X, y: constant(diabetes.y.data.map((v) => (v - mean) / std)), ...args };
}

const isArray = (value: Structured): value is GoldenArray => Array.isArray((value as GoldenArray).data);
const structured = (value: Structured): unknown =>
  isArray(value)
    ? tensorOf(value)
    : Object.fromEntries(
        ['x', 'nu', 'mu']
          .filter((k) => value[k] && value[k].data.length > 0)
          .map((k) => [k, tensorOf(value[k])]),
      );

function expectStructured(got: unknown, want: Structured, tolerance: number): void {
  if (isArray(want)) return expectClose(got as tf.Tensor, want, tolerance);
  for (const [key, tensor] of Object.entries(got as Args)) expectClose(tensor, want[key], tolerance);
}

const direct = golden.cases.filter(({ id }) => !/^(bilevel|soc|psd)/.test(id));

describe('derivatives of roots agree with the golden values to 1e-8', () => {
  for (const item of direct) {
    it(`${item.id}: residual, vector-Jacobian, Jacobian-vector products and Jacobian`, () => {
      inFloat64(() =>
        tf.tidy(() => {
          const root = rootOf(item);
          const args = argsOf(item);
          const solution = structured(item.solution);
          for (const { cotangent, vjp: want } of item.vjp) {
            const got = rootVjp(root, solution, [args], structured(cotangent));
            expect(got.linear.status).toBe('converged');
            for (const [name, value] of Object.entries(want)) expectClose(got.value[0][name], value, 1e-8);
          }
          for (const { tangents, jvp: want } of item.jvp) {
            const moved = Object.fromEntries(Object.entries(tangents).map(([k, v]) => [k, tensorOf(v)]));
            expectStructured(rootJvp(root, solution, [args], [moved]).value, want, 1e-8);
          }
          checkJacobian(item, root, solution, args);
        }),
      );
    });
  }
});

function checkJacobian(item: Case, root: Root, solution: unknown, args: Args): void {
  if (!item.jacobian) return;
  const value: unknown = rootJacobian(root, solution, [args]).value;
  for (const [name, want] of Object.entries(item.jacobian)) {
    if (isArray(want)) {
      expectClose((value as [Args])[0][name], want, 1e-8);
      continue;
    }
    for (const [key, block] of Object.entries(value as Record<string, [Args]>)) {
      expectClose(block[0][name], want[key], 1e-8);
    }
  }
}

describe('other routes to the same golden values', () => {
  const bilevel = golden.cases.find(({ id }) => id.startsWith('bilevel'))!;
  it('bilevel ridge: hyper-gradients through tf.valueAndGrad to 1e-7', () => {
    inFloat64(() =>
      tf.tidy(() => {
        const { X, y, Xval, yval } = argsOf(bilevel) as {
          X: tf.Tensor;
          y: tf.Tensor;
          Xval: tf.Tensor;
          yval: tf.Tensor;
        };
        const inner = (w: tf.Tensor, t: tf.Tensor): tf.Tensor =>
          tf.add(half(tf.mean(tf.square(tf.sub(matVec(X, w), y)))), penalty(w, tf.exp(t)));
        for (const row of bilevel.rows!) {
          const attach = attachRoot(stationaryPoint<tf.Tensor, [tf.Tensor]>(inner));
          const outer = (t: tf.Tensor): tf.Tensor =>
            half(tf.mean(tf.square(tf.sub(matVec(Xval, attach(tensorOf(row.inner_solution), t)), yval))));
          const { value, grad } = tf.valueAndGrad(outer)(constant(row.log_lam));
          expectClose(value, row.outer_value, 1e-7);
          expectClose(grad, row.hypergradient, 1e-7);
          const derivative = rootJvp(
            stationaryPoint<tf.Tensor, [tf.Tensor]>(inner),
            tensorOf(row.inner_solution),
            [constant(row.log_lam)],
            [constant(1)],
          );
          expectClose(derivative.value, row.dw_dlog_lam, 1e-7);
        }
      }),
    );
  });

  for (const item of golden.cases.filter(({ id }) => /^(soc|psd)/.test(id))) {
    it(`${item.id}: cone projection, its products to 1e-8`, () => {
      inFloat64(() =>
        tf.tidy(() => {
          const project = item.id.startsWith('soc') ? projectionSecondOrderCone : projectionPsdCone;
          const theta = tensorOf(item.inputs.theta as GoldenArray);
          expectClose(project(theta), item.solution as GoldenArray, 1e-9);
          for (const { cotangent, vjp: want } of item.vjp) {
            const got = tf.grad((t) => project(t))(theta, tensorOf(cotangent as GoldenArray));
            expectClose(got, want.theta, 1e-8);
          }
          for (const { tangents, jvp: want } of item.jvp) {
            expectClose(
              jvp(([t]) => project(t), [theta], [tensorOf(tangents.theta)]),
              want as GoldenArray,
              1e-8,
            );
          }
        }),
      );
    });
  }

  it('the multiplicative mirror-descent map agrees with projected gradient where entries are zero', () => {
    inFloat64(() =>
      tf.tidy(() => {
        for (const item of golden.cases.filter(({ id }) => id.startsWith('svm_pg'))) {
          const map = fixedPointResidual(maps.entropicMirrorDescent(svmDual, item.stepsize));
          for (const { cotangent, vjp: want } of item.vjp) {
            const got = rootVjp(
              map,
              tensorOf(item.solution as GoldenArray),
              [argsOf(item)],
              tensorOf(cotangent as GoldenArray),
            );
            expectClose(got.value[0].theta, want.theta, 1e-8);
          }
        }
      }),
    );
  });

  it('generic KKT conditions and the Newton map give the derivatives of an inequality-constrained programme', () => {
    inFloat64(() =>
      tf.tidy(() => {
        const item = golden.cases.find(({ id }) => id === 'ineq_qp/n6e1i5')!;
        const generic = kktConditions<tf.Tensor, [Args]>({
          objective: (x, { Q, c }) => tf.add(half(tf.sum(tf.mul(x, matVec(Q, x)))), tf.sum(tf.mul(c, x))),
          equality: (x, { A, b }) => tf.sub(matVec(A, x), b),
          inequality: (x, { G, h }) => tf.sub(matVec(G, x), h),
        }) as Root;
        const newton = fixedPointResidual(maps.newtonFixedPoint(generic as never)) as unknown as Root;
        for (const root of [generic, newton]) {
          const { cotangent, vjp: want } = item.vjp[0];
          const got = rootVjp(root, structured(item.solution), [argsOf(item)], structured(cotangent));
          for (const name of ['c', 'b', 'h', 'A', 'G']) expectClose(got.value[0][name], want[name], 1e-8);
          expect(toFloat64(got.value[0].c).length).toBe(6);
        }
      }),
    );
  });
});
