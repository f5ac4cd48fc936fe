import { describe, expect, it } from 'vitest';
import type { Model } from '../../../core/onnx/graph.ts';
import { describeImageInput, layoutOf } from '../../../core/onnx/image-input.ts';
import { decodeModel } from '../../../core/onnx/proto.ts';
import { float32, type ElementType, type Tensor } from '../../../core/tensor.ts';
import { smallModel, type ShortNode } from '../autodiff/graphs.ts';
import { fullSizeBytes, fullSizeNames, randomTensor, referenceModel } from './example-models.ts';

type Dims = readonly (number | string | undefined)[];

/** A model that begins with the nodes, after an input declared so. */
function taking(
  dims: Dims,
  type: ElementType = 'float32',
  nodes: readonly ShortNode[] = [['Relu', ['x'], ['y']]],
  constants: Readonly<Record<string, Tensor>> = {},
): Model {
  const model = smallModel({ x: [] }, nodes, constants);
  return { ...model, graph: { ...model.graph, inputs: [{ name: 'x', type, dims }] } };
}

const kernel = { w: randomTensor([8, 3, 3, 3], 1) };
const conv: ShortNode = ['Conv', ['c', 'w'], ['y']];

describe('describeImageInput()', () => {
  it('describes a reference model', () => {
    expect(describeImageInput(referenceModel('squeezenet_dyn20').model)).toMatchObject({
      name: 'input',
      type: 'float32',
      layout: 'NCHW',
      channels: 3,
      height: 47,
      width: 43,
      batch: undefined,
    });
  });

  it.skipIf(fullSizeNames.length === 0)('sees the layout [N, H, W, C]', () => {
    expect(describeImageInput(decodeModel(fullSizeBytes('mobilenet_v2')))).toMatchObject({
      layout: 'NHWC',
      channels: 3,
      height: 224,
      width: 224,
    });
  });

  it.each([
    [['N', 1, 8, 8], 1],
    [['N', 4, 8, 8], 4],
    [[-1, 3, 8, 8], 3],
    [[0, 3, 8, 8], 3],
  ] as const)('takes %j', (dims, channels) => {
    expect(describeImageInput(taking(dims))).toMatchObject({ channels, batch: undefined, height: 8 });
  });

  it.each(['uint8', 'int8', 'float16', 'bfloat16', 'float64', 'int32'] as const)(
    'takes pixels of %s',
    (type) => {
      expect(describeImageInput(taking(['N', 8, 8, 3], type))).toMatchObject({ type, layout: 'NHWC' });
    },
  );

  it('keeps a batch that the file fixes, and sizes that it leaves open', () => {
    expect(describeImageInput(taking([4, 3, 'h', undefined]))).toMatchObject({
      batch: 4,
      height: undefined,
      width: undefined,
    });
  });

  it.each<[string, readonly ShortNode[], Record<string, Tensor>, 'NCHW' | 'NHWC', number]>([
    ['a convolution', [['Identity', ['x'], ['c']], conv], kernel, 'NCHW', 3],
    [
      'a convolution after a transposition',
      [['Transpose', ['x'], ['c'], { perm: [0, 3, 1, 2] }], conv],
      kernel,
      'NHWC',
      3,
    ],
    [
      'a mean a channel, last',
      [
        ['Sub', ['x', 'm'], ['d']],
        ['Relu', ['d'], ['y']],
      ],
      { m: float32(Float32Array.of(1, 2, 3), [3]) },
      'NHWC',
      3,
    ],
    [
      'a mean a channel, first',
      [
        ['Sub', ['x', 'm'], ['d']],
        ['Relu', ['d'], ['y']],
      ],
      { m: float32(Float32Array.of(1, 2, 3), [1, 3, 1, 1]) },
      'NCHW',
      3,
    ],
  ])('reads the layout off %s where the sizes do not tell', (_, nodes, constants, layout, channels) => {
    const model = taking(['N', 3, 3, 3], 'float32', nodes, constants);
    expect(layoutOf(model, model.graph.inputs[0])).toBe(layout);
    if (layout === 'NHWC') return;
    const open = taking(['N', 'c', 'h', 'w'], 'float32', nodes, constants);
    expect(describeImageInput(open)).toMatchObject({ layout, channels });
  });

  it.each<[Model, string]>([
    [smallModel({}, [['Relu', ['x'], ['y']]]), 'The model has 0 inputs; expected one, an image.'],
    [
      smallModel({ x: [1, 3, 8, 8], mask: [1] }, [['Relu', ['x'], ['y']]]),
      'The model has 2 inputs: x [1, 3, 8, 8], mask [1]; expected one',
    ],
    [taking(['N', 10]), "The model's input x [N, 10] (float32) has two axes"],
    [taking(['N', 16], 'int64'), 'x [N, 16] (int64) is integers of two axes, as the tokens of a text are'],
    [taking(['N', 3, 8, 64, 64]), 'x [N, 3, 8, 64, 64] (float32) has five axes, as video or a volume has'],
    [
      taking([3, 64, 64]),
      'x [3, 64, 64] (float32) has three axes: a sequence, or one picture without an axis',
    ],
    [taking(['N', 3, 8, 8], 'string'), 'is text or a file as it lies on disk'],
    [taking(['N', 12, 8, 8]), 'has 12 channels; expected 1 (grey), 3 (colour) or 4 (colour and alpha)'],
    [taking(['N', 'c', 'h', 'w']), 'The number of channels of x [N, c, h, w] is not fixed'],
    [taking(['N', 3, 9000, 8]), 'pictures of at most 8192 pixels a side'],
  ])('refuses what is no picture: %#', (model, message) => {
    expect(() => describeImageInput(model)).toThrow(message);
  });
});
