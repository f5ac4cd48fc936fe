import { describe, expect, it } from 'vitest';
import { PatternGatherer, UsualGatherer } from '../../../core/editing/concept-patterns.ts';
import { matrix } from '../../../core/linalg/matrix.ts';

const row = (...values: number[]) => matrix(1, values.length, Float32Array.from(values));

describe('what an edit knows of usual images', () => {
  it('is mean amounts and activations, and the amount that hardly any place exceeds', () => {
    const gatherer = new UsualGatherer(1, 2);
    gatherer.add(matrix(2, 2, Float32Array.of(1, 0, 3, 2)), matrix(2, 1, Float32Array.of(0, 4)));
    gatherer.add(row(2, 1), row(2));
    const { amounts, activations, bounds } = gatherer.usual();
    expect([...amounts]).toEqual([2]);
    expect([...activations]).toEqual([2, 1]);
    expect([...bounds]).toEqual([4]);
  });
});

describe('the pattern of a concept', () => {
  const usual = {
    amounts: Float64Array.of(0, 0),
    activations: new Float64Array(3),
    bounds: Float64Array.of(1, 1),
  };
  const directions = matrix(2, 3, Float32Array.of(1, 0, 0, 0, 1, 0));

  it('is its direction with what else is there where there is more of it than usual', () => {
    const gatherer = new PatternGatherer(usual, directions);
    gatherer.add(row(2, 0, 6), row(2, 0));
    // As much as usual tells nothing.
    gatherer.add(row(1, 0, 50), row(1, 0));
    const { data } = gatherer.patterns();
    // 3 a unit, but for the ridge.
    expect(data[2]).toBeGreaterThan(2.9);
    expect(data[2]).toBeLessThan(3);
    expect([...data.subarray(0, 2)]).toEqual([1, 0]);
    expect([...data.subarray(3)]).toEqual([0, 1, 0]);
  });

  it('is shared by concepts that come together, so that both take away what is there once', () => {
    const gatherer = new PatternGatherer(usual, directions);
    gatherer.add(row(2, 2, 6), row(2, 2));
    const { data } = gatherer.patterns();
    expect(data[2]).toBeCloseTo(data[5], 6);
    expect(2 * data[2] + 2 * data[5]).toBeGreaterThan(5.8);
    expect(2 * data[2] + 2 * data[5]).toBeLessThan(6);
  });

  it('is the direction alone where no place has more than usual', () => {
    const gatherer = new PatternGatherer(usual, directions);
    gatherer.add(row(9, 9, 9), row(0.5, 0.5));
    expect([...gatherer.patterns().data]).toEqual([...directions.data]);
  });
});
