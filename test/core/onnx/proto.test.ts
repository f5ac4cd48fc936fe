import { describe, expect, it } from 'vitest';
import { TesseraError } from '../../../core/errors.ts';
import type { Attribute, Model, Node } from '../../../core/onnx/graph.ts';
import { decodeModel, encodeModel, externalLocations } from '../../../core/onnx/proto.ts';
import { modelFields } from '../../../core/onnx/messages.ts';
import { writeMessage } from '../../../core/onnx/wire-format.ts';
import type { Tensor } from '../../../core/tensor.ts';
import {
  fullSizeBytes,
  fullSizeNames,
  hasShared,
  randomInput,
  referenceModel,
  referenceNames,
} from './example-models.ts';
import { runModel } from './ort-sessions.ts';

const tensors: readonly Tensor[] = [
  { type: 'float32', dims: [2], data: Float32Array.of(1.5, -0) },
  { type: 'float64', dims: [1], data: Float64Array.of(Math.PI) },
  { type: 'float16', dims: [2], data: Uint16Array.of(0x3c00, 0xffff) },
  { type: 'bfloat16', dims: [1], data: Uint16Array.of(0x3f80) },
  { type: 'int64', dims: [2], data: BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n) },
  { type: 'uint64', dims: [1], data: BigUint64Array.of(2n ** 64n - 1n) },
  { type: 'int32', dims: [1, 1], data: Int32Array.of(-5) },
  { type: 'uint32', dims: [1], data: Uint32Array.of(4294967295) },
  { type: 'int16', dims: [1], data: Int16Array.of(-32768) },
  { type: 'uint16', dims: [1], data: Uint16Array.of(65535) },
  { type: 'int8', dims: [3], data: Int8Array.of(-1, 0, 1) },
  { type: 'uint8', dims: [0], data: new Uint8Array(0) },
  { type: 'bool', dims: [], data: Uint8Array.of(1) },
  { type: 'string', dims: [2], data: ['grüße', ''] },
];

const attributes: readonly (readonly [string, Attribute])[] = [
  ['int', { type: 'int', value: -7 }],
  ['zero', { type: 'int', value: 0 }],
  ['float', { type: 'float', value: 0.5 }],
  ['string', { type: 'string', value: 'naïve' }],
  ['ints', { type: 'ints', value: [1, -1, Number.MAX_SAFE_INTEGER] }],
  ['none', { type: 'ints', value: [] }],
  ['floats', { type: 'floats', value: [0.25, -2] }],
  ['strings', { type: 'strings', value: ['a', 'b'] }],
  ['tensor', { type: 'tensor', value: tensors[0] }],
  ['tensors', { type: 'tensors', value: [tensors[4], tensors[13]] }],
];

function modelWith(changes: Partial<Model['graph']>): Model {
  return {
    irVersion: 8,
    opsets: new Map([['', 17]]),
    producer: 'tessera',
    metadata: new Map([['labels', 'Katze,Hund']]),
    graph: {
      name: 'g',
      inputs: [{ name: 'x', type: 'float32', dims: ['batch', undefined, 3] }],
      outputs: [{ name: 'y', type: 'float32', dims: undefined }],
      nodes: [
        {
          name: '',
          opType: 'Relu',
          domain: '',
          inputs: ['x', ''],
          outputs: ['y'],
          attributes: new Map(attributes),
        },
      ],
      initializers: new Map(tensors.map((tensor, index) => [`t${index}`, tensor])),
      valueInfo: new Map([['y', { name: 'y', type: 'float16', dims: [0] }]]),
      ...changes,
    },
  };
}

/** A file with one initializer given field by field, as another program may write it. */
function fileWith(tensor: object): Uint8Array {
  const { graph } = modelWith({ initializers: new Map(), nodes: [] });
  return writeMessage(modelFields, {
    irVersion: 8n,
    opsets: [{ domain: 'ai.onnx', version: 17n }],
    graph: {
      name: 'g',
      initializers: [{ name: 'w', ...tensor }],
      outputs: graph.outputs.map(({ name }) => ({ name, type: { tensor: { elementType: 1 } } })),
    },
  });
}
const read = (tensor: object, files: Record<string, Uint8Array> = {}) =>
  decodeModel(fileWith(tensor), { externalData: (location) => files[location] }).graph.initializers.get('w');

describe('decodeModel() after encodeModel()', () => {
  it('gives back every element type, attribute kind, dimension kind and the metadata', () => {
    const model = modelWith({});
    expect(decodeModel(encodeModel(model))).toEqual(model);
  });

  it('gives back a graph inside an attribute', () => {
    const inner = modelWith({}).graph;
    const node = {
      ...inner.nodes[0],
      attributes: new Map([['body', { type: 'graph', value: inner } as const]]),
    };
    const model = modelWith({ nodes: [node] });
    expect(decodeModel(encodeModel(model))).toEqual(model);
  });

  it('gives every node a name of its own, so that ONNX Runtime takes a model in which several have one', async () => {
    const relu = (name: string, from: string, to: string): Node => ({
      ...{ name, opType: 'Relu', domain: '', inputs: [from], outputs: [to], attributes: new Map() },
    });
    const info = (name: string) => ({ name, type: 'float32', dims: [2] }) as const;
    const model = modelWith({
      inputs: [info('x')],
      outputs: [info('y')],
      nodes: [
        relu('a', 'x', 't'),
        relu('a', 't', 'u'),
        relu('a_1', 'u', 'v'),
        relu('', 'v', 'w'),
        relu('', 'w', 'z'),
        relu('a', 'z', 'y'),
      ],
      initializers: new Map(),
      valueInfo: new Map(),
    });
    const bytes = encodeModel(model);
    expect(decodeModel(bytes).graph.nodes.map(({ name }) => name)).toEqual([
      'a',
      'a_2',
      'a_1',
      '',
      '',
      'a_3',
    ]);
    const x = { type: 'float32', dims: [2], data: Float32Array.of(-1, 2) } as const;
    expect((await runModel(bytes, { x }))['y']?.data).toEqual(Float32Array.of(0, 2));
  });

  it.each(referenceNames)('computes the same as the file: %s', async (name) => {
    const { bytes, model, tensors: data } = referenceModel(name);
    const feeds = { [model.graph.inputs[0].name]: data.get('x')! };
    expect(await runModel(encodeModel(model), feeds)).toEqual(await runModel(bytes, feeds));
  });

  it.each(fullSizeNames)('computes the same as the full-size file: %s', async (name) => {
    const bytes = fullSizeBytes(name);
    const model = decodeModel(bytes);
    const feeds = randomInput(model, 1);
    expect(await runModel(encodeModel(model), feeds)).toEqual(await runModel(bytes, feeds));
  });

  it.skipIf(!hasShared)('reads a file that keeps debug metadata (needs ../shared)', () => {
    const { model } = referenceModel('mobilenet_v2_dyn20');
    expect(model.graph.nodes).toHaveLength(32);
  });
});

describe('decodeModel()', () => {
  it.each([
    [{ dataType: 1, dims: [2n], floatData: [1, 2] }, Float32Array.of(1, 2)],
    [{ dataType: 11, dims: [2n], doubleData: [1, 2] }, Float64Array.of(1, 2)],
    [{ dataType: 6, dims: [2n], int32Data: [-1, 2] }, Int32Array.of(-1, 2)],
    [{ dataType: 3, dims: [2n], int32Data: [-1, 2] }, Int8Array.of(-1, 2)],
    [{ dataType: 9, dims: [2n], int32Data: [0, 1] }, Uint8Array.of(0, 1)],
    [{ dataType: 10, dims: [1n], int32Data: [0x3c00] }, Uint16Array.of(0x3c00)],
    [{ dataType: 7, dims: [2n], int64Data: [-1n, 2n ** 60n] }, BigInt64Array.of(-1n, 2n ** 60n)],
    [{ dataType: 13, dims: [1n], uint64Data: [2n ** 63n] }, BigUint64Array.of(2n ** 63n)],
    [{ dataType: 12, dims: [1n], uint64Data: [7n] }, Uint32Array.of(7)],
  ])('reads typed data fields: %o', (tensor, want) => {
    expect(read(tensor)?.data).toEqual(want);
  });

  it('reads external data at its offset and length', () => {
    const externalData = Object.entries({ location: 'w.bin', offset: '4', length: '8' });
    const tensor = {
      dataType: 1,
      dims: [2n],
      dataLocation: 1,
      externalData: externalData.map(([key, value]) => ({ key, value })),
    };
    const file = new Uint8Array(Float32Array.of(9, 1, 2, 9).buffer);
    expect(externalLocations(fileWith(tensor))).toEqual(['w.bin']);
    expect(read(tensor, { 'w.bin': file })?.data).toEqual(Float32Array.of(1, 2));
    expect(() => read(tensor)).toThrow('initializer w is stored in the file "w.bin", which was not found.');
    expect(() => read(tensor, { 'w.bin': file.subarray(0, 8) })).toThrow(
      'bytes 4 to 12 of "w.bin", which has 8',
    );
  });

  it('keeps an initializer that is also an input as a constant only', () => {
    const model = modelWith({});
    const graph = {
      ...model.graph,
      inputs: [...model.graph.inputs, { name: 't0', type: 'float32' as const, dims: [2] }],
    };
    expect(decodeModel(encodeModel({ ...model, graph })).graph.inputs.map(({ name }) => name)).toEqual(['x']);
  });

  it.each([
    ['an empty file', new Uint8Array(0), 'The model file is empty.'],
    ['text', new TextEncoder().encode('<html>not found</html>'), 'This is not an ONNX model'],
    ['a PNG', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10), 'This is not an ONNX model'],
    ['a message without a graph', Uint8Array.of(8, 8), 'it has no graph'],
    ['a truncated model', encodeModel(modelWith({})).subarray(0, 200), 'truncated'],
  ])('refuses %s', (_, file, message) => {
    expect(() => decodeModel(file)).toThrow(message);
    expect(() => decodeModel(file)).toThrow(TesseraError);
  });

  it('refuses a model cut anywhere', () => {
    const file = encodeModel(modelWith({}));
    for (let length = 0; length < file.length; length += 7) {
      expect(() => decodeModel(file.subarray(0, length))).toThrow(TesseraError);
    }
  });

  it.each([
    [{ dataType: 22, dims: [2n], rawData: Uint8Array.of(1) }, 'initializer w has element type int4'],
    [{ dataType: 14, dims: [1n] }, 'initializer w has element type complex64'],
    [{ dataType: 99, dims: [1n] }, 'initializer w has element type number 99'],
    [
      { dataType: 1, dims: [3n], rawData: new Uint8Array(8) },
      'has shape [3] of float32, but its stored values',
    ],
    [{ dataType: 1, dims: [2n], rawData: new Uint8Array(7) }, 'do not fill that shape'],
  ])('refuses the tensor %o', (tensor, message) => {
    expect(() => read(tensor)).toThrow(message);
  });
});
