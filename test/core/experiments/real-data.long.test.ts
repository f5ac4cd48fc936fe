import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { withTask } from '../../../core/experiments/bilevel-runs.ts';
import type { HyperGradient, Model, Task } from '../../../core/experiments/bilevel-runs.ts';
import {
  dataset,
  randomRows,
  shuffledRows,
  sourceOf,
  standardised,
} from '../../../core/experiments/datasets.ts';
import type { DatasetName, Rows } from '../../../core/experiments/datasets.ts';
import { minimiseOnRange } from '../../../core/experiments/minimise.ts';
import { registerFloat64Backend, toFloat64 } from '../../../core/implicit/float64/float64-backend.ts';
import { expectClose, readGolden } from '../../fixtures/implicit/golden.ts';
import type { GoldenArray } from '../../fixtures/implicit/golden.ts';

registerFloat64Backend();
beforeAll(() => void tf.setBackend('float64'));

interface RealCase {
  readonly id: string;
  readonly kind: Model | 'ridge_per_feature';
  readonly dataset: string;
  readonly train: GoldenArray;
  readonly validation: GoldenArray;
  readonly log_theta: GoldenArray;
  readonly outer_value: GoldenArray | number;
  readonly hyper_gradient: GoldenArray;
  readonly kink_near?: readonly boolean[];
  readonly solution?: GoldenArray;
  readonly solutions?: GoldenArray;
  readonly solution_norms?: GoldenArray;
  readonly optimum?: {
    readonly log_theta: number;
    readonly value: number;
    readonly range: readonly [number, number];
  };
  readonly path?: {
    readonly start: number;
    readonly step: number;
    readonly log_theta: GoldenArray;
    readonly value: GoldenArray;
  };
}
const { experiments } = readGolden<{ experiments: readonly RealCase[] }>('real_data');

const names: Readonly<Record<string, DatasetName>> = {
  ...{ iris: 'iris', wine: 'wine', diabetes: 'diabetes' },
  ...{ breast_cancer: 'breastCancer', digits_1_3_8: 'digits138' },
};
const taskOf = ({ kind, dataset: name }: RealCase): Task => ({
  model: kind === 'ridge_per_feature' ? 'ridge' : kind,
  data: names[name],
  classes: name === 'breast_cancer' ? 2 : 3,
});
const rowsOf = ({ train, validation }: RealCase): Rows => ({
  train: train.data,
  validation: validation.data,
});
type Evaluate = (logTheta: number | Float64Array) => HyperGradient;

/** Each hyper-gradient on the scale the file names: its own size, or a thousandth of the value. */
function expectHyperGradient(
  item: RealCase,
  found: HyperGradient,
  value: number,
  want: readonly number[],
): void {
  const svm = item.kind === 'svm';
  expect([found.value]).toBeAllclose([value], { rtol: svm ? 1e-6 : 1e-7 });
  want.forEach((slope, i) => {
    const scale = Math.max(Math.abs(slope), 1e-3 * value);
    expect(Math.abs(found.gradient[i] - slope)).toBeLessThanOrEqual((svm ? 1e-5 : 1e-6) * scale);
  });
}

function checkPoints(item: RealCase, evaluate: Evaluate): void {
  const { data: penalties } = item.log_theta;
  penalties.forEach((penalty, i) => {
    const found = evaluate(penalty);
    const value = (item.outer_value as GoldenArray).data[i];
    const kink = item.kink_near?.[i] === true;
    expectHyperGradient(item, found, value, kink ? [] : [item.hyper_gradient.data[i]]);
    if (item.solution_norms) {
      expect([Math.hypot(...found.weights)]).toBeAllclose([item.solution_norms.data[i]], { rtol: 1e-6 });
    } else {
      const { shape, data } = item.solutions!;
      const size = data.length / shape[0];
      expectClose(found.weights, { shape: [size], data: data.slice(i * size, (i + 1) * size) }, 1e-6);
    }
  });
}

function checkPath(item: RealCase, evaluate: Evaluate): void {
  const { start, step, log_theta, value } = item.path!;
  let at = start;
  log_theta.data.forEach((penalty, i) => {
    expect(Math.abs(at - penalty)).toBeLessThanOrEqual(1e-5 * Math.max(1, Math.abs(penalty)));
    const found = evaluate(at);
    expect([found.value]).toBeAllclose([value.data[i]], { rtol: 1e-5 });
    at -= step * found.gradient[0];
  });
}

describe('bilevel problems on public data', () => {
  for (const item of experiments.filter(({ kind }) => kind !== 'ridge_per_feature')) {
    it(`${item.id}: solutions, values and hyper-gradients at five penalties, and the golden descent`, () => {
      withTask(taskOf(item), rowsOf(item), (evaluate) => {
        checkPoints(item, evaluate);
        // A solve of the dual takes longest: one descent for each set.
        if (item.kind !== 'svm' || item.id.endsWith('seed0')) checkPath(item, evaluate);
      });
    });
  }

  for (const item of experiments.filter(({ kind }) => kind === 'ridge_per_feature')) {
    it(`${item.id}: one penalty for each feature`, () => {
      withTask(taskOf(item), rowsOf(item), (evaluate) => {
        const found = evaluate(Float64Array.from(item.log_theta.data));
        expectHyperGradient(item, found, item.outer_value as number, item.hyper_gradient.data);
        expectClose(found.weights, item.solution!, 1e-7);
      });
    });
  }

  const searched = experiments.filter(({ id, optimum }) => optimum && /ridge|seed0$/.test(id));
  for (const item of searched) {
    it(`${item.id}: the best penalty of the range`, () => {
      withTask(taskOf(item), rowsOf(item), (evaluate) => {
        const { log_theta: want, value, range } = item.optimum!;
        const f = (x: number): { value: number; slope: number } => {
          const found = evaluate(x);
          return { value: found.value, slope: found.gradient[0] };
        };
        const best = minimiseOnRange(f, range, {
          points: item.kind === 'svm' ? 19 : 14,
          tol: item.kind === 'svm' ? 1e-4 : 1e-6,
        });
        expect([best.value]).toBeAllclose([value], { rtol: 1e-6 });
        expect(Math.abs(best.at - want)).toBeLessThanOrEqual(item.kind === 'svm' ? 1e-3 : 1e-5);
      });
    });
  }
});

describe('public data', () => {
  it('are whole: sizes, classes and known moments', () => {
    const sizes = (['iris', 'wine', 'breastCancer', 'digits138', 'diabetes'] as const).map((name) => {
      const { n, p, X, y } = dataset(name);
      expect([X.length, y.length]).toEqual([n * p, n]);
      expect([...X, ...y].every(Number.isFinite)).toBe(true);
      expect(sourceOf(name)).toMatch(/\(.*(CC BY|BSD).*\)\.$/);
      return [n, p];
    });
    expect(sizes).toEqual([
      [150, 4],
      [178, 13],
      [569, 30],
      [120, 64],
      [442, 10],
    ]);
    const { y } = dataset('breastCancer');
    expect(y.reduce((sum, label) => sum + label, 0)).toBe(357);
    expect(dataset('iris').X.slice(0, 4)).toEqual(Float64Array.of(5.1, 3.5, 1.4, 0.2));
  });

  it('are split into disjoint parts, classes in equal shares, the same for one seed', () => {
    const { y } = dataset('wine');
    const rows = randomRows(y, 30, 60, 4);
    expect(new Set([...rows.train, ...rows.validation]).size).toBe(90);
    for (const label of [0, 1, 2]) expect(rows.train.filter((row) => y[row] === label)).toHaveLength(10);
    expect(randomRows(y, 30, 60, 4)).toEqual(rows);
    expect(randomRows(y, 30, 60, 5)).not.toEqual(rows);
    const plain = shuffledRows(442, 200, 200, 1);
    expect(new Set([...plain.train, ...plain.validation]).size).toBe(400);
  });

  it('are standardised by the training part', () => {
    const data = dataset('wine');
    const rows = randomRows(data.y, 40, 20, 1);
    const split = standardised(data, rows, 2);
    const [mean, spread] = [tf.mean(split.X, 0), tf.sqrt(tf.mean(tf.square(split.X), 0))];
    expect(toFloat64(mean)).toBeAllclose(new Array<number>(13).fill(0), { atol: 1e-12 });
    expect(toFloat64(spread)).toBeAllclose(new Array<number>(13).fill(0.5), { atol: 1e-12 });
    expect([split.Xval.shape, split.yval.shape]).toEqual([[20, 13], [20]]);
  });
});

describe('minimising on a range', () => {
  it('finds the lower of two valleys, ends, and minima where the slope jumps', () => {
    const double = (x: number): { value: number; slope: number } => ({
      value: (x * x - 1) ** 2 + 0.1 * x,
      slope: 4 * x * (x * x - 1) + 0.1,
    });
    const deeper = minimiseOnRange(double, [-2, 2], { tol: 1e-9 }).at;
    expect(deeper).toBeLessThan(-1);
    expect(Math.abs(double(deeper).slope)).toBeLessThan(1e-7);
    const falling = (x: number): { value: number; slope: number } => ({ value: -x, slope: -1 });
    expect(minimiseOnRange(falling, [0, 3]).at).toBe(3);
    const kink = (x: number): { value: number; slope: number } => ({
      value: Math.max(0.3 - x, 5 * (x - 0.3)),
      slope: x < 0.3 ? -1 : 5,
    });
    const { at, evaluations } = minimiseOnRange(kink, [-1, 1.1], { points: 5, tol: 1e-6 });
    expect(Math.abs(at - 0.3)).toBeLessThan(2e-6);
    expect(evaluations).toBeLessThan(60);
  });
});
