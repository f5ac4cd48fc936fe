import * as tf from '@tensorflow/tfjs-core';
import { constant, registerGradients, toFloat64 } from '@tessera/implicit';
import { logisticBilevel, ridgeBilevel, svmBilevel } from './bilevel.ts';
import type { Bilevel } from './bilevel.ts';
import { dataset, disposeSplit, standardised } from './datasets.ts';
import type { DatasetName, Rows, Split } from './datasets.ts';

/** A model whose penalty is chosen by a validation loss. */
export type Model = 'ridge' | 'logistic' | 'svm';

/** A model on a data set. */
export interface Task {
  readonly model: Model;
  readonly data: DatasetName;
  /** Classes; none for ridge regression. */
  readonly classes: number;
}

/** The validation loss at a penalty, with its derivatives by the logarithm of each penalty. */
export interface HyperGradient {
  readonly value: number;
  readonly gradient: Float64Array;
  readonly weights: Float64Array;
}

function bilevelOf({ model, classes }: Task, split: Split): Bilevel {
  if (model === 'ridge') return ridgeBilevel(split);
  return model === 'logistic' ? logisticBilevel(split, classes) : svmBilevel(split, classes);
}

/** Evaluates a task on two sets of rows; the function it is given may ask for as many penalties as it likes. */
export function withTask<T>(
  task: Task,
  rows: Rows,
  use: (evaluate: (logTheta: number | Float64Array) => HyperGradient) => T,
): T {
  registerGradients();
  const data = dataset(task.data);
  const split = standardised(data, rows, task.model === 'svm' ? Math.sqrt(data.p) : 1);
  try {
    return tf.tidy(() => {
      const problem = bilevelOf(task, split);
      const evaluate = (logTheta: number | Float64Array): HyperGradient =>
        tf.tidy(() => {
          let weights: Float64Array | undefined;
          const loss = (t: tf.Tensor): tf.Tensor => {
            const fitted = problem.weights(t);
            weights = toFloat64(fitted);
            return problem.lossOf(fitted);
          };
          const { value, grad } = tf.valueAndGrad(loss)(constant(logTheta));
          return { value: toFloat64(value)[0], gradient: toFloat64(grad), weights } as never;
        });
      return use(evaluate) as never;
    });
  } finally {
    disposeSplit(split);
  }
}
