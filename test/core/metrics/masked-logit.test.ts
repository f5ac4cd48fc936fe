import { describe, expect, it, vi } from 'vitest';
import { matrix, type Matrix } from '../../../core/linalg/matrix.ts';
import { isConstantLogit, rememberMasks } from '../../../core/metrics/masked-logit.ts';

const sumOfRow = (masks: Matrix): Promise<Float64Array> =>
  Promise.resolve(
    Float64Array.from({ length: masks.rows }, (_, row) =>
      masks.data
        .subarray(row * masks.cols, (row + 1) * masks.cols)
        .reduce((sum, m, c) => sum + m * 10 ** c, 0),
    ),
  );

describe('rememberMasks', () => {
  it('computes every distinct mask once, within a call and over calls', async () => {
    const evaluate = vi.fn(sumOfRow);
    const remembered = rememberMasks(evaluate);
    expect([...(await remembered(matrix(3, 2, Float32Array.of(1, 0, 0, 1, 1, 0))))]).toEqual([1, 10, 1]);
    expect([...(await remembered(matrix(2, 2, Float32Array.of(1, 1, 0, 1))))]).toEqual([11, 10]);
    await remembered(matrix(1, 2, Float32Array.of(1, 1)));
    expect(evaluate.mock.calls.map(([masks]) => [...masks.data])).toEqual([
      [1, 0, 0, 1],
      [1, 1],
    ]);
  });

  it('keeps a logit that is not a number, and refuses a wrong number of logits', async () => {
    const one = matrix(1, 1, Float32Array.of(1));
    const nan = vi.fn(() => Promise.resolve(Float64Array.of(NaN)));
    const remembered = rememberMasks(nan);
    await remembered(one);
    expect(await remembered(one)).toEqual(Float64Array.of(NaN));
    expect(nan).toHaveBeenCalledTimes(1);
    await expect(rememberMasks(() => Promise.resolve(new Float64Array(3)))(one)).rejects.toThrow(
      'internal: rememberMasks: 3 logits for 1 masks',
    );
  });
});

describe('isConstantLogit', () => {
  it('forgives float32 rounding only', () => {
    expect(isConstantLogit(Float64Array.of(10, 10 + 9e-6))).toBe(true);
    expect(isConstantLogit(Float64Array.of(10, 10 + 2e-5))).toBe(false);
    expect(isConstantLogit(Float64Array.of(0, 1e-30))).toBe(false);
    expect(isConstantLogit(new Float64Array(2))).toBe(true);
    expect(isConstantLogit(new Float64Array(0))).toBe(true);
  });
});
