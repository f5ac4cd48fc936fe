import { describe, expect, it } from 'vitest';
import { EDIT_WAYS, type ConceptEdit, type EditWay } from '../../../core/editing/concept-edit.ts';
import { editModel, EDIT_KEY, outputsAfter } from '../../../core/editing/edit-model.ts';
import { editedActivations } from '../../../core/editing/edited-activations.ts';
import { attributes } from '../../../core/onnx/attributes.ts';
import { elementTypeCode } from '../../../core/onnx/element-types.ts';
import type { Model } from '../../../core/onnx/graph.ts';
import { makeNode } from '../../../core/onnx/graph-edits.ts';
import { decodeModel, encodeModel } from '../../../core/onnx/proto.ts';
import { float32, sizeOf, type Tensor } from '../../../core/tensor.ts';
import { runModel } from '../onnx/ort-sessions.ts';
import { editOf, LAYOUTS, layerOf, modelOf, values } from './edited-case.ts';

const STEPS = 90;

function edited(model: Model, layout: keyof typeof LAYOUTS, edit: ConceptEdit, record = '{}'): Uint8Array {
  const layer = layerOf(layout);
  const inputDims = new Map([['x', layer.shape]]);
  return editModel({ bytes: encodeModel(model), model, layer, inputDims, edit, steps: STEPS, record }).bytes;
}

function picture(layout: keyof typeof LAYOUTS, batch = 2): Tensor<'float32'> {
  const dims = [batch, ...LAYOUTS[layout].shape.slice(1)];
  return float32(values(sizeOf(dims), 11), dims);
}

/** Scores of the model's part after the cut for activations edited by exact amounts. */
async function wanted(model: Model, layout: keyof typeof LAYOUTS, edit: ConceptEdit, x: Tensor<'float32'>) {
  const a = float32(
    x.data.map((value) => Math.max(0, value)),
    x.dims,
  );
  const changed = await editedActivations(a, layerOf(layout), edit);
  const weights = model.graph.initializers.get('weights')!;
  const head: Model = {
    ...model,
    graph: {
      ...model.graph,
      inputs: [{ name: 'a', type: 'float32', dims: ['N', ...x.dims.slice(1)] }],
      outputs: [{ name: 'scores', type: 'float32', dims: ['N', 3] }],
      nodes: model.graph.nodes.slice(1, 3),
      initializers: new Map([['weights', weights]]),
    },
  };
  return (await runModel(head, { a: changed }))['scores'].data as Float32Array;
}

function largestDifference(got: ArrayLike<number>, other: ArrayLike<number>): number {
  return Array.from(got).reduce((most, value, i) => Math.max(most, Math.abs(value - other[i])), 0);
}

const layouts = Object.keys(LAYOUTS) as (keyof typeof LAYOUTS)[];
const ways = Object.keys(EDIT_WAYS) as EditWay[];

describe('an edited model', () => {
  it.each(layouts.flatMap((layout) => ways.map((how) => [layout, how] as const)))(
    'gives the scores of the edit by exact amounts: %s, %s',
    async (layout, how) => {
      const model = modelOf(layerOf(layout));
      const edit = editOf(how);
      const x = picture(layout);
      const got = await runModel(edited(model, layout, edit), { x });
      const exact = await wanted(model, layout, edit, x);
      expect(largestDifference(got['scores'].data as Float32Array, exact)).toBeLessThan(1e-4);
      const before = (await runModel(model, { x }))['scores'].data as Float32Array;
      expect(largestDifference(exact, before)).toBeGreaterThan(0.05);
    },
  );

  it('leaves amounts alone up to a bound', async () => {
    const model = modelOf(layerOf('NCHW'));
    const edit = { ...editOf('remove'), above: [0.4, 0, 0.1, 0] };
    const x = picture('NCHW');
    const got = (await runModel(edited(model, 'NCHW', edit), { x }))['scores'].data as Float32Array;
    expect(largestDifference(got, await wanted(model, 'NCHW', edit, x))).toBeLessThan(1e-4);
    const high = { ...edit, above: [1e6, 0, 1e6, 0] };
    const same = (await runModel(edited(model, 'NCHW', high), { x }))['scores'].data as Float32Array;
    const before = (await runModel(model, { x }))['scores'].data as Float32Array;
    expect(largestDifference(same, before)).toBeLessThan(1e-6);
  });

  it('gives the old scores where the factors are all but 1', async () => {
    const model = modelOf(layerOf('tokens'));
    const x = picture('tokens');
    const edit = { ...editOf('remove'), factors: [1 - 1e-7, 1, 1, 1] };
    const after = (await runModel(edited(model, 'tokens', edit), { x }))['scores'].data as Float32Array;
    const before = (await runModel(model, { x }))['scores'].data as Float32Array;
    expect(largestDifference(after, before)).toBeLessThan(1e-5);
  });

  it.each([
    ['the oldest operator set and file version', { opset: 7, irVersion: 3 }],
    ['a new operator set', { opset: 21, irVersion: 10 }],
  ])('runs with %s', async (_, options) => {
    const model = modelOf(layerOf('NCHW'), options);
    const bytes = edited(model, 'NCHW', editOf('mean'));
    const x = picture('NCHW');
    const got = (await runModel(bytes, { x }))['scores'].data as Float32Array;
    expect(largestDifference(got, await wanted(model, 'NCHW', editOf('mean'), x))).toBeLessThan(1e-4);
    expect(decodeModel(bytes).opsets).toEqual(model.opsets);
  });

  it('computes in float32 in a model of half precision, whose tensors keep their type', async () => {
    const single = modelOf(layerOf('NCHW'));
    const half = elementTypeCode('float16');
    const cast = (from: string, to: string, type: number) =>
      makeNode('Cast', [from], [to], attributes({ to: type }));
    const [relu, flatten, product] = single.graph.nodes;
    const nodes = [
      cast('x', 'xh', half),
      { ...relu, inputs: ['xh'] },
      flatten,
      cast('flat', 'flat32', elementTypeCode('float32')),
      { ...product, inputs: ['flat32', 'weights'] },
    ];
    const model = { ...single, graph: { ...single.graph, nodes } };
    const x = picture('NCHW');
    const got = (await runModel(edited(model, 'NCHW', editOf('remove')), { x }))['scores'].data;
    const exact = await wanted(single, 'NCHW', editOf('remove'), x);
    expect(largestDifference(got as Float32Array, exact)).toBeLessThan(0.05);
  });

  it('is read by all that read the tensor: other outputs and graphs inside of nodes', async () => {
    const layer = layerOf('vector');
    const inner = {
      name: 'then',
      inputs: [],
      outputs: [{ name: 'chosen', type: 'float32', dims: undefined }],
      nodes: [makeNode('Identity', ['a'], ['chosen'])],
      initializers: new Map(),
      valueInfo: new Map(),
    } as const;
    const condition: Tensor = { type: 'bool', dims: [], data: Uint8Array.of(1) };
    const model = modelOf(layer, {
      more: [
        makeNode(
          'Constant',
          [],
          ['yes'],
          new Map([['value', { type: 'tensor', value: condition } as const]]),
        ),
        makeNode(
          'If',
          ['yes'],
          ['picked'],
          new Map([
            ['then_branch', { type: 'graph', value: inner } as const],
            ['else_branch', { type: 'graph', value: { ...inner, name: 'else' } } as const],
          ]),
        ),
      ],
      outputs: [
        { name: 'a', type: 'float32', dims: undefined },
        { name: 'picked', type: 'float32', dims: undefined },
      ],
    });
    expect(outputsAfter(model, 'a')).toEqual(['scores', 'a', 'picked']);
    const x = picture('vector');
    const { a, picked } = await runModel(edited(model, 'vector', editOf('remove')), { x });
    const exact = await editedActivations(
      float32(
        x.data.map((value) => Math.max(0, value)),
        x.dims,
      ),
      layer,
      editOf('remove'),
    );
    expect(largestDifference(a.data as Float32Array, exact.data)).toBeLessThan(1e-4);
    expect(picked.data).toEqual(a.data);
  });

  it('says in its metadata what was done, beside what was there, and once more when edited again', () => {
    const model = modelOf(layerOf('vector'));
    const once = edited(model, 'vector', editOf('remove'), '{"run":"run1"}');
    expect([...decodeModel(once).metadata]).toEqual([
      ['author', 'them'],
      [EDIT_KEY, '{"run":"run1"}'],
    ]);
    const layer = layerOf('vector');
    const twice = editModel({
      ...{ bytes: once, model: decodeModel(once), layer, edit: editOf('project'), steps: 0 },
      inputDims: new Map([['x', layer.shape]]),
      record: '{}',
    });
    expect([...decodeModel(twice.bytes).metadata.keys()]).toEqual(['author', EDIT_KEY, `${EDIT_KEY}_2`]);
  });

  it('refuses what changes nothing, and a bound beside a mean', () => {
    const model = modelOf(layerOf('vector'));
    const nothing = { ...editOf('remove'), factors: [1, 1, 1, 1] };
    expect(() => edited(model, 'vector', nothing)).toThrow('The edit changes no concept: every factor is 1.');
    const both = { ...editOf('mean'), above: [1, 1, 1, 1] };
    expect(() => edited(model, 'vector', both)).toThrow(
      'Only what is taken away can be left alone up to a bound; a mean takes the place of every amount.',
    );
  });

  it('refuses to project out one of several directions that depend on each other', () => {
    const edit = editOf('project');
    edit.bank.data.copyWithin(0, edit.bank.cols, 2 * edit.bank.cols);
    expect(() => edited(modelOf(layerOf('vector')), 'vector', edit)).toThrow(
      'The directions of these concepts depend on each other, so that none can be projected out by itself.',
    );
  });
});
