import { describe, expect, it } from 'vitest';
import { inferShapes, probeShapes } from '../../../core/onnx/shapes.ts';
import { decodeModel } from '../../../core/onnx/proto.ts';
import {
  fullSizeBytes,
  fullSizeNames,
  randomInput,
  randomTensor,
  referenceModel,
  referenceNames,
} from './example-models.ts';
import { ortSessions } from './ort-sessions.ts';
import type { Model } from '../../../core/onnx/graph.ts';
import { int64, sizeOf, type Tensor } from '../../../core/tensor.ts';
import { smallModel, type ShortNode } from '../autodiff/graphs.ts';

async function expectTrueShapes(model: Model, batch: number) {
  const feeds = randomInput(model, batch);
  const inputDims = new Map(Object.entries(feeds).map(([name, { dims }]) => [name, dims]));
  const inferred = inferShapes(model, inputDims);
  const probed = await probeShapes(model, inputDims, ortSessions());
  const plain = [...probed].map(([name]) => {
    const fact = inferred.get(name);
    return [name, fact && { type: fact.type, dims: fact.dims }] as const;
  });
  const wanted = [...probed].map(([name, { type, dims }]) => [name, { type, dims }] as const);
  expect(new Map(plain)).toEqual(new Map(wanted));
}

describe('inferShapes()', () => {
  it.each(referenceNames)('agrees with a run on every tensor of %s', async (name) => {
    await expectTrueShapes(referenceModel(name).model, 2);
  });

  it.each(fullSizeNames)('agrees with a run on every tensor of %s', async (name) => {
    await expectTrueShapes(decodeModel(fullSizeBytes(name)), 1);
  });

  const weights = (dims: readonly number[]) => randomTensor(dims, 2);
  const bytes = (dims: readonly number[]): Tensor => ({
    type: 'uint8',
    dims,
    data: Uint8Array.from({ length: sizeOf(dims) }, (_, i) => (i * 7) % 50),
  });
  it.each<[string, readonly number[], readonly ShortNode[], Record<string, Tensor>]>([
    [
      'LSTM',
      [5, 2, 3],
      [['LSTM', ['x', 'w', 'r'], ['y', 'h', 'c'], { hidden_size: 4 }]],
      { w: weights([1, 16, 3]), r: weights([1, 16, 4]) },
    ],
    [
      'GRU, both ways',
      [5, 2, 3],
      [['GRU', ['x', 'w', 'r'], ['y', 'h'], { hidden_size: 4, direction: 'bidirectional' }]],
      { w: weights([2, 12, 3]), r: weights([2, 12, 4]) },
    ],
    ['Col2Im', [2, 12, 9], [['Col2Im', ['x', 'i', 'b'], ['y']]], { i: int64([4, 4]), b: int64([2, 2]) }],
    [
      'integer products of dynamic steps',
      [2, 6],
      [
        ['DynamicQuantizeLinear', ['x'], ['q', 's', 'z']],
        ['MatMulInteger', ['q', 'w', 'z'], ['p']],
        ['Cast', ['p'], ['y'], { to: 1 }],
      ],
      { w: bytes([6, 3]) },
    ],
    [
      'integer convolutions',
      [1, 2, 5, 5],
      [
        ['DynamicQuantizeLinear', ['x'], ['q', 's', 'z']],
        ['ConvInteger', ['q', 'w', 'z'], ['p']],
        ['Cast', ['p'], ['y'], { to: 1 }],
      ],
      { w: bytes([3, 2, 3, 3]) },
    ],
  ])('agrees with a run of %s', async (_, dims, nodes, constants) => {
    await expectTrueShapes(smallModel({ x: dims }, nodes, constants, 18), dims[0]);
  });
});
