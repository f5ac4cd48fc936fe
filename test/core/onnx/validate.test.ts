import { describe, expect, it } from 'vitest';
import type { Model, ValueInfo } from '../../../core/onnx/graph.ts';
import { makeNode } from '../../../core/onnx/graph-edits.ts';
import { describeClassifier } from '../../../core/onnx/validate.ts';
import { decodeModel } from '../../../core/onnx/proto.ts';
import { fullSizeBytes, fullSizeNames, referenceModel } from './example-models.ts';

const info = (name: string, dims: ValueInfo['dims']): ValueInfo => ({ name, type: 'float32', dims });

function modelOf(
  inputs: readonly ValueInfo[],
  outputs: readonly ValueInfo[],
  opset = 17,
  domain = '',
): Model {
  return {
    irVersion: 8,
    opsets: new Map([['', opset]]),
    producer: '',
    metadata: new Map(),
    graph: {
      name: 'g',
      inputs,
      outputs,
      nodes: [{ ...makeNode('Relu', [inputs[0]?.name ?? ''], [outputs[0].name]), domain }],
      initializers: new Map(),
      valueInfo: new Map(),
    },
  };
}
const image = info('x', ['N', 3, 8, 8]);
const square = info('y', ['N', 3, 8, 8]);
const scores = info('y', ['N', 5]);

describe('describeClassifier()', () => {
  it('describes a reference model', () => {
    expect(describeClassifier(referenceModel('squeezenet_dyn20').model)).toMatchObject({
      opset: 20,
      input: { name: 'input', layout: 'NCHW', channels: 3, height: 47, width: 43, batch: undefined },
      output: { name: 'output', classes: 10 },
    });
  });

  it.skipIf(fullSizeNames.length === 0)('sees the layout [N, H, W, C]', () => {
    expect(describeClassifier(decodeModel(fullSizeBytes('mobilenet_v2')))).toMatchObject({
      input: { layout: 'NHWC', channels: 3, height: 224, width: 224 },
      output: { classes: 1001 },
    });
  });

  it.each([
    [modelOf([], [scores]), 'The model has 0 inputs; expected one, an image.'],
    [
      modelOf([image, info('mask', [1])], [scores]),
      'The model has 2 inputs: x [N, 3, 8, 8], mask [1]; expected one',
    ],
    [modelOf([info('x', ['N', 10])], [scores]), "The model's input x [N, 10] (float32) has two axes"],
    [
      modelOf([image], [square]),
      "The model's outputs are y [N, 3, 8, 8]; expected one score a class, [N, classes].",
    ],
  ])('refuses model %#', (model, message) => {
    expect(() => describeClassifier(model)).toThrow(message);
  });
});
