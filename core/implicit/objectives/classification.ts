import * as tf from '@tensorflow/tfjs-core';
import { checkAbove0, checkSameShape, checkScalars, checkTensors } from '../checks.ts';
import { binaryLogisticLoss } from '../losses/binary.ts';
import { multiclassLogisticLoss } from '../losses/multiclass.ts';
import { asTensor } from '../scalar.ts';
import type { Scalar } from '../scalar.ts';
import {
  checkData,
  checkOneHotData,
  checkWeightsWithIntercept,
  predictions,
  ridgePenalty,
} from './linear-model.ts';
import type { Data, OneHotData, WeightsWithIntercept } from './linear-model.ts';

/*
 * Objectives of linear classifiers: weights first, then what is differentiated by, then the data. Labels are whole numbers,
 * in a real or an integer tensor [n]; they have no derivative. ImplicitError 'bad-tensor' for shapes or labels that do not fit.
 */

/** mean of `binaryLogisticLoss`(y, X w) for w [p], labels 0 and 1. */
export function binaryLogisticRegression(weights: tf.Tensor, data: Data): tf.Tensor {
  const { X, y } = checkData('binaryLogisticRegression', data);
  return tf.tidy(() => tf.mean(binaryLogisticLoss(y, predictions('binaryLogisticRegression', weights, X))));
}

/** {@link binaryLogisticRegression} + l2/2 ‖w‖². */
export function l2BinaryLogisticRegression(weights: tf.Tensor, l2: Scalar, data: Data): tf.Tensor {
  return tf.tidy(() =>
    tf.add(binaryLogisticRegression(weights, data), ridgePenalty('l2BinaryLogisticRegression', l2, weights)),
  );
}

/** mean of `multiclassLogisticLoss`(y, X W) for W [p, k]. */
export function multiclassLogisticRegression(W: tf.Tensor, data: Data): tf.Tensor {
  const { X, y } = checkData('multiclassLogisticRegression', data);
  return tf.tidy(() => tf.mean(multiclassLogisticLoss(y, predictions('multiclassLogisticRegression', W, X))));
}

/** {@link multiclassLogisticRegression} + l2/2 ‖W‖². */
export function l2MulticlassLogisticRegression(W: tf.Tensor, l2: Scalar, data: Data): tf.Tensor {
  return tf.tidy(() =>
    tf.add(multiclassLogisticRegression(W, data), ridgePenalty('l2MulticlassLogisticRegression', l2, W)),
  );
}

/** mean of `multiclassLogisticLoss`(y, X W + b) for { W [p, k], b [k] }. */
export function multiclassLogisticRegressionWithIntercept(
  weights: WeightsWithIntercept,
  data: Data,
): tf.Tensor {
  const where = 'multiclassLogisticRegressionWithIntercept';
  const { W, b } = checkWeightsWithIntercept(where, weights);
  const { X, y } = checkData(where, data);
  return tf.tidy(() => {
    const scores = predictions(where, W, X);
    checkSameShape(where, 'b', b, { shape: W.shape.slice(1) });
    return tf.mean(multiclassLogisticLoss(y, tf.add(scores, b)));
  });
}

/** {@link multiclassLogisticRegressionWithIntercept} + l2/2 ‖W‖²; the intercepts are not penalised. */
export function l2MulticlassLogisticRegressionWithIntercept(
  weights: WeightsWithIntercept,
  l2: Scalar,
  data: Data,
): tf.Tensor {
  return tf.tidy(() =>
    tf.add(
      multiclassLogisticRegressionWithIntercept(weights, data),
      ridgePenalty('l2MulticlassLogisticRegressionWithIntercept', l2, weights.W),
    ),
  );
}

/**
 * Σᵢ maxⱼ(sᵢⱼ + 1 - Yᵢⱼ) - ⟨sᵢ, Yᵢ⟩ + l2/2 ‖W‖² with s = X W: the multiclass support vector machine of Crammer & Singer (2001),
 * a sum over the samples. At the optimum it is minus {@link multiclassLinearSvmDual}.
 */
export function multiclassLinearSvmPrimal(W: tf.Tensor, l2: Scalar, data: OneHotData): tf.Tensor {
  const { X, Y } = checkOneHotData('multiclassLinearSvmPrimal', data);
  return tf.tidy(() => {
    const scores = predictions('multiclassLinearSvmPrimal', W, X);
    checkSameShape('multiclassLinearSvmPrimal', 'Y', Y, scores);
    const rival = tf.sum(tf.max(tf.add(scores, tf.sub(1, Y)), -1));
    const own = tf.sum(tf.mul(scores, Y));
    return tf.add(tf.sub(rival, own), ridgePenalty('multiclassLinearSvmPrimal', l2, W));
  });
}

/**
 * ‖Xᵀ(Y - β)‖² / (2 l2) + ⟨β, Y - 1⟩ for β [n, k] with rows in the simplex: the dual of {@link multiclassLinearSvmPrimal}, whose
 * weights are Xᵀ(Y - β)/l2.
 */
export function multiclassLinearSvmDual(beta: tf.Tensor, l2: Scalar, data: OneHotData): tf.Tensor {
  const { X, Y } = checkOneHotData('multiclassLinearSvmDual', data);
  checkTensors('multiclassLinearSvmDual', { beta });
  checkScalars('multiclassLinearSvmDual', { l2 });
  checkAbove0('multiclassLinearSvmDual', 'l2', l2);
  return tf.tidy(() => {
    checkSameShape('multiclassLinearSvmDual', 'Y', Y, beta);
    const pull = predictions('multiclassLinearSvmDual', tf.sub(Y, beta), tf.transpose(X));
    const fit = tf.div(tf.mul(0.5, tf.sum(tf.square(pull))), asTensor(l2));
    return tf.add(fit, tf.sum(tf.mul(beta, tf.sub(Y, 1))));
  });
}
