import { describe, expect, it } from 'vitest';
import type { LayerRecord } from '../../../core/concepts/explanation.ts';
import { originalCut } from '../../../core/editing/original-cut.ts';
import { findCutPoints } from '../../../core/onnx/cut-points.ts';
import { attributes } from '../../../core/onnx/attributes.ts';
import type { Model, Node } from '../../../core/onnx/graph.ts';
import { makeNode } from '../../../core/onnx/graph-edits.ts';
import { float32, type ElementType, type Tensor } from '../../../core/tensor.ts';
import { referenceModel } from '../onnx/example-models.ts';

function small(
  nodes: readonly Node[],
  initializers: readonly (readonly [string, Tensor])[],
  type: ElementType = 'float32',
): Model {
  return {
    irVersion: 4,
    opsets: new Map([['', 13]]),
    producer: '',
    metadata: new Map(),
    graph: {
      name: 'g',
      inputs: [{ name: 'x', type, dims: ['N', 3, 8, 8] }],
      outputs: [{ name: 'y', type, dims: undefined }],
      nodes,
      initializers: new Map(initializers),
      valueInfo: new Map(),
    },
  };
}

const layer: LayerRecord = {
  ...{ tensor: 'a', shape: [1, 3, 8, 8], kind: 'spatial', channelAxis: 1, grid: [8, 8], computeShare: 0.5 },
};
const picture = new Map([['x', [1, 3, 8, 8]]]);
const relu = [makeNode('Relu', ['x'], ['a']), makeNode('GlobalAveragePool', ['a'], ['y'])];

describe('originalCut()', () => {
  it.each(['squeezenet_dyn20', 'nhwc_cnn_ts17', 'resnet_bottleneck_ts17'])(
    'finds every cut of %s',
    (name) => {
      const { model } = referenceModel(name);
      const dims = new Map(
        model.graph.inputs.map((input) => [
          input.name,
          [1, ...(input.dims ?? []).slice(1).map((dim) => (typeof dim === 'number' ? dim : 32))],
        ]),
      );
      const cuts = findCutPoints(model, dims);
      expect(cuts.length).toBeGreaterThan(3);
      for (const cut of cuts)
        expect(originalCut(model, cut, dims)).toEqual({ tensor: cut.tensor, type: 'float32' });
    },
  );

  it('leaves a model of half precision as it is', () => {
    expect(originalCut(small(relu, [], 'float16'), layer, picture).type).toBe('float16');
  });

  it('refuses what the file does not have, or has rounded, or of another shape', () => {
    expect(() => originalCut(small(relu, []), { ...layer, tensor: 'a/real' }, picture)).toThrow(
      'The run\'s cut "a/real" is inside a branch or an operator of the model file',
    );
    const scale = float32(Float32Array.of(0.1), []);
    const rounded = [
      makeNode('QuantizeLinear', ['x', 's'], ['a']),
      makeNode('DequantizeLinear', ['a', 's'], ['y']),
    ];
    expect(() => originalCut(small(rounded, [['s', scale]]), layer, picture)).toThrow('of the type uint8');
    expect(() => originalCut(small(relu, []), { ...layer, shape: [1, 3, 4, 4] }, picture)).toThrow(
      'has the shape [1, 3, 8, 8] in the model file',
    );
  });

  it('says when a type cannot be told', () => {
    const unknown = [
      { ...makeNode('Mystery', ['x'], ['a'], attributes({})), domain: 'com.example' },
      makeNode('Relu', ['a'], ['y']),
    ];
    expect(() => originalCut(small(unknown, []), layer, picture)).toThrow('does not tell');
  });

  it('refuses weights that one file cannot hold', () => {
    const data = new Float32Array(0);
    const heavy = {
      type: 'float32',
      dims: [0],
      data: Object.defineProperty(data, 'byteLength', { value: 3e9 }),
    } as const;
    expect(() => originalCut(small(relu, [['w', heavy]]), layer, picture)).toThrow('2.8 GB of weights');
  });
});
