import { describe, expect, test } from 'vitest';
import { stagedBackward } from '../../../core/autodiff/staged-backward.ts';
import { vjp } from '../../../core/autodiff/vjp.ts';
import type { Tensor } from '../../../core/tensor.ts';
import { randomTensor, referenceModel } from '../onnx/example-models.ts';
import { runModel } from '../onnx/ort-sessions.ts';
import { smallModel } from './graphs.ts';

describe('stagedBackward()', () => {
  test.each(['resnet_bottleneck_ts17', 'squeezenet_dyn20', 'nhwc_cnn_ts17'])(
    '%s: forward once and cotangents in batches give the gradients of the whole graph',
    async (name) => {
      const { model, cuts, tensors } = referenceModel(name);
      const x = tensors.get('x');
      if (x === undefined) throw new Error('no x');
      const from = model.graph.inputs[0].name;
      const backward = vjp(model, { from, to: cuts[0].tensor, inputDims: new Map([[from, x.dims]]) });
      const { forward, saved, backward: backwardOf } = stagedBackward(backward);
      const { a, ...values } = await runModel(forward, { [from]: x });
      expect(Object.keys(values).sort()).toEqual([...saved].sort());
      const second = backwardOf(values);
      expect(second.graph.nodes.length + forward.graph.nodes.length).toBeLessThan(
        backward.model.graph.nodes.length * 1.5,
      );
      for (const seed of [5, 6]) {
        const v = randomTensor([2, ...backward.aDims], seed);
        const want = await runModel(backward.model, { [from]: x, v });
        const names = second.graph.inputs.map((info) => info.name);
        const all: Record<string, Tensor> = { ...values, [from]: x, v };
        const { gx } = await runModel(second, Object.fromEntries(names.map((input) => [input, all[input]])));
        expect(a.data).toEqual(want.a.data);
        expect(gx.data as Float32Array).toBeCloseInNorm(want.gx.data as Float32Array, 1e-6);
      }
    },
  );

  test('keeps x as an input of the second model where a rule reads it, and weights as constants', () => {
    const model = smallModel(
      { x: [1, 2] },
      [
        ['Mul', ['x', 'x'], ['square']],
        ['MatMul', ['square', 'w'], ['y']],
      ],
      { w: randomTensor([2, 3], 1) },
    );
    const staged = stagedBackward(vjp(model, { from: 'x', to: 'y', inputDims: new Map() }));
    expect(staged.saved).toEqual([]);
    const second = staged.backward({});
    expect(second.graph.inputs.map(({ name }) => name)).toEqual(['v', 'x']);
    expect(second.graph.initializers.has('w')).toBe(true);
    expect(second.graph.outputs.map(({ name }) => name)).toEqual(['gx']);
  });
});
