import { describe, expect, it } from 'vitest';
import { looksLikeProbabilities } from '../../../core/score/looks-like-probabilities.ts';
import type { ModelScores } from '../../../core/score/model-scores.ts';
import { classProbabilities } from '../../../core/score/softmax.ts';

const model = (changes: Partial<ModelScores>): ModelScores => ({
  output: 'y',
  task: 'multiclass',
  activation: 'none',
  classes: ['a', 'b', 'c'],
  width: 3,
  ...changes,
});
const shares = [
  [0.2, 0.3, 0.5],
  [0.999, 0.0005, 0.0005],
];
const times = (rows: readonly number[][], factor: number): number[][] =>
  rows.map((row) => row.map((value) => value * factor));

describe('looksLikeProbabilities()', () => {
  it('sees rows that add up to 1 or 100', () => {
    expect(looksLikeProbabilities(model({}), shares)).toBe('probabilities');
    expect(looksLikeProbabilities(model({}), times(shares, 100))).toBe('per cents');
  });

  it('takes logits for logits, and a softmax that is taken off for known', () => {
    expect(looksLikeProbabilities(model({}), times(shares, 7))).toBeUndefined();
    expect(looksLikeProbabilities(model({}), [[-0.5, 0.5, 1]])).toBeUndefined();
    expect(looksLikeProbabilities(model({}), [])).toBeUndefined();
    expect(looksLikeProbabilities(model({ activation: 'softmax' }), shares)).toBeUndefined();
    expect(looksLikeProbabilities(model({}), [[NaN, 0.5, 0.5]])).toBeUndefined();
  });

  it('of single numbers asks for ten pictures', () => {
    const yes = model({ task: 'binary', classes: ['no', 'yes'], width: 1 });
    const rows = Array.from({ length: 10 }, (_, i) => [0.05 + 0.09 * i]);
    expect(looksLikeProbabilities(yes, rows)).toBe('probabilities');
    expect(looksLikeProbabilities(yes, rows.slice(1))).toBeUndefined();
    expect(looksLikeProbabilities(yes, times(rows, 100))).toBe('per cents');
    expect(looksLikeProbabilities(yes, times(rows, 10))).toBeUndefined();
    expect(looksLikeProbabilities(model({ task: 'regression', width: 1 }), rows)).toBeUndefined();
  });
});

describe('classProbabilities()', () => {
  it('takes shares and per cents as they are, anything else as logits', () => {
    expect(classProbabilities([20, 30, 50])).toBeAllclose([0.2, 0.3, 0.5], { atol: 1e-12 });
    expect(classProbabilities([0.2, 0.3, 0.5])).toBeAllclose([0.2, 0.3, 0.5], { atol: 1e-12 });
    expect(classProbabilities([-20, 70, 50])[1]).toBeCloseTo(1, 6);
  });
});
