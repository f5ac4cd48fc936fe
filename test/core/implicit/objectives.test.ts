import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { constant } from '../../../core/implicit/constant.ts';
import { registerFloat64Backend, toFloat64 } from '../../../core/implicit/float64/float64-backend.ts';
import * as objectives from '../../../core/implicit/objectives/index.ts';
import { gradientOf } from '../../../core/implicit/optimality/gradient.ts';
import { projectionSimplex } from '../../../core/implicit/projections/simplex.ts';
import { lbfgs } from '../../../core/implicit/solvers/lbfgs.ts';
import { projectedGradient, proximalGradient } from '../../../core/implicit/solvers/proximal-gradient.ts';
import { proxElasticNet } from '../../../core/implicit/prox/prox.ts';
import { jvp } from '../../../core/implicit/tape.ts';
import { flattenTree } from '../../../core/implicit/tree.ts';
import { expectClose, readGolden, tensorOf } from '../../fixtures/implicit/golden.ts';
import type { GoldenArray } from '../../fixtures/implicit/golden.ts';

registerFloat64Backend();
beforeAll(() => void tf.setBackend('float64'));

type Weights = GoldenArray | { readonly W: GoldenArray; readonly b: GoldenArray };
interface ObjectiveCase {
  readonly id: string;
  readonly params: Weights;
  readonly value: number;
  readonly grad: Weights;
  readonly tangent: Weights;
  readonly hvp: Weights;
  readonly l2reg?: number;
  readonly grad_l2reg?: number;
}
interface StrongDuality {
  readonly l2reg: number;
  readonly W_opt: GoldenArray;
  readonly primal_opt: number;
}
interface Golden {
  readonly data: Readonly<Record<'X' | 'y' | 'labels' | 'binary_labels' | 'Y_onehot', GoldenArray>>;
  readonly objectives: readonly ObjectiveCase[];
}
const golden = readGolden<Golden>('losses');
const { data } = golden;
const regression = (): objectives.Data => ({ X: tensorOf(data.X), y: tensorOf(data.y) });
const labelled = (): objectives.Data => ({ X: tensorOf(data.X), y: tensorOf(data.labels) });
const inTwo = (): objectives.Data => ({ X: tensorOf(data.X), y: tensorOf(data.binary_labels) });
const oneHot = (): objectives.OneHotData => ({ X: tensorOf(data.X), Y: tensorOf(data.Y_onehot) });

type Run = (weights: never, l2: tf.Tensor) => tf.Tensor;
const runs: Readonly<Record<string, Run>> = {
  'objective/least_squares': (w: tf.Tensor) => objectives.leastSquares(w, regression()),
  'objective/ridge_regression': (w: tf.Tensor, l2) => objectives.ridgeRegression(w, l2, regression()),
  'objective/binary_logreg': (w: tf.Tensor) => objectives.binaryLogisticRegression(w, inTwo()),
  'objective/multiclass_logreg': (w: tf.Tensor) => objectives.multiclassLogisticRegression(w, labelled()),
  'objective/l2_multiclass_logreg': (w: tf.Tensor, l2) =>
    objectives.l2MulticlassLogisticRegression(w, l2, labelled()),
  'objective/multiclass_logreg_with_intercept': (w: objectives.WeightsWithIntercept) =>
    objectives.multiclassLogisticRegressionWithIntercept(w, labelled()),
  'objective/l2_multiclass_logreg_with_intercept': (w: objectives.WeightsWithIntercept, l2) =>
    objectives.l2MulticlassLogisticRegressionWithIntercept(w, l2, labelled()),
  'objective/multiclass_linear_svm_dual': (beta: tf.Tensor, l2) =>
    objectives.multiclassLinearSvmDual(beta, l2, oneHot()),
  'objective/multiclass_linear_svm_primal': (w: tf.Tensor, l2) =>
    objectives.multiclassLinearSvmPrimal(w, l2, oneHot()),
  'objective/huber_regression': (w: tf.Tensor, l2) =>
    objectives.huberRegression(w, { l2, delta: 0.8 }, regression()),
};

const leavesOf = (weights: Weights): GoldenArray[] =>
  'shape' in weights ? [weights] : [weights.W, weights.b];
const treeOf = (weights: Weights): unknown =>
  'shape' in weights ? tensorOf(weights) : { W: tensorOf(weights.W), b: tensorOf(weights.b) };

describe('objectives', () => {
  it('are those of the golden file', () => {
    const ids = golden.objectives.map(({ id }) => id).filter((id) => id !== 'objective/svm_strong_duality');
    expect(Object.keys(runs).sort()).toEqual(ids.sort());
  });

  for (const item of golden.objectives.filter(({ id }) => id in runs)) {
    it(`${item.id}: golden value, gradients and Hessian-vector product`, () => {
      tf.tidy(() => {
        const run = runs[item.id];
        const [weights, l2] = [treeOf(item.params), constant(item.l2reg ?? 0)];
        expectClose(run(weights as never, l2), item.value, 1e-12);
        const gradient = gradientOf<unknown, []>((w) => run(w as never, l2));
        flattenTree(gradient(weights)).leaves.forEach((leaf, i) =>
          expectClose(leaf, leavesOf(item.grad)[i], 1e-12),
        );
        if (item.grad_l2reg !== undefined) {
          const byL2 = gradientOf<tf.Tensor, []>((t) => run(weights as never, t));
          expectClose(byL2(l2), item.grad_l2reg, 1e-12);
        }
        const tree = flattenTree(weights);
        leavesOf(item.hvp).forEach((want, i) => {
          const got = jvp(
            (moved) => flattenTree(gradient(tree.rebuild(moved))).leaves[i],
            tree.leaves,
            leavesOf(item.tangent).map(tensorOf),
          );
          expectClose(got, want, 1e-12);
        });
      });
    });
  }

  it('the primal and the dual of the support vector machine meet at the golden optimum', () => {
    tf.tidy(() => {
      const item = golden.objectives.find(({ id }) => id === 'objective/svm_strong_duality')!;
      const { l2reg, W_opt, primal_opt } = item as unknown as StrongDuality;
      const { X, Y } = oneHot();
      const primal = toFloat64(objectives.multiclassLinearSvmPrimal(tensorOf(W_opt), l2reg, { X, Y }))[0];
      expect(primal).toBeCloseTo(primal_opt, 7);
      const dual = projectedGradient<tf.Tensor, [objectives.OneHotData]>(
        (beta, d) => objectives.multiclassLinearSvmDual(beta, constant(l2reg), d),
        (beta) => projectionSimplex(beta),
        { tol: 1e-9, maxIter: 20_000 },
      ).solve(tf.fill([12, 3], 1 / 3), { X, Y });
      const smallest = toFloat64(objectives.multiclassLinearSvmDual(dual.x, l2reg, { X, Y }))[0];
      expect(-smallest).toBeCloseTo(primal_opt, 7);
      const weights = tf.div(tf.matMul(X, tf.sub(Y, dual.x), true), constant(l2reg));
      expectClose(weights, W_opt, 1e-5);
    });
  });

  it('pass solvers as they are, with data and penalties by name', () => {
    tf.tidy(() => {
      const ridge = lbfgs<[tf.Tensor, objectives.Data]>(objectives.ridgeRegression, { tol: 1e-11 });
      const { X, y } = regression();
      const gradient = (l2: number): number =>
        toFloat64(tf.grad((t: tf.Tensor) => tf.sum(ridge.run(tf.zeros([5]), t, { X, y })))(constant(l2)))[0];
      const value = (l2: number): number =>
        toFloat64(tf.sum(ridge.solve(tf.zeros([5]), constant(l2), { X, y }).x))[0];
      expect(gradient(0.3)).toBeCloseTo((value(0.3 + 1e-5) - value(0.3 - 1e-5)) / 2e-5, 7);
    });
  });

  it('the elastic net is smallest where proximal gradient ends', () => {
    tf.tidy(() => {
      const problem = regression();
      const parameters = { l1: 0.2, gamma: 0.5 };
      const { x, status } = proximalGradient<tf.Tensor, [objectives.Data]>(
        objectives.leastSquares,
        (v, scaling) => proxElasticNet(v, parameters, scaling),
        { tol: 1e-10 },
      ).solve(tf.zeros([5]), problem);
      expect(status).toBe('converged');
      const value = (w: tf.Tensor): number => toFloat64(objectives.elasticNet(w, parameters, problem))[0];
      for (let i = 0; i < 5; i++) {
        const unit = tf.oneHot(tf.scalar(i, 'int32'), 5);
        for (const step of [-1e-3, 1e-3]) {
          expect(value(tf.add(x, tf.mul(constant(step), tf.cast(unit, 'float32'))))).toBeGreaterThan(
            value(x),
          );
        }
      }
      const l1Only = toFloat64(objectives.lasso(x, 0.2, problem))[0];
      expect(l1Only).toBeLessThan(value(x));
    });
  });

  it('name the shapes that do not fit', () => {
    const { X, y } = regression();
    const cases: readonly [() => tf.Tensor, RegExp][] = [
      [
        () => objectives.leastSquares(tf.ones([4]), { X, y }),
        /expected X \[n, p\] and weights .* \[12, 5\], \[4\]/,
      ],
      [() => objectives.leastSquares(tf.ones([5]), { X: y, y }), /expected X \[n, p\]/],
      [() => objectives.leastSquares(tf.ones([5, 2]), { X, y }), /y must have shape \[12, 2\], got \[12\]/],
      [() => objectives.binaryLogisticRegression(tf.ones([5]), { X, y }), /labels must be whole numbers/],
      [
        () => objectives.multiclassLinearSvmDual(tf.ones([12, 2]), 1, oneHot()),
        /Y must have shape \[12, 2\]/,
      ],
    ];
    for (const [run, message] of cases) {
      expect(() => tf.tidy(run)).toThrow(expect.objectContaining({ name: 'ImplicitError' }));
      expect(() => tf.tidy(run)).toThrow(message);
    }
  });
});
