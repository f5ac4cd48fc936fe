import { describe, expect, it } from 'vitest';
import { gatedGradient } from '../../../core/attribution/gated-gradient.ts';
import { gaussianBlur } from '../../../core/attribution/gaussian-blur.ts';
import { gradCam } from '../../../core/attribution/grad-cam.ts';
import { gradientInput } from '../../../core/attribution/gradient-input.ts';
import { hiresCam } from '../../../core/attribution/hires-cam.ts';
import { integratedGradients } from '../../../core/attribution/integrated-gradients.ts';
import { occlusion } from '../../../core/attribution/occlusion.ts';
import { rise } from '../../../core/attribution/rise.ts';
import { saliency } from '../../../core/attribution/saliency.ts';
import { smoothGrad } from '../../../core/attribution/smooth-grad.ts';
import { sobolAttribution } from '../../../core/attribution/sobol-attribution.ts';
import type { DifferentiableTargets } from '../../../core/attribution/targets.ts';
import { varGrad } from '../../../core/attribution/var-grad.ts';
import { createRandom } from '../../../core/random.ts';
import { float32, sizeOf, type Tensor } from '../../../core/tensor.ts';

/** Σ weight · f(x) for each of the targets, element by element, f and its derivative given. */
function elementwiseTargets(
  weights: readonly Float32Array[],
  dims: readonly number[],
  channelAxis: number,
  [f, slope]: readonly [(x: number) => number, (x: number) => number],
): DifferentiableTargets {
  const size = sizeOf(dims.slice(1));
  const values = ({ data }: Tensor<'float32'>): Float64Array =>
    Float64Array.from({ length: (data.length / size) * weights.length }, (_, at) => {
      const [item, target] = [Math.floor(at / weights.length), at % weights.length];
      return weights[target].reduce((sum, weight, i) => sum + weight * f(data[item * size + i]), 0);
    });
  return {
    count: weights.length,
    dims,
    channelAxis,
    values: (batch) => Promise.resolve(values(batch)),
    gradients: (x) =>
      Promise.resolve({
        values: values(x),
        gradients: Float32Array.from(weights.flatMap((own) => [...own.map((w, i) => w * slope(x.data[i]))])),
      }),
  };
}

const LINEAR = [(x: number) => x, () => 1] as const;
const SQUARE = [(x: number) => x * x, (x: number) => 2 * x] as const;

const NCHW = [1, 3, 14, 14];
const PIXELS = 14 * 14;
const random = createRandom(3);
const picture = float32(
  Float32Array.from({ length: 3 * PIXELS }, () => 1 + random.uniform()),
  NCHW,
);

/** Only the square of rows and columns 2 to 5 counts, in all channels. */
const isInside = (pixel: number): boolean => {
  const [row, column] = [Math.floor(pixel / 14), pixel % 14];
  return row >= 2 && row < 6 && column >= 2 && column < 6;
};
const square = Float32Array.from({ length: 3 * PIXELS }, (_, i) => (isInside(i % PIXELS) ? 1 : 0));
const nothing = new Float32Array(3 * PIXELS);

function shareInside(map: Float32Array): number {
  const mass = map.map((value) => Math.max(0, value));
  const inside = mass.reduce((sum, value, pixel) => sum + (isInside(pixel) ? value : 0), 0);
  return inside / mass.reduce((sum, value) => sum + value, 0);
}

describe('gradient methods', () => {
  const targets = elementwiseTargets([square, nothing], NCHW, 1, LINEAR);

  it('saliency is the largest slope over the channels, by hand, in both layouts', async () => {
    const weights = Float32Array.of(1, 5, -3, 2, -7, 4);
    const first = elementwiseTargets([weights], [1, 3, 1, 2], 1, LINEAR);
    const last = elementwiseTargets([weights], [1, 1, 2, 3], 3, LINEAR);
    expect(await saliency(first, float32(new Float32Array(6), [1, 3, 1, 2]))).toEqual([
      Float32Array.of(7, 5),
    ]);
    expect(await saliency(last, float32(new Float32Array(6), [1, 1, 2, 3]))).toEqual([Float32Array.of(5, 7)]);
  });

  it('gradient × input of a linear target sums to its value, target by target', async () => {
    const maps = await gradientInput(targets, picture);
    const values = await targets.values(picture);
    maps.forEach((map, target) =>
      // float32 sums of some hundred values near 1
      expect([map.reduce((sum, value) => sum + value, 0)]).toBeAllclose([values[target]], { rtol: 1e-5 }),
    );
    expect(shareInside(maps[0])).toBe(1);
  });

  it('SmoothGrad leaves a constant gradient alone, and VarGrad finds no variance in it', async () => {
    const options = { samples: 4 };
    expect((await smoothGrad(targets, picture, options))[0]).toEqual((await saliency(targets, picture))[0]);
    expect(Math.max(...(await varGrad(targets, picture, options))[0])).toBe(0);
  });

  it('VarGrad of squares is four times the variance of the noise, and the same for the same seed', async () => {
    const squares = elementwiseTargets([square], NCHW, 1, SQUARE);
    const [map] = await varGrad(squares, picture, { samples: 400, noise: 0.1, seed: 5 });
    const range = Math.max(...picture.data) - Math.min(...picture.data);
    const mean = map.reduce((sum, value) => sum + value, 0) / 16;
    // 48 variances of 400 samples each: their mean has a standard error of 1 %.
    expect([mean]).toBeAllclose([3 * 4 * (0.1 * range) ** 2], { rtol: 0.05 });
    const again = await varGrad(squares, picture, { samples: 400, noise: 0.1, seed: 5 });
    expect(again[0]).toEqual(map);
  });

  it('integrated gradients sum to the gain over the baseline, exactly for squares', async () => {
    const squares = elementwiseTargets([square, nothing], NCHW, 1, SQUARE);
    const baseline = new Float32Array(3 * PIXELS).fill(0.5);
    const { maps, gaps } = await integratedGradients(squares, picture, { steps: 4, baseline });
    const gain = (await squares.values(picture))[0] - 48 * 0.25;
    expect([maps[0].reduce((sum, value) => sum + value, 0)]).toBeAllclose([gain], { rtol: 1e-5 });
    // The midpoint rule is exact for a linear gradient; float32 gradients leave rounding.
    expect(gaps).toBeAllclose([0, 0], { atol: 1e-4 });
  });
});

describe('gatedGradient()', () => {
  const targets = elementwiseTargets([square], NCHW, 1, LINEAR);

  it('is the root of saliency times gate where nothing is smoothed, by hand', async () => {
    const gate = new Float32Array(PIXELS).fill(4);
    const [map] = await gatedGradient(targets, picture, [gate], 0);
    expect([...map]).toEqual(Array.from({ length: PIXELS }, (_, pixel) => (isInside(pixel) ? 2 : 0)));
  });

  it('is dark where the gate is shut, however steep the gradient', async () => {
    const [map] = await gatedGradient(targets, picture, [new Float32Array(PIXELS)], 4);
    expect(Math.max(...map)).toBe(0);
  });
});

describe('gaussianBlur()', () => {
  it('keeps a flat map flat up to the edges, and spreads a point evenly', () => {
    const flat = gaussianBlur(new Float32Array(6 * 9).fill(3), [6, 9], 2);
    expect(flat).toBeAllclose(new Float32Array(54).fill(3), { rtol: 1e-6 });
    const point = new Float32Array(81);
    point[40] = 1;
    const spread = gaussianBlur(point, [9, 9], 1);
    expect(spread[40 - 1]).toBe(spread[40 + 1]);
    // The two passes round float32 in another order.
    expect([spread[40 - 9]]).toBeAllclose([spread[40 + 1]], { rtol: 1e-6 });
    // exp(-1/2) of the middle one step away.
    expect([spread[41] / spread[40]]).toBeAllclose([Math.exp(-0.5)], { rtol: 1e-5 });
  });
});

describe('class activation methods', () => {
  const layer = { shape: [1, 2, 2, 2], channelAxis: 1, grid: [2, 2] as const };
  const activations = float32(Float32Array.of(1, 2, 3, 4, 4, 3, 2, 1), layer.shape);
  // Channel 0 counts at the first cell alone, channel 1 against the target everywhere.
  const weights = Float32Array.of(4, 0, 0, 0, -1, -1, -1, -1);
  const targets = elementwiseTargets([weights], layer.shape, 1, LINEAR);

  it('Grad-CAM weighs a channel by its mean gradient and drops what speaks against, by hand', async () => {
    const [map] = await gradCam(targets, activations, layer, [2, 2]);
    // 1 · channel 0 - 1 · channel 1 = [-3, -1, 1, 3].
    expect([...map]).toEqual([0, 0, 1, 3]);
  });

  it('HiResCAM gives every place its own share, by hand', async () => {
    const [map] = await hiresCam(targets, activations, layer, [2, 2]);
    // [4 - 4, -3, -2, -1].
    expect([...map]).toEqual([0, 0, 0, 0]);
    const [kept] = await hiresCam(
      elementwiseTargets([Float32Array.of(4, 0, 0, 1, 0, 0, 0, 0)], layer.shape, 1, LINEAR),
      activations,
      layer,
      [2, 2],
    );
    expect([...kept]).toEqual([4, 0, 0, 4]);
  });

  it('pass over tokens before the grid', async () => {
    const tokens = { shape: [1, 5, 1], channelAxis: 2, grid: [2, 2] as const };
    const values = float32(Float32Array.of(100, 1, 2, 3, 4), tokens.shape);
    const ones = elementwiseTargets([new Float32Array(5).fill(1)], tokens.shape, 2, LINEAR);
    expect([...(await hiresCam(ones, values, tokens, [2, 2]))[0]]).toEqual([1, 2, 3, 4]);
  });
});

describe('black-box methods', () => {
  const targets = elementwiseTargets([square, nothing], NCHW, 1, LINEAR);

  it('occlusion puts the target where it is, and nothing for a target that never moves', async () => {
    const [found, flat] = await occlusion(targets, picture, { patch: 1 / 14 });
    const shares = await gradientInput(targets, picture);
    expect(shareInside(found)).toBe(1);
    // A square of one pixel takes away exactly its share; the values are float64 sums of float32 pixels.
    expect(found).toBeAllclose(shares[0], { atol: 1e-5 });
    expect(Math.max(...flat.map(Math.abs))).toBe(0);
  });

  it('occlusion of the whole picture at once is the whole fall', async () => {
    const [map] = await occlusion(targets, picture, { patch: 1 });
    expect([map[0]]).toBeAllclose([(await targets.values(picture))[0]], { rtol: 1e-5 });
  });

  it('RISE and Sobol attribution are strongest inside the square, and repeat for a seed', async () => {
    for (const draw of [
      () => rise(targets, picture, { masks: 300, seed: 1 }),
      () => sobolAttribution(targets, picture, { samples: 16, seed: 1 }),
    ]) {
      const [map, flat] = await draw();
      const strongest = map.indexOf(Math.max(...map));
      expect(isInside(strongest)).toBe(true);
      expect(Math.max(...flat.map(Math.abs))).toBeLessThan(1e-9);
      expect((await draw())[0]).toEqual(map);
    }
  });
});
