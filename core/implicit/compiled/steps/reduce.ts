import * as tf from '@tensorflow/tfjs-core';
import { sizeOfShape } from '../../float64/dense.ts';
import type { Op } from '../graph.ts';
import type { Place, Step } from './step.ts';

/** How an axis, or neighbouring axes, are reduced: [outer, count, inner] of the operand. */
export interface Reduction {
  readonly outer: number;
  readonly count: number;
  readonly inner: number;
}

const FOLDS: Readonly<Record<string, { initial: number; f: (sum: number, value: number) => number }>> = {
  Sum: { initial: 0, f: (a, b) => a + b },
  Mean: { initial: 0, f: (a, b) => a + b },
  Max: { initial: -Infinity, f: Math.max },
  Min: { initial: Infinity, f: Math.min },
  Prod: { initial: 1, f: (a, b) => a * b },
};

/** The reduction that an operation is; undefined for other operations and for axes that lie apart. */
export function reductionOf({ kernel, inputs: [x], attrs }: Op): Reduction | undefined {
  if (!(kernel in FOLDS) || x.dtype !== 'float32') return undefined;
  // tfjs calls the axes of Max, and of no other reduction, `reductionIndices`.
  const given = (attrs.axis ?? attrs.reductionIndices) as number | number[];
  const axes = tf.util.parseAxisParam(given, [...x.shape]).toSorted((a, b) => a - b);
  if (axes.length === 0) return { outer: x.size, count: 1, inner: 1 };
  if (axes.some((axis, i) => axis !== axes[0] + i)) return undefined;
  const part = (from: number, to?: number): number => sizeOfShape(x.shape.slice(from, to));
  return { outer: part(0, axes[0]), count: part(axes[0], axes.at(-1)! + 1), inner: part(axes.at(-1)! + 1) };
}

/** Folds over memory in the order of the numbers. */
export function reduceStep(op: Op, { outer, count, inner }: Reduction, place: Place): Step {
  const { initial, f } = FOLDS[op.kernel];
  const scale = op.kernel === 'Mean' ? count : 1;
  const [from, to] = [place(op.inputs[0]), place(op.outputs[0])];
  return (memory) => {
    for (let o = 0; o < outer; o++) {
      for (let i = 0; i < inner; i++) {
        let sum = initial;
        const start = from + o * count * inner + i;
        for (let k = 0; k < count; k++) sum = f(sum, memory[start + k * inner]);
        memory[to + o * inner + i] = sum / scale;
      }
    }
  };
}
