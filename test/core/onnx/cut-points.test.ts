import { describe, expect, it } from 'vitest';
import { findCutPoints, probeSigns } from '../../../core/onnx/cut-points.ts';
import { decodeModel } from '../../../core/onnx/proto.ts';
import { cutModel } from '../../../core/onnx/cut-model.ts';
import type { Model } from '../../../core/onnx/graph.ts';
import {
  fullSizeBytes,
  fullSizeNames,
  randomInput,
  referenceModel,
  referenceNames,
} from './example-models.ts';
import { ortSessions, runModel } from './ort-sessions.ts';

const dimsOf = (model: Model) =>
  new Map(Object.entries(randomInput(model, 1)).map(([name, { dims }]) => [name, dims] as const));

describe('findCutPoints() and cutModel()', () => {
  it.each(referenceNames)(
    'find the reference cuts of %s and cut there with the same numbers',
    async (name) => {
      const { model, cuts, tensors } = referenceModel(name);
      const found = findCutPoints(model, dimsOf(model));
      const names = found.map(({ tensor }) => tensor);
      expect(found.filter(({ proposed }) => proposed)).toHaveLength(1);
      const x = { [model.graph.inputs[0].name]: tensors.get('x')! };
      for (const { tensor, same_value_tensors, index } of cuts) {
        expect([tensor, ...same_value_tensors].some((candidate) => names.includes(candidate))).toBe(true);
        const { latent, head } = cutModel(model, tensor);
        const activations = (await runModel(latent, x))[tensor];
        const want = tensors.get(`A_${index}`)!;
        expect(activations.dims).toEqual(want.dims);
        expect(activations.data as Float32Array).toBeCloseInNorm(want.data, 1e-4);
        const output = (await runModel(head, { [tensor]: want }))[model.graph.outputs[0].name];
        expect(output.data as Float32Array).toBeCloseInNorm(tensors.get('y')!.data, 1e-4);
      }
    },
  );
  const proposals = [
    ['cifar10_resnet20', 'layer3.2', [1, 64, 8, 8], 0],
    ['mobilenet_v2', 'conv62_relu6', [1, 1280, 7, 7], 0],
    ['squeezenet1_1', 'concat_61', [1, 512, 13, 13], 0],
  ] as const;
  it.skipIf(fullSizeNames.length === 0).each(proposals)(
    'propose in %s the tensor %s, which is never negative',
    async (name, tensor, shape, least) => {
      const model = decodeModel(fullSizeBytes(name));
      const found = findCutPoints(model, dimsOf(model));
      const proposed = found.filter((cut) => cut.proposed);
      expect(proposed).toMatchObject([
        { tensor, shape, kind: 'spatial', channelAxis: 1, grid: shape.slice(2) },
      ]);
      const signs = await probeSigns(model, proposed, ortSessions(), Object.values(randomInput(model, 1))[0]);
      expect(signs.get(tensor)).toBe(least);
    },
  );

  it('refuse an unknown name with the nearest ones, and a tensor beside another path', () => {
    const { model } = referenceModel('squeezenet_dyn20');
    expect(() => cutModel(model, 'cat_9')).toThrow('The model has no tensor "cat_9".');
    const beside = model.graph.nodes.find(({ opType }) => opType === 'Concat')!.inputs[0];
    expect(() => cutModel(model, beside)).toThrow(`cannot be cut at "${beside}"`);
  });
});
