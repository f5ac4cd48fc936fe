import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { constant } from '../../../core/implicit/constant.ts';
import { registerFloat64Backend, toFloat64 } from '../../../core/implicit/float64/float64-backend.ts';
import * as losses from '../../../core/implicit/losses/index.ts';
import { gradientOf } from '../../../core/implicit/optimality/gradient.ts';
import { projectionSimplex } from '../../../core/implicit/projections/simplex.ts';
import { jvp } from '../../../core/implicit/tape.ts';
import { expectClose, readGolden, tensorOf } from '../../fixtures/implicit/golden.ts';
import type { GoldenArray, GoldenValue } from '../../fixtures/implicit/golden.ts';

registerFloat64Backend();
beforeAll(() => void tf.setBackend('float64'));

interface LossCase {
  readonly id: string;
  readonly label?: GoldenValue;
  readonly score?: GoldenValue;
  readonly scores?: GoldenArray;
  readonly target?: GoldenValue;
  readonly pred?: GoldenValue;
  readonly delta?: number;
  readonly y_true?: GoldenArray;
  readonly value: GoldenValue;
  readonly grad?: GoldenValue;
  readonly grad_scores?: GoldenArray;
  readonly grad_y_true?: GoldenArray;
  readonly second_derivative?: GoldenArray;
  readonly tangent?: GoldenArray;
  readonly hvp?: GoldenArray;
}
interface Golden {
  readonly cases: readonly LossCase[];
}
const golden = readGolden<Golden>('losses');
const caseOf = (id: string): LossCase => golden.cases.find((item) => item.id === id)!;

/** Value, gradient of the sum and Hessian-vector product at a point, against what a case says. */
function expectDerivatives(
  loss: (x: tf.Tensor) => tf.Tensor,
  at: tf.Tensor,
  item: LossCase,
  tolerance: number,
): void {
  const gradient = gradientOf<tf.Tensor, []>((x) => tf.sum(loss(x)));
  expectClose(loss(at), item.value, tolerance);
  expectClose(gradient(at), (item.grad ?? item.grad_scores)!, tolerance);
  const hvp = (tangent: tf.Tensor): Float64Array => toFloat64(jvp(([x]) => gradient(x), [at], [tangent]));
  const size = Math.max(...(item.hvp ?? item.second_derivative)!.data.map(Math.abs), 1e-3);
  if (item.hvp) {
    expect(hvp(tensorOf(item.tangent!))).toBeAllclose(item.hvp.data, { atol: tolerance * size });
  } else {
    expect(hvp(tf.onesLike(at))).toBeAllclose(item.second_derivative!.data, { atol: tolerance * size });
  }
}

describe('losses of a label 0 or 1', () => {
  const binary = {
    'loss/binary_logistic': losses.binaryLogisticLoss,
    'loss/binary_sparsemax': losses.binarySparsemaxLoss,
    'loss/binary_hinge': losses.binaryHingeLoss,
    'loss/binary_perceptron': losses.binaryPerceptronLoss,
  };
  for (const [id, loss] of Object.entries(binary)) {
    it(`${id}: golden values, first and second derivatives`, () => {
      tf.tidy(() => {
        const item = caseOf(id);
        for (const label of [tensorOf(item.label!), tf.cast(tensorOf(item.label!), 'int32')]) {
          expectDerivatives((x) => loss(label, x), tensorOf(item.score!), item, 1e-12);
        }
      });
    });
  }

  it('have the golden values and an element of the subdifferential at their kinks', () => {
    tf.tidy(() => {
      const slope = (loss: (s: tf.Tensor) => tf.Tensor, at: number): number =>
        toFloat64(gradientOf<tf.Tensor, []>(loss)(constant(at)))[0];
      const hinge = slope((s) => losses.binaryHingeLoss(1, s), 1);
      expect(hinge >= -1 && hinge <= 0).toBe(true);
      const perceptron = slope((s) => losses.binaryPerceptronLoss(0, s), 0);
      expect(perceptron >= 0 && perceptron <= 1).toBe(true);
      expect(slope((s) => losses.binarySparsemaxLoss(0, s), -1)).toBe(0);
      expect(slope((s) => losses.binarySparsemaxLoss(0, s), 1)).toBe(1);
      expect(toFloat64(losses.binaryHingeLoss(1, 1))).toEqual(Float64Array.of(0));
    });
  });

  it('do not overflow, and leave the label without a derivative', () => {
    tf.tidy(() => {
      const far = losses.binaryLogisticLoss(constant([0, 1, 0]), constant([800, -800, -800]));
      expect(toFloat64(far)).toBeAllclose([800, 800, 0], { atol: 1e-12 });
      const byLabel = tf.grad((label: tf.Tensor) => tf.sum(losses.binaryLogisticLoss(label, tf.ones([2]))));
      expect(Array.from(toFloat64(byLabel(constant([0, 1]))))).toEqual([0, 0]);
    });
  });

  it('sparse plus and its derivative, golden and on every piece', () => {
    tf.tidy(() => {
      const item = caseOf('sparse_plus_sigmoid') as unknown as Record<string, GoldenArray>;
      const x = tensorOf(item.x);
      expectClose(losses.sparsePlus(x), item.sparse_plus, 1e-12);
      expectClose(losses.sparseSigmoid(x), item.sparse_sigmoid, 1e-12);
      const slope = gradientOf<tf.Tensor, []>((v) => tf.sum(losses.sparsePlus(v)));
      expectClose(slope(x), item.sparse_sigmoid, 1e-12);
    });
  });
});

describe('losses of several classes', () => {
  const multiclass = {
    'loss/multiclass_logistic': [losses.multiclassLogisticLoss, 1e-12],
    'loss/multiclass_sparsemax': [losses.multiclassSparsemaxLoss, 1e-12],
    'loss/multiclass_hinge': [losses.multiclassHingeLoss, 1e-12],
    'loss/multiclass_perceptron': [losses.multiclassPerceptronLoss, 1e-12],
  } as const;
  for (const [id, [loss, tolerance]] of Object.entries(multiclass)) {
    it(`${id}: golden values, gradients and Hessian-vector products, in rows and in blocks of rows`, () => {
      tf.tidy(() => {
        const item = caseOf(id);
        const [label, scores] = [tensorOf(item.label!), tensorOf(item.scores!)];
        expectDerivatives((x) => loss(label, x), scores, item, tolerance);
        const lifted = loss(tf.reshape(label, [7, 1]), tf.reshape(scores, [7, 1, 5]));
        expect(lifted.shape).toEqual([7, 1]);
        expectClose(lifted, item.value, tolerance);
        const single = loss((item.label as GoldenArray).data[2], tf.reshape(tf.slice(scores, [2], [1]), [5]));
        expectClose(single, (item.value as GoldenArray).data[2], tolerance);
      });
    });
  }

  it('the sparsemax projection and its vector-Jacobian product', () => {
    tf.tidy(() => {
      const item = caseOf('multiclass_sparsemax_projection') as unknown as Record<string, GoldenArray>;
      const scores = tensorOf(item.scores);
      expectClose(losses.multiclassSparsemaxProjection(scores), item.output, 1e-12);
      const pulled = tf.grad(losses.multiclassSparsemaxProjection)(scores, tensorOf(item.cotangent));
      expectClose(pulled, item.vjp, 1e-12);
    });
  });

  it('equal scores, a confident label, ties and classes ruled out', () => {
    tf.tidy(() => {
      const gradient = (loss: (s: tf.Tensor) => tf.Tensor, at: number[]): number[] =>
        Array.from(toFloat64(gradientOf<tf.Tensor, []>(loss)(constant(at))));
      const equal = gradient((s) => losses.multiclassLogisticLoss(2, s), [0, 0, 0, 0]);
      expect(equal).toBeAllclose([0.25, 0.25, -0.75, 0.25], { atol: 1e-15 });
      const confident = (s: tf.Tensor): tf.Tensor => losses.multiclassSparsemaxLoss(1, s);
      expect(toFloat64(confident(constant([0, 5, 1])))[0]).toBe(0);
      expect(gradient(confident, [0, 5, 1])).toBeAllclose([0, 0, 0], { atol: 1e-15 });
      const tie = gradient((s) => losses.multiclassPerceptronLoss(0, s), [1, 1, 0]);
      expect(tie[2]).toBe(0);
      expect(tie[0] + tie[1]).toBe(0);
      expect(tie[1] >= 0 && tie[1] <= 1).toBe(true);
      const ruledOut = constant([1, 2, -Infinity]);
      expect(toFloat64(losses.multiclassLogisticLoss(1, ruledOut))).toBeAllclose([Math.log1p(Math.exp(-1))], {
        rtol: 1e-14,
      });
    });
  });
});

describe('the other losses', () => {
  for (const id of ['loss/huber_1.0', 'loss/huber_0.3']) {
    it(`${id}: golden values and derivatives`, () => {
      tf.tidy(() => {
        const item = caseOf(id);
        const target = tensorOf(item.target!);
        expectDerivatives((x) => losses.huberLoss(target, x, item.delta), tensorOf(item.pred!), item, 1e-12);
      });
    });
  }

  it('Huber moves with its bend beyond it only, and is smooth at it', () => {
    tf.tidy(() => {
      const byDelta = tf.grad((delta: tf.Tensor) => losses.huberLoss(0, 3, delta));
      expect(toFloat64(byDelta(constant(1)))[0]).toBeCloseTo(2, 12);
      expect(toFloat64(byDelta(constant(4)))[0]).toBe(0);
      const slope = gradientOf<tf.Tensor, []>((x) => losses.huberLoss(0, x, 1));
      expect(toFloat64(slope(constant(1)))[0]).toBe(1);
      expect(toFloat64(losses.huberLoss(2, 2))[0]).toBe(0);
    });
  });

  const sparsemaxMax = (scores: tf.Tensor): tf.Tensor => {
    const p = projectionSimplex(scores);
    return tf.sub(tf.sum(tf.mul(p, scores), -1), tf.mul(0.5, tf.sum(tf.square(p), -1)));
  };
  const regularised = {
    'fenchel_young/logsumexp': (scores: tf.Tensor): tf.Tensor => tf.logSumExp(scores, -1),
    'fenchel_young/sparsemax': sparsemaxMax,
  };
  for (const [id, max] of Object.entries(regularised)) {
    it(`${id}: golden value and derivatives by scores and target, and row by row`, () => {
      tf.tidy(() => {
        const item = caseOf(id);
        const loss = losses.fenchelYoungLoss(max);
        const [target, scores] = [tensorOf(item.y_true!), tensorOf(item.scores!)];
        expectDerivatives((s) => loss(target, s), scores, item, 1e-12);
        expectClose(gradientOf<tf.Tensor, []>((y) => loss(y, scores))(target), item.grad_y_true!, 1e-12);
        const rows = loss(tf.stack([target, scores]), tf.stack([scores, scores]));
        expect(rows.shape).toEqual([2]);
        expectClose(tf.slice(rows, [0], [1]), item.value, 1e-12);
      });
    });
  }
});

describe('losses refuse what does not fit', () => {
  const refusals: readonly [string, () => tf.Tensor, RegExp][] = [
    ['labels of -1', () => losses.binaryHingeLoss(-1, 0.5), /labels must be whole numbers from 0 on, got -1/],
    ['labels of 2', () => losses.binaryLogisticLoss(2, 0.5), /labels must be 0 or 1, got 2/],
    ['labels between', () => losses.binaryLogisticLoss(0.5, 1), /whole numbers from 0 on, got 0.5/],
    ['no number', () => losses.binaryLogisticLoss(NaN, 1), /whole numbers from 0 on, got NaN/],
    [
      'other lengths',
      () => losses.binaryPerceptronLoss(tf.zeros([2]), tf.ones([3])),
      /labels of shape \[3\]/,
    ],
    ['nothing', () => losses.binarySparsemaxLoss(tf.zeros([0]), tf.ones([0])), /scores of shape \[0\]/],
    [
      'a class too many',
      () => losses.multiclassLogisticLoss(3, tf.ones([3])),
      /3 scores go with the labels 0 to 2, got 3/,
    ],
    [
      'scores that are one number',
      () => losses.multiclassHingeLoss(0, tf.scalar(1)),
      /\[\.\.\., classes\], got \[\]/,
    ],
    [
      'a label for each class',
      () => losses.multiclassSparsemaxLoss(tf.zeros([3]), tf.ones([2, 3])),
      /labels of shape \[2\] for scores of shape \[2, 3\], got \[3\]/,
    ],
    ['a bend at 0', () => losses.huberLoss(0, 1, 0), /delta must be one number above 0, got 0/],
    [
      'a bend each',
      () => losses.huberLoss(0, 1, tf.ones([2])),
      /delta must be one number above 0, got shape/,
    ],
    [
      'targets of another length',
      () => losses.huberLoss(tf.ones([2]), tf.ones([3])),
      /must have shape \[2\]/,
    ],
    [
      'a maximum of another shape',
      () => losses.fenchelYoungLoss((s) => s)(tf.ones([3]), tf.ones([3])),
      /one for each row of the scores \[3\], got shape \[3\]/,
    ],
  ];
  for (const [what, run, message] of refusals) {
    it(what, () => {
      expect(() => tf.tidy(run)).toThrow(
        expect.objectContaining({ name: 'ImplicitError', code: 'bad-tensor' }),
      );
      expect(() => tf.tidy(run)).toThrow(message);
    });
  }
});
