import * as tf from '@tensorflow/tfjs-core';
import { constant } from '@tessera/implicit';
import { createRandom } from '../random.ts';
import sets from './data/datasets.json' with { type: 'json' };

/** The public data sets that are shipped; their sources and licences stand in the file. */
export type DatasetName = keyof typeof sets;

/** Samples row by row, X [n, p], with a label or a response each. */
export interface Dataset {
  readonly n: number;
  readonly p: number;
  readonly X: Float64Array;
  readonly y: Float64Array;
}

const numbers = (text: string): Float64Array => Float64Array.from(text.split(' '), Number);

/** Reads a data set. */
export function dataset(name: DatasetName): Dataset {
  const { samples, features, X, y } = sets[name];
  return { n: samples, p: features, X: numbers(X), y: numbers(y) };
}

/** Where a data set comes from, and under which licence, for a note below a figure. */
export function sourceOf(name: DatasetName): string {
  return `${sets[name].source} (${sets[name].licence}).`;
}

/** Which samples train and which judge. */
export interface Rows {
  readonly train: readonly number[];
  readonly validation: readonly number[];
}

/** Two disjoint random sets of n samples. */
export function shuffledRows(n: number, train: number, validation: number, seed: number): Rows {
  const order = Array.from(createRandom(seed).permutation(n));
  return { train: order.slice(0, train), validation: order.slice(train, train + validation) };
}

/** The same in equal parts of every class, as far as it goes round. */
export function randomRows(y: Float64Array, train: number, validation: number, seed: number): Rows {
  const order = Array.from(createRandom(seed).permutation(y.length));
  // Every class takes its samples in turn: sorted by how many of the class came before.
  const seen = new Map<number, number>();
  const turns = order.map((row) => {
    const turn = seen.get(y[row]) ?? 0;
    seen.set(y[row], turn + 1);
    return { row, turn };
  });
  const mixed = turns.toSorted((a, b) => a.turn - b.turn).map(({ row }) => row);
  return { train: mixed.slice(0, train), validation: mixed.slice(train, train + validation) };
}

/** A data set in two parts: features [m, p] in units of the training part's spread, and labels or responses [m]. */
export interface Split {
  readonly X: tf.Tensor;
  readonly y: tf.Tensor;
  readonly Xval: tf.Tensor;
  readonly yval: tf.Tensor;
}

/**
 * Takes the rows out, subtracts the training mean of every feature and divides by its training standard deviation (1 where that
 * is 0), in both parts; `divisor` divides all features once more.
 */
export function standardised({ p, X, y }: Dataset, { train, validation }: Rows, divisor = 1): Split {
  const mean = new Float64Array(p);
  const spread = new Float64Array(p);
  for (const row of train) for (let j = 0; j < p; j++) mean[j] += X[row * p + j] / train.length;
  for (const row of train)
    for (let j = 0; j < p; j++) spread[j] += (X[row * p + j] - mean[j]) ** 2 / train.length;
  const scale = spread.map((v) => (v > 0 ? Math.sqrt(v) : 1) * divisor);
  const part = (rows: readonly number[]): tf.Tensor =>
    constant(
      Float64Array.from({ length: rows.length * p }, (_, at) => {
        const j = at % p;
        return (X[rows[Math.floor(at / p)] * p + j] - mean[j]) / scale[j];
      }),
      [rows.length, p],
    );
  const targets = (rows: readonly number[]): tf.Tensor => constant(Float64Array.from(rows, (row) => y[row]));
  return { X: part(train), y: targets(train), Xval: part(validation), yval: targets(validation) };
}

/** Disposes of a split's tensors. */
export function disposeSplit({ X, y, Xval, yval }: Split): void {
  tf.dispose([X, y, Xval, yval]);
}
