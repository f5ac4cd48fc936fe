import * as tf from '@tensorflow/tfjs-core';
import {
  constant,
  customRoot,
  losses,
  objectives,
  projectionSimplex,
  solvers,
  solveSystem,
  stationaryPoint,
  toFloat64,
} from '@tessera/implicit';
import { symmetricEigen } from '../linalg/symmetric-eigen.ts';
import type { Split } from './datasets.ts';
import { column, flat } from './ridge.ts';

/** A model's weights as a function of the logarithm of its penalty, and the validation loss of weights. */
export interface Bilevel {
  readonly weights: (logTheta: tf.Tensor) => tf.Tensor;
  readonly lossOf: (weights: tf.Tensor) => tf.Tensor;
}

/**
 * Ridge regression: inner mean (Xw - y)²/2 + Σ thetaⱼ wⱼ²/2 with one penalty, or one for each feature; outer mean squared error
 * / 2 on the validation part. Responses are centred by the training mean.
 */
export function ridgeBilevel({ X, y, Xval, yval }: Split): Bilevel {
  const centre = tf.mean(y);
  const [centred, judged] = [tf.sub(y, centre), tf.sub(yval, centre)];
  const objective = (w: tf.Tensor, theta: tf.Tensor): tf.Tensor =>
    tf.add(objectives.leastSquares(w, { X, y: centred }), tf.mul(0.5, tf.sum(tf.mul(theta, tf.square(w)))));
  const [n, p] = X.shape as [number, number];
  const solve = (_: null, theta: tf.Tensor): tf.Tensor => {
    const gram = tf.div(tf.matMul(X, X, true), n);
    const moments = flat(tf.div(tf.matMul(X, column(centred), true), n));
    return solveSystem(tf.add(gram, tf.mul(tf.eye(p), theta)), moments);
  };
  const ridge = customRoot<tf.Tensor, [tf.Tensor]>(stationaryPoint(objective))(solve);
  const weights = (logTheta: tf.Tensor): tf.Tensor => ridge(null, tf.exp(logTheta));
  return { weights, lossOf: (w) => objectives.leastSquares(w, { X: Xval, y: judged }) };
}

/** Multiclass logistic regression: inner mean cross-entropy + theta/2 ‖W‖²; outer mean cross-entropy on the validation part. */
export function logisticBilevel({ X, y, Xval, yval }: Split, classes: number): Bilevel {
  const solver = solvers.lbfgs<[tf.Tensor, objectives.Data]>(objectives.l2MulticlassLogisticRegression, {
    tol: 1e-10,
    maxIter: 2000,
  });
  const start = tf.zeros([X.shape[1]!, classes]);
  const weights = (logTheta: tf.Tensor): tf.Tensor => solver.run(start, tf.exp(logTheta), { X, y });
  const lossOf = (W: tf.Tensor): tf.Tensor =>
    tf.mean(losses.multiclassLogisticLoss(yval, tf.matMul(Xval, W)));
  return { weights, lossOf };
}

/** One-hot labels [m, k] of labels [m]. */
export function oneHot(labels: tf.Tensor, classes: number): tf.Tensor {
  return tf.cast(tf.oneHot(tf.cast(labels, 'int32'), classes), 'float32');
}

/** Mean squared error / 2 of a linear classifier's scores against one-hot labels. */
export function scoreError(W: tf.Tensor, X: tf.Tensor, Y: tf.Tensor): tf.Tensor {
  return tf.mul(0.5, tf.mean(tf.square(tf.sub(tf.matMul(X, W), Y))));
}

/** Largest eigenvalue of X Xᵀ. */
export function largestCurvature(X: tf.Tensor): number {
  return Math.max(...symmetricEigen(toFloat64(tf.matMul(X, X, false, true)), X.shape[0]).values);
}

/**
 * Multiclass support vector machine by its dual over rows of beta in the simplex (projected gradient), W = Xᵀ(Y - beta)/theta;
 * outer {@link scoreError} on the validation part. With fewer features than samples beta is not unique, W is: the system of the
 * derivative is solved in the minimum norm.
 */
export function svmBilevel({ X, y, Xval, yval }: Split, classes: number): Bilevel {
  const [Y, Yval] = [oneHot(y, classes), oneHot(yval, classes)];
  const most = largestCurvature(X);
  const weights = (logTheta: tf.Tensor): tf.Tensor => {
    const theta = tf.exp(logTheta);
    const solver = solvers.projectedGradient<tf.Tensor, [tf.Tensor, objectives.OneHotData]>(
      objectives.multiclassLinearSvmDual,
      (rows) => projectionSimplex(rows),
      {
        tol: 1e-10,
        maxIter: 20_000,
        stepsize: toFloat64(theta)[0] / most,
        implicit: { solve: 'minimum-norm' },
      },
    );
    const beta = solver.run(constant(new Float64Array(Y.size).fill(1 / classes), Y.shape), theta, { X, Y });
    return tf.div(tf.matMul(X, tf.sub(Y, beta), true), theta);
  };
  return { weights, lossOf: (W) => scoreError(W, Xval, Yval) };
}
