import { describe, expect, it } from 'vitest';
import type { Model } from '../../../core/onnx/graph.ts';
import { makeNode } from '../../../core/onnx/graph-edits.ts';
import { randomiseWeights } from '../../../core/onnx/randomise-weights.ts';
import { createRandom } from '../../../core/random.ts';
import { float32, int64, type Tensor } from '../../../core/tensor.ts';
import { randomInput, randomTensor, referenceModel } from './example-models.ts';
import { runModel } from './ort-sessions.ts';

const modelWith = (initializers: Record<string, Tensor>, products: readonly string[] = []): Model => ({
  irVersion: 8,
  opsets: new Map([['', 17]]),
  producer: 'test',
  metadata: new Map(),
  graph: {
    name: 'g',
    inputs: [],
    outputs: [],
    nodes: products.map((name) => makeNode('Conv', ['x', name], [`${name}_out`])),
    initializers: new Map(Object.entries(initializers)),
    valueInfo: new Map(),
  },
});

const moments = (values: ArrayLike<number>): [mean: number, deviation: number] => {
  const x = Array.from(values);
  const mean = x.reduce((sum, value) => sum + value, 0) / x.length;
  return [mean, Math.sqrt(x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / x.length)];
};

const shifted = float32(
  randomTensor([100, 100], 1).data.map((value) => 3 + 0.5 * value),
  [100, 100],
);

describe('randomiseWeights', () => {
  it('keeps mean and standard deviation, and nothing else, of a matrix', () => {
    const { data, dims } = randomiseWeights(modelWith({ w: shifted }), 2).graph.initializers.get('w')!;
    const drawn = data as Float32Array;
    expect(dims).toEqual([100, 100]);
    // Standard errors of 10 000 draws: 0.005 and 0.0035.
    expect(moments(drawn)).toBeAllclose(moments(shifted.data), { atol: 0.02 });
    const [mean, deviation] = moments(drawn);
    const covariance = drawn.reduce((sum, value, i) => sum + (value - mean) * (shifted.data[i] - 3), 0) / 1e4;
    expect(Math.abs(covariance / (0.5 * deviation))).toBeLessThan(0.05);
  });

  it('gives the same model for the same seed, and leaves the given one alone', () => {
    const before = shifted.data.slice();
    const weights = (seed: number) =>
      randomiseWeights(modelWith({ w: shifted }), seed).graph.initializers.get('w');
    expect(weights(2)).toEqual(weights(2));
    expect(weights(2)).not.toEqual(weights(3));
    expect(shifted.data).toEqual(before);
  });

  it('keeps vectors, scales for each channel, integers and infinite masks', () => {
    const mask = float32(Float32Array.of(0, -Infinity, 0, 0), [2, 2]);
    const kept = {
      bias: randomTensor([8], 1),
      slope: randomTensor([8, 1, 1], 2),
      index: int64([1, 2, 3, 4], [2, 2]),
      mask,
    };
    const { initializers } = randomiseWeights(modelWith({ ...kept, w: shifted }), 1).graph;
    for (const [name, tensor] of Object.entries(kept)) expect(initializers.get(name)).toBe(tensor);
    expect([...initializers.keys()]).toEqual([...Object.keys(kept), 'w']);
  });

  it('takes an operand of a product for a weight, however thin', () => {
    const thin = randomTensor([1, 8, 1, 1], 4);
    expect(randomiseWeights(modelWith({ thin }, ['thin']), 1).graph.initializers.get('thin')).not.toEqual(
      thin,
    );
  });

  it('draws float64 and shuffles 16-bit floats', () => {
    const random = createRandom(1);
    const half = Uint16Array.from({ length: 60 }, () => random.integer(2 ** 15));
    const double = Float64Array.from({ length: 60 }, () => random.normal());
    const { initializers } = randomiseWeights(
      modelWith({
        half: { type: 'float16', dims: [6, 10], data: half },
        double: { type: 'float64', dims: [6, 10], data: double },
      }),
      1,
    ).graph;
    const shuffled = initializers.get('half')!.data as Uint16Array;
    expect(shuffled).not.toEqual(half);
    expect(shuffled.toSorted()).toEqual(half.toSorted());
    expect(initializers.get('double')!.data).toBeInstanceOf(Float64Array);
    expect(initializers.get('double')!.data).not.toEqual(double);
  });

  it('leaves a constant tensor as it is', () => {
    const constant = float32(new Float32Array(6).fill(0.5), [2, 3]);
    expect(randomiseWeights(modelWith({ constant }), 1).graph.initializers.get('constant')).toEqual(constant);
  });

  it('makes a model that runs and says something else', async () => {
    const { model } = referenceModel('squeezenet_dyn20');
    const feeds = randomInput(model, 1);
    const output = model.graph.outputs[0].name;
    const [before, after] = [
      (await runModel(model, feeds))[output].data as Float32Array,
      (await runModel(randomiseWeights(model, 1), feeds))[output].data as Float32Array,
    ];
    expect(after.every(Number.isFinite)).toBe(true);
    const distance = Math.hypot(...after.map((value, i) => value - before[i])) / Math.hypot(...before);
    expect(distance).toBeGreaterThan(0.1);
  });

  it('refuses a model without float weights', () => {
    expect(() => randomiseWeights(modelWith({ bias: randomTensor([8], 1) }), 1)).toThrow(
      expect.objectContaining({
        code: 'bad-model',
        message: 'The model has no floating-point weights that could be randomised.',
        hint: 'Use a model that is not quantised, with its weights stored as initializers.',
      }),
    );
  });
});
