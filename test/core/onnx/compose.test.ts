import { describe, expect, it } from 'vitest';
import { withInputResize, withMeanPool, withOutputs } from '../../../core/onnx/compose.ts';
import type { Attribute, Model } from '../../../core/onnx/graph.ts';
import { makeNode } from '../../../core/onnx/graph-edits.ts';
import { int64 } from '../../../core/tensor.ts';
import type { Tensor } from '../../../core/tensor.ts';
import { randomTensor, referenceModel } from './example-models.ts';
import { runModel } from './ort-sessions.ts';

/** A model that hands its input on. */
function identity(dims: readonly (number | string)[], opset: number): Model {
  return {
    irVersion: 8,
    opsets: new Map([['', opset]]),
    producer: '',
    metadata: new Map(),
    graph: {
      name: 'g',
      inputs: [{ name: 'x', type: 'float32', dims }],
      outputs: [{ name: 'y', type: 'float32', dims: undefined }],
      nodes: [makeNode('Identity', ['x'], ['y'])],
      initializers: new Map(),
      valueInfo: new Map(),
    },
  };
}

/** ONNX Runtime's own bilinear resize to [9, 14], as the reference. */
function resizeOperator(): Model {
  const model = identity(['N', 3, 6, 5], 17);
  const attributes = new Map<string, Attribute>([
    ['mode', { type: 'string', value: 'linear' }],
    ['coordinate_transformation_mode', { type: 'string', value: 'half_pixel' }],
  ]);
  const initializers = new Map<string, Tensor>([['sizes', int64([2, 3, 9, 14])]]);
  return {
    ...model,
    graph: {
      ...model.graph,
      nodes: [makeNode('Resize', ['x', '', '', 'sizes'], ['y'], attributes)],
      initializers,
    },
  };
}

describe('withInputResize()', () => {
  it.each([7, 17])('resizes as the bilinear Resize operator does, at opset %i', async (opset) => {
    const feeds = { x: randomTensor([2, 3, 6, 5], 1) };
    const want = (await runModel(resizeOperator(), feeds)).y;
    const got = (await runModel(withInputResize(identity(['N', 3, 9, 14], opset), [6, 5]), feeds)).y;
    expect(got.dims).toEqual([2, 3, 9, 14]);
    // Two orders of the same few float32 operations.
    expect(got.data as Float32Array).toBeAllclose(want.data as Float32Array, { rtol: 1e-5, atol: 1e-5 });
  });

  it('resizes [N, H, W, C] and shrinks as well', async () => {
    const channelsLast = identity(['N', 8, 4, 3], 13);
    const channelsFirst = identity(['N', 3, 8, 4], 13);
    const x = randomTensor([2, 3, 6, 5], 2);
    const moved = new Float32Array(x.data.length);
    for (let n = 0; n < 2; n++)
      for (let c = 0; c < 3; c++)
        for (let i = 0; i < 30; i++) moved[(n * 30 + i) * 3 + c] = x.data[(n * 3 + c) * 30 + i];
    const want = (await runModel(withInputResize(channelsFirst, [6, 5]), { x })).y.data as Float32Array;
    const got = (
      await runModel(withInputResize(channelsLast, [6, 5]), { x: { ...x, dims: [2, 6, 5, 3], data: moved } })
    ).y;
    const back = Float32Array.from(want, (_, index) => {
      const [n, c, i] = [Math.floor(index / 96), Math.floor(index / 32) % 3, index % 32];
      return Number(got.data[(n * 32 + i) * 3 + c]);
    });
    expect(back).toBeAllclose(want, { rtol: 1e-5, atol: 1e-6 });
  });
});

describe('withMeanPool() and withOutputs()', () => {
  it.each(['squeezenet_dyn20', 'resnet_bottleneck_ts17'])(
    'give the spatial mean of a tensor of %s',
    async (name) => {
      const { model, cuts, tensors } = referenceModel(name);
      const { tensor, index } = cuts[0];
      const feeds = { input: tensors.get('x')! };
      const activations = (await runModel(withOutputs(model, [tensor]), feeds))[tensor];
      const pooled = (await runModel(withMeanPool(model, tensor, [2, 3]), feeds))[`${tensor}/pooled`];
      const want = tensors.get(`A_${index}`)!;
      const positions = want.dims[2] * want.dims[3];
      const means = Array.from(
        pooled.data as Float32Array,
        (_, row) =>
          want.data.slice(row * positions, (row + 1) * positions).reduce((a, b) => a + b) / positions,
      );
      expect(activations.dims).toEqual(want.dims);
      expect(pooled.dims).toEqual(want.dims.slice(0, 2));
      expect(pooled.data as Float32Array).toBeCloseInNorm(means, 1e-4);
    },
  );
});
