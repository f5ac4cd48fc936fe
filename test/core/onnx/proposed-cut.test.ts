import { describe, expect, it } from 'vitest';
import { channelAxes } from '../../../core/onnx/channel-axis.ts';
import { findCutPoints } from '../../../core/onnx/cut-points.ts';
import type { Attribute, Model, Node } from '../../../core/onnx/graph.ts';
import { makeNode } from '../../../core/onnx/graph-edits.ts';
import { inferShapes } from '../../../core/onnx/shapes.ts';
import { float32, int64, sizeOf, type Tensor } from '../../../core/tensor.ts';

const ints = (...value: number[]): Attribute => ({ type: 'ints', value });
const filled = (...dims: number[]) => float32(new Float32Array(sizeOf(dims)).fill(0.1), dims);
const node = (
  opType: string,
  inputs: string[],
  output: string,
  attributes: Record<string, Attribute> = {},
): Node => makeNode(opType, inputs, [output], new Map(Object.entries(attributes)));

/** A picture [N, 3, 8, 8], cut into a map [N, 8, 4, 4] and 16 tokens of 8 channels, a block's sum, and what follows. */
function transformer(rest: readonly Node[], constants: Record<string, Tensor>): Model {
  const nodes = [
    node('Conv', ['image', 'patches'], 'map', { kernel_shape: ints(2, 2), strides: ints(2, 2) }),
    node('Reshape', ['map', 'flat'], 'columns'),
    node('Transpose', ['columns'], 'tokens', { perm: ints(0, 2, 1) }),
    node('MatMul', ['tokens', 'weights'], 'mixed'),
    node('Add', ['tokens', 'mixed'], 'stream'),
    ...rest,
    node('MatMul', ['answer', 'head'], 'logits'),
  ];
  const all = {
    patches: filled(8, 3, 2, 2),
    flat: int64([0, 8, 16]),
    weights: filled(8, 8),
    head: filled(8, 3),
    ...constants,
  };
  return {
    irVersion: 8,
    opsets: new Map([['', 13]]),
    producer: 'tessera tests',
    metadata: new Map(),
    graph: {
      name: 'transformer',
      inputs: [{ name: 'image', type: 'float32', dims: ['batch', 3, 8, 8] }],
      outputs: [{ name: 'logits', type: 'float32', dims: ['batch', 3] }],
      nodes,
      initializers: new Map(Object.entries(all)),
      valueInfo: new Map(),
    },
  };
}

const picture = new Map([['image', [1, 3, 8, 8]]]);
const proposedIn = (model: Model) => findCutPoints(model, picture).find(({ proposed }) => proposed);

describe('the proposed cut of a transformer', () => {
  it('is the token stream before an attention pooling, whose heads are no map', () => {
    const pooling = [
      node('MatMul', ['stream', 'weights'], 'product'),
      node('Add', ['product', 'bias'], 'values'),
      node('Reshape', ['values', 'split'], 'heads'),
      node('Transpose', ['heads'], 'keys', { perm: ints(0, 2, 3, 1) }),
      node('Transpose', ['heads'], 'contents', { perm: ints(0, 2, 1, 3) }),
      node('MatMul', ['query', 'keys'], 'matches'),
      node('Softmax', ['matches'], 'attention'),
      node('MatMul', ['attention', 'contents'], 'pooled'),
      node('Reshape', ['pooled', 'joined'], 'answer'),
    ];
    const model = transformer(pooling, {
      bias: filled(8),
      split: int64([0, 16, 2, 4]),
      query: filled(1, 2, 1, 4),
      joined: int64([-1, 8]),
    });
    expect(proposedIn(model)).toMatchObject({ tensor: 'stream', kind: 'tokens', grid: [4, 4] });
    expect(findCutPoints(model, picture).map(({ tensor }) => tensor)).not.toContain('pooled');
  });

  it('is the stream that enters the last attention where a class token is read after a written-out normalisation', () => {
    const block = [
      node('Transpose', ['stream'], 'turned', { perm: ints(0, 2, 1) }),
      node('MatMul', ['stream', 'turned'], 'matches'),
      node('MatMul', ['matches', 'stream'], 'attended'),
      node('Add', ['stream', 'attended'], 'last'),
      node('ReduceMean', ['last'], 'mean', { axes: ints(-1) }),
      node('Sub', ['last', 'mean'], 'centred'),
      node('Gather', ['centred', 'first'], 'answer', { axis: { type: 'int', value: 1 } }),
    ];
    expect(proposedIn(transformer(block, { first: int64([0], []) }))?.tensor).toBe('stream');
  });

  it('has the grid of the map, halved, where every other token was left out', () => {
    const halves = [
      node('Slice', ['stream', 'start', 'end', 'axis', 'step'], 'fewer'),
      node('MatMul', ['fewer', 'weights'], 'again'),
      node('Add', ['fewer', 'again'], 'small'),
      node('ReduceMean', ['small'], 'answer', { axes: ints(1), keepdims: { type: 'int', value: 0 } }),
    ];
    const range = { start: int64([0]), end: int64([16]), axis: int64([1]), step: int64([4]) };
    expect(proposedIn(transformer(halves, range))).toMatchObject({
      tensor: 'small',
      shape: [1, 4, 8],
      grid: [2, 2],
    });
  });
});

describe('channelAxes()', () => {
  it('follows the channels from a map over tokens to a map again', () => {
    const model = transformer(
      [
        node('Reshape', ['stream', 'places'], 'last'),
        node('Transpose', ['last'], 'first', { perm: ints(0, 3, 1, 2) }),
        node('Reshape', ['first', 'joined'], 'answer'),
      ],
      { places: int64([0, 4, 4, 8]), joined: int64([-1, 8]) },
    );
    const axes = channelAxes(model.graph, inferShapes(model, picture), 'NCHW');
    const known = ['map', 'columns', 'tokens', 'stream', 'last', 'first'].map((name) => axes.get(name));
    expect(known).toEqual([1, 1, 2, 2, 3, 1]);
  });
});

describe('the proposed cut of a model that gives a vector', () => {
  it('is the last map before the pooling that makes the vector, which of scores would be passed over', () => {
    const { graph, ...rest } = transformer([], { second: filled(4, 8, 1, 1) });
    const model: Model = {
      ...rest,
      graph: {
        ...graph,
        nodes: [
          graph.nodes[0],
          node('Conv', ['map', 'second'], 'features', { kernel_shape: ints(1, 1) }),
          node('ReduceMean', ['features'], 'vector', {
            axes: ints(2, 3),
            keepdims: { type: 'int', value: 0 },
          }),
        ],
        outputs: [{ name: 'vector', type: 'float32', dims: ['batch', 4] }],
      },
    };
    const proposed = (isVector: boolean) =>
      findCutPoints(model, picture, { isVector }).find((cut) => cut.proposed)?.tensor;
    expect([proposed(true), proposed(false)]).toEqual(['features', 'map']);
  });
});
