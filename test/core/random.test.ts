import { describe, expect, it } from 'vitest';
import { createRandom } from '../../core/random.ts';

describe('createRandom', () => {
  it('repeats the stream for a seed and changes it with the seed', () => {
    const stream = (seed: number): number[] => {
      const random = createRandom(seed);
      return Array.from({ length: 20 }, () => random.uniform());
    };
    expect(stream(7)).toEqual(stream(7));
    expect(stream(7)).not.toEqual(stream(8));
  });

  it('draws uniforms and normals with the right first two moments', () => {
    const random = createRandom(1);
    const n = 200_000;
    const moments = (draw: () => number): [number, number] => {
      let sum = 0;
      let squares = 0;
      for (let i = 0; i < n; i++) {
        const x = draw();
        sum += x;
        squares += x * x;
      }
      return [sum / n, squares / n - (sum / n) ** 2];
    };
    // Five standard errors of each moment at n = 200 000.
    expect(moments(() => random.uniform())).toBeAllclose([0.5, 1 / 12], { atol: 0.0035 });
    expect(moments(() => random.normal())).toBeAllclose([0, 1], { atol: 0.016 });
  });

  it('permutes without loss', () => {
    const order = createRandom(3).permutation(100);
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i));
  });
});
