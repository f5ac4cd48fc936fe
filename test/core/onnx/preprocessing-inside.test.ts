import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { attributes } from '../../../core/onnx/attributes.ts';
import type { Model, Node } from '../../../core/onnx/graph.ts';
import { makeNode } from '../../../core/onnx/graph-edits.ts';
import { loadModel } from '../../../core/onnx/load-model.ts';
import { normalisationInside } from '../../../core/onnx/preprocessing-inside.ts';
import { fileStorage } from '../../../core/runtime/storage.ts';
import { float32, type Tensor } from '../../../core/tensor.ts';

const scalar = (value: number): Tensor => float32(Float32Array.of(value), []);
const channels = (...values: number[]): Tensor =>
  float32(Float32Array.from(values), [1, values.length, 1, 1]);

/** A model that begins with these nodes; the last one's output feeds a convolution. */
function beginning(nodes: readonly Node[], constants: Readonly<Record<string, Tensor>> = {}): Model {
  const last = nodes.at(-1)?.outputs[0] ?? 'x';
  return {
    irVersion: 8,
    opsets: new Map([['', 13]]),
    producer: '',
    metadata: new Map(),
    graph: {
      name: 'g',
      inputs: [{ name: 'x', type: 'float32', dims: [1, 3, 8, 8] }],
      outputs: [{ name: 'y', type: 'float32', dims: undefined }],
      nodes: [...nodes, makeNode('Conv', [last, 'w'], ['y'])],
      initializers: new Map(Object.entries(constants)),
      valueInfo: new Map(),
    },
  };
}

const TOLERANCE = { rtol: 1e-6, atol: 1e-7 };

describe('normalisationInside()', () => {
  it('follows scales and shifts by constants, through casts and moves', () => {
    const nodes = [
      makeNode('Cast', ['x'], ['a'], attributes({ to: 1 })),
      makeNode('Mul', ['a', 'scale'], ['b']),
      makeNode('Transpose', ['b'], ['c'], attributes({ perm: [0, 3, 1, 2] })),
      makeNode('Sub', ['c', 'mean'], ['d']),
      makeNode('Div', ['d', 'std'], ['e']),
      makeNode('Add', ['one', 'e'], ['f']),
    ];
    const constants = {
      scale: scalar(1 / 255),
      mean: channels(0.5, 0.4, 0.3),
      std: channels(0.25, 0.5, 1),
      one: scalar(1),
    };
    const { factor, offset, isWhole } = normalisationInside(beginning(nodes, constants), 'uint8');
    expect(isWhole).toBe(true);
    expect(factor).toBeAllclose([4 / 255, 2 / 255, 1 / 255], TOLERANCE);
    expect(offset).toBeAllclose([-2 + 1, -0.8 + 1, -0.3 + 1], TOLERANCE);
  });

  it('reads constants that nodes make', () => {
    const value = { type: 'tensor', value: channels(1, 2, 3) } as const;
    const nodes = [
      makeNode('Constant', [], ['k'], new Map([['value', value]])),
      makeNode('Unsqueeze', ['k', 'axes'], ['u']),
      makeNode('Constant', [], ['h'], attributes({ value_float: { float: 0.5 } })),
      makeNode('Add', ['x', 'u'], ['a']),
      makeNode('Mul', ['h', 'a'], ['b']),
    ];
    expect(normalisationInside(beginning(nodes), 'float32')).toEqual({
      isWhole: false,
      factor: [0.5, 0.5, 0.5],
      offset: [0.5, 1, 1.5],
    });
  });

  it.each([
    ['the first convolution', [], {}],
    [
      'a constant as large as a picture',
      [makeNode('Add', ['x', 'k'], ['a'])],
      { k: channels(1, 2, 3, 4, 5) },
    ],
    ['a subtraction from a constant', [makeNode('Sub', ['k', 'x'], ['a'])], { k: scalar(1) }],
    ['an operator on two tensors', [makeNode('Mul', ['x', 'x'], ['a'])], {}],
    ['a function', [makeNode('Relu', ['x'], ['a'])], {}],
  ])('ends at %s', (_, nodes, constants) => {
    const found = normalisationInside(beginning(nodes, constants), 'float32');
    expect(found).toEqual({ isWhole: false, factor: [1], offset: [0] });
  });

  it('ends where several operators read the picture, but not where one asks for its shape', () => {
    const scaled = makeNode('Mul', ['x', 'k'], ['a']);
    const constants = { k: scalar(2) };
    const shape = beginning([makeNode('Shape', ['x'], ['s']), scaled], constants);
    expect(normalisationInside(shape, 'float32').factor).toEqual([2]);
    const two = beginning([makeNode('Relu', ['x'], ['r']), scaled], constants);
    expect(normalisationInside(two, 'float32').factor).toEqual([1]);
  });
});

const intake = join(import.meta.dirname, '../../../../shared/reference/intake');
describe.skipIf(!existsSync(intake))(
  'normalisationInside() of the intake reference (skipped without ../shared)',
  () => {
    it('finds what uint8_nhwc does with levels, and nothing in softmax_end', async () => {
      const inside = await loadModel(fileStorage, join(intake, 'uint8_nhwc.onnx'));
      const { isWhole, factor, offset } = normalisationInside(inside, 'uint8');
      expect(isWhole).toBe(true);
      expect(factor).toBeAllclose([1 / 127.5], TOLERANCE);
      expect(offset).toBeAllclose([-1], TOLERANCE);
      const plain = await loadModel(fileStorage, join(intake, 'softmax_end.onnx'));
      expect(normalisationInside(plain, 'float32')).toEqual({ isWhole: false, factor: [1], offset: [0] });
    });
  },
);
