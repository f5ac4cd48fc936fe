import { Writer } from 'protobufjs/minimal.js';
import { describe, expect, it } from 'vitest';
import { makeNode } from '../../../core/onnx/graph-edits.ts';
import { insertAfter } from '../../../core/onnx/insert-after.ts';
import { decodeModel, encodeModel } from '../../../core/onnx/proto.ts';
import { wireFields } from '../../../core/onnx/wire-fields.ts';
import { float32 } from '../../../core/tensor.ts';
import { layerOf, modelOf } from '../editing/edited-case.ts';

const model = modelOf(layerOf('vector'));
const insertion = {
  tensor: 'a',
  original: 'a/before',
  nodes: [makeNode('Mul', ['a/before', 'two'], ['a'])],
  constants: new Map([['two', float32(Float32Array.of(2), [])]]),
};

/** A model file with a doc string and a field that nobody knows, in the model and at the end of its graph. */
function withOddFields(): Uint8Array {
  const bytes = encodeModel(model);
  const parts = [...wireFields(bytes)].map(({ id, start, value, end }) => {
    if (id !== 7) return bytes.subarray(start, end);
    const odd = new Writer()
      .uint32((10 << 3) | 2)
      .string('about the graph')
      .uint32((77 << 3) | 0)
      .uint32(5)
      .finish();
    const inner = new Uint8Array([...bytes.subarray(value, end), ...odd]);
    return new Writer()
      .uint32((7 << 3) | 2)
      .bytes(inner)
      .finish();
  });
  const end = new Writer()
    .uint32((6 << 3) | 2)
    .string('about the model')
    .uint32((99 << 3) | 5)
    .float(1.5)
    .finish();
  return new Uint8Array([...parts.flatMap((part) => [...part]), ...end]);
}

const texts = (bytes: Uint8Array): string[] =>
  [...wireFields(bytes)].map(
    ({ id, value, end }) => `${id}:${Buffer.from(bytes.subarray(value, end)).toString('hex')}`,
  );

describe('insertAfter', () => {
  it('puts nodes between a tensor and all that read it, in order', () => {
    const { graph, metadata } = decodeModel(insertAfter(encodeModel(model), insertion, [['key', 'said']])!);
    expect(graph.nodes.map(({ opType, inputs, outputs }) => [opType, inputs, outputs])).toEqual([
      ['Relu', ['x'], ['a/before']],
      ['Constant', [], ['two']],
      ['Mul', ['a/before', 'two'], ['a']],
      ['Flatten', ['a'], ['flat']],
      ['MatMul', ['flat', 'weights'], ['scores']],
    ]);
    expect(graph.inputs).toEqual(model.graph.inputs);
    expect(graph.outputs).toEqual(model.graph.outputs);
    expect(metadata.get('key')).toBe('said');
  });

  it('leaves every other field as it was, byte by byte, also those that nobody knows', () => {
    const before = withOddFields();
    const after = insertAfter(before, insertion, [['key', 'said']])!;
    const outside = (bytes: Uint8Array) => texts(bytes).filter((text) => !text.startsWith('7:'));
    expect(outside(after).slice(0, -1)).toEqual(outside(before));
    const graphOf = (bytes: Uint8Array): string[] => {
      const graph = [...wireFields(bytes)].find(({ id }) => id === 7)!;
      return texts(bytes.subarray(graph.value, graph.end));
    };
    const [then, now] = [graphOf(before), graphOf(after)];
    expect(now).toHaveLength(then.length + 2);
    // The first node makes the tensor; two new ones follow it.
    expect(now.filter((_, at) => at < 0 || at > 2)).toEqual(then.slice(1));
  });

  it('knows no tensor that no node of the main graph makes', () => {
    expect(insertAfter(encodeModel(model), { ...insertion, tensor: 'weights' }, [])).toBeUndefined();
  });
});
