import { describe, expect, it } from 'vitest';
import { editModel, outputsAfter } from '../../../core/editing/edit-model.ts';
import type { OneClass } from '../../../core/editing/one-class.ts';
import { attributes } from '../../../core/onnx/attributes.ts';
import { elementTypeCode } from '../../../core/onnx/element-types.ts';
import type { Model } from '../../../core/onnx/graph.ts';
import { makeNode } from '../../../core/onnx/graph-edits.ts';
import { decodeModel, encodeModel } from '../../../core/onnx/proto.ts';
import { float32, sizeOf, type Tensor } from '../../../core/tensor.ts';
import { runModel } from '../onnx/ort-sessions.ts';
import { editOf, LAYOUTS, layerOf, modelOf, values } from './edited-case.ts';

type Layout = keyof typeof LAYOUTS;

const SECOND: OneClass = { scores: 'scores', width: 3, column: 1 };

function edited(model: Model, layout: Layout, only?: OneClass): Uint8Array {
  const layer = layerOf(layout);
  const inputDims = new Map([['x', layer.shape]]);
  const own = { bytes: encodeModel(model), model, layer, inputDims, edit: editOf('mean'), steps: 90 };
  return editModel({ ...own, ...(only && { only }), record: '{}' }).bytes;
}

function picture(layout: Layout): Tensor<'float32'> {
  const dims = [2, ...LAYOUTS[layout].shape.slice(1)];
  return float32(values(sizeOf(dims), 11), dims);
}

async function scoresOf(model: Model | Uint8Array, x: Tensor<'float32'>, output = 'scores') {
  return Array.from((await runModel(model, { x }))[output].data as Float32Array);
}

/** A last softmax over the scores of `modelOf`. */
function withSoftmax(model: Model): Model {
  const { graph } = model;
  const softmax = makeNode('Softmax', ['scores'], ['shares'], attributes({ axis: 1 }));
  const outputs = [{ name: 'shares', type: 'float32', dims: ['N', 3] } as const];
  return { ...model, graph: { ...graph, nodes: [...graph.nodes, softmax], outputs } };
}

describe('an edit of the score of one class', () => {
  it.each(Object.keys(LAYOUTS) as Layout[])('leaves the other scores as they were: %s', async (layout) => {
    const model = modelOf(layerOf(layout));
    const x = picture(layout);
    const before = await scoresOf(model, x);
    const all = await scoresOf(edited(model, layout), x);
    const one = await scoresOf(edited(model, layout, SECOND), x);
    one.forEach((score, i) => expect(score).toBeCloseTo(i % 3 === 1 ? all[i] : before[i], 4));
    expect(Math.abs(one[1] - before[1])).toBeGreaterThan(0.05);
    expect(Math.abs(all[0] - before[0])).toBeGreaterThan(0.02);
  });

  it.each([
    ['the oldest operator set', { opset: 7, irVersion: 3 }],
    ['a new one', { opset: 21, irVersion: 10 }],
  ])('changes one score before a last softmax, with %s', async (_, options) => {
    const model = withSoftmax(modelOf(layerOf('NCHW'), options));
    const x = picture('NCHW');
    const [before, after] = [
      await scoresOf(model, x, 'shares'),
      await scoresOf(edited(model, 'NCHW', SECOND), x, 'shares'),
    ];
    expect(after[0] + after[1] + after[2]).toBeCloseTo(1, 5);
    // The others keep their proportion, since their scores are what they were.
    expect(Math.log(after[0] / after[2])).toBeCloseTo(Math.log(before[0] / before[2]), 3);
    expect(Math.abs(Math.log(after[1] / after[2]) - Math.log(before[1] / before[2]))).toBeGreaterThan(0.05);
  });

  it('leaves other outputs that follow from the layer as they were', async () => {
    const layer = layerOf('vector');
    const outputs = [{ name: 'a', type: 'float32', dims: ['N', 12] } as const];
    const model = modelOf(layer, { outputs });
    const x = picture('vector');
    expect(await scoresOf(edited(model, 'vector', SECOND), x, 'a')).toEqual(await scoresOf(model, x, 'a'));
    expect(outputsAfter(model, 'scores')).toEqual(['scores']);
  });

  it('keeps half precision', async () => {
    const model = modelOf(layerOf('vector'));
    const half = elementTypeCode('float16');
    const [relu, flatten, product] = model.graph.nodes;
    const cast = (from: string, to: string, type: number) =>
      makeNode('Cast', [from], [to], attributes({ to: type }));
    const nodes = [
      relu,
      flatten,
      { ...product, name: 'single', outputs: ['single'] },
      cast('single', 'raw', half),
      cast('raw', 'scores', elementTypeCode('float32')),
    ];
    const halved = { ...model, graph: { ...model.graph, nodes } };
    const x = picture('vector');
    const [before, all] = [await scoresOf(halved, x), await scoresOf(edited(halved, 'vector'), x)];
    const one = await scoresOf(edited(halved, 'vector', { ...SECOND, scores: 'raw' }), x);
    one.forEach((score, i) => expect(score).toBeCloseTo(i % 3 === 1 ? all[i] : before[i], 2));
  });

  it('can be made of a model that is edited already, for another class', async () => {
    const model = modelOf(layerOf('tokens'));
    const x = picture('tokens');
    const [before, all] = [await scoresOf(model, x), await scoresOf(edited(model, 'tokens'), x)];
    const once = decodeModel(edited(model, 'tokens', SECOND));
    const twice = await scoresOf(edited(once, 'tokens', { ...SECOND, column: 0 }), x);
    twice.forEach((score, i) => expect(score).toBeCloseTo(i % 3 === 2 ? before[i] : all[i], 4));
  });

  it('refuses branches between the layer and the scores', () => {
    const model = modelOf(layerOf('vector'));
    const inner = (name: string) => ({
      type: 'graph' as const,
      value: {
        name,
        inputs: [],
        outputs: [{ name: `${name}_out`, type: 'float32', dims: undefined } as const],
        nodes: [makeNode('Identity', ['raw'], [`${name}_out`])],
        initializers: new Map(),
        valueInfo: new Map(),
      },
    });
    const yes: Tensor = { type: 'bool', dims: [], data: Uint8Array.of(1) };
    const [relu, flatten, product] = model.graph.nodes;
    const nodes = [
      relu,
      flatten,
      { ...product, name: 'raw', outputs: ['raw'] },
      makeNode(
        'If',
        ['yes'],
        ['chosen'],
        new Map([
          ['then_branch', inner('then')],
          ['else_branch', inner('else')],
        ]),
      ),
      makeNode('Reshape', ['chosen', 'row'], ['scores']),
    ];
    const row: Tensor = { type: 'int64', dims: [2], data: BigInt64Array.of(-1n, 3n) };
    const initializers = new Map(model.graph.initializers).set('yes', yes).set('row', row);
    const branched = { ...model, graph: { ...model.graph, nodes, initializers } };
    expect(() => edited(branched, 'vector', SECOND)).toThrow(
      'the model has branches or loops (If); they cannot be there twice',
    );
  });

  it('refuses a model of one number, and scores that the file has not in one row', () => {
    const model = modelOf(layerOf('vector'));
    expect(() => edited(model, 'vector', { ...SECOND, width: 1, column: 0 })).toThrow(
      'The model gives one number for all its classes, so that none can be edited by itself.',
    );
    expect(() => edited(model, 'vector', { ...SECOND, width: 4 })).toThrow(
      'The model file does not hold the scores of its 4 classes as one row of numbers before its last activation.',
    );
    expect(() => edited(model, 'vector', { ...SECOND, scores: 'logit' })).toThrow(
      'The scores of this model do not follow from the layer by operators.',
    );
  });
});
