import { describe, expect, it } from 'vitest';
import { foldConstants } from '../../../core/onnx/constant-folding.ts';
import { withDynamicBatch } from '../../../core/onnx/dynamic-batch.ts';
import type { Model } from '../../../core/onnx/graph.ts';
import { makeNode } from '../../../core/onnx/graph-edits.ts';
import { propagate } from '../../../core/onnx/propagate.ts';
import { float32, int64 } from '../../../core/tensor.ts';
import type { Tensor } from '../../../core/tensor.ts';
import { smallModel } from '../autodiff/graphs.ts';
import { randomTensor, referenceModel, referenceNames } from './example-models.ts';
import { runModel } from './ort-sessions.ts';

/** The model as an exporter without dynamic axes would write it: all shapes, the batch too, are constants. */
function frozen(model: Model, batch = 1): Model {
  const [input] = model.graph.inputs;
  const dims = [batch, ...(input.dims ?? []).slice(1).map(Number)];
  const facts = propagate(model, new Map([[input.name, dims]]));
  const constants = model.graph.nodes
    .flatMap(({ outputs }) => outputs)
    .flatMap((name) => {
      const value = facts.get(name)?.value;
      return value ? [[name, value] as const] : [];
    });
  const isConstant = new Set(constants.map(([name]) => name));
  const nodes = model.graph.nodes.filter(({ outputs }) => !outputs.some((name) => isConstant.has(name)));
  return {
    ...model,
    graph: {
      ...model.graph,
      inputs: [{ ...input, dims }],
      outputs: model.graph.outputs.map((info) => ({ ...info, dims: [batch, ...(info.dims ?? []).slice(1)] })),
      nodes,
      initializers: new Map([...model.graph.initializers, ...constants]),
      valueInfo: new Map(),
    },
  };
}

/** Compares a batch of six, in the freed model, with as many runs of the fixed one as that takes. */
async function expectBatchOfSix(model: Model, fixed: Model) {
  const [input] = fixed.graph.inputs;
  const own = (input.dims ?? []).map(Number);
  const size = own.reduce((a, b) => a * b, 1);
  const all = randomTensor([6, ...own.slice(1)], 5);
  const [name] = fixed.graph.outputs.map((info) => info.name);
  const batched = (await runModel(model, { [input.name]: all }))[name];
  const rows: Tensor[] = [];
  for (let start = 0; start < all.data.length; start += size) {
    const feeds = { [input.name]: float32(all.data.slice(start, start + size), own) };
    rows.push((await runModel(fixed, feeds))[name]);
  }
  // The runtime may sum in another order for another batch size.
  const want = rows.flatMap(({ data }) => [...(data as Float32Array)]);
  expect(batched.data as Float32Array).toBeCloseInNorm(want, 1e-5);
}

const constants = (values: Record<string, Tensor>) => Object.entries(values);

/**
 * Attention's reshapes with positions first, as torchvision's vision transformers write them, for so many images:
 * [n, 4, 8, 8] -> positions [64, n, 4] -> heads [64, 2n, 2] -> positions again [64n, 4] -> the mean over positions.
 */
function positionsFirst(batch: number): Model {
  const chain = [
    makeNode('Reshape', ['image', 'flat'], ['pixels']),
    makeNode('Transpose', ['pixels'], ['positions'], new Map([['perm', { type: 'ints', value: [2, 0, 1] }]])),
    makeNode('Reshape', ['positions', 'split'], ['heads']),
    makeNode('Sigmoid', ['heads'], ['attended']),
    makeNode('Reshape', ['attended', 'joined'], ['rows']),
    makeNode('MatMul', ['rows', 'weights'], ['mixed']),
    makeNode('Reshape', ['mixed', 'unrolled'], ['sequence']),
    makeNode(
      'ReduceMean',
      ['sequence', 'first'],
      ['scores'],
      new Map([['keepdims', { type: 'int', value: 0 }]]),
    ),
  ];
  return {
    irVersion: 8,
    opsets: new Map([['', 18]]),
    producer: 'tessera tests',
    metadata: new Map(),
    graph: {
      name: 'positions first',
      inputs: [{ name: 'image', type: 'float32', dims: [batch, 4, 8, 8] }],
      outputs: [{ name: 'scores', type: 'float32', dims: [batch, 4] }],
      nodes: chain,
      initializers: new Map(
        constants({
          flat: int64([batch, 4, 64]),
          split: int64([64, 2 * batch, 2]),
          joined: int64([64 * batch, 4]),
          unrolled: int64([64, batch, 4]),
          first: int64([0]),
          weights: randomTensor([4, 4], 3),
        }),
      ),
      valueInfo: new Map(),
    },
  };
}

describe('withDynamicBatch()', () => {
  it.each(referenceNames)('lets %s, frozen to one image, run six as one by one', async (name) => {
    const single = frozen(referenceModel(name).model);
    const { model, batch } = withDynamicBatch(single);
    expect(batch).toBe('dynamic');
    await expectBatchOfSix(model, single);
  });

  it.each(referenceNames)('lets %s, frozen to two images, run six as two by two', async (name) => {
    const double = frozen(referenceModel(name).model, 2);
    const { model, batch } = withDynamicBatch(double);
    expect(batch).toBe('dynamic');
    await expectBatchOfSix(model, double);
  });

  it.each([1, 2])('finds the batch behind the positions of a model exported for %i images', async (own) => {
    const fixed = positionsFirst(own);
    const { model, batch } = withDynamicBatch(fixed);
    expect(batch).toBe('dynamic');
    await expectBatchOfSix(model, fixed);
  });

  it.each(referenceNames)('leaves the nodes of %s, whose batch is free, as they are', (name) => {
    const { model } = referenceModel(name);
    const batched = withDynamicBatch(model);
    expect(batched.batch).toBe('dynamic');
    expect(batched.model.graph.nodes).toEqual(model.graph.nodes);
  });

  it('keeps the batch fixed where it would come to lie among the channels of a convolution', () => {
    const nodes = [
      makeNode('Transpose', ['x'], ['turned'], new Map([['perm', { type: 'ints', value: [1, 0, 2, 3] }]])),
      makeNode('Reshape', ['turned', 'target'], ['joined']),
      makeNode('Conv', ['joined', 'w'], ['y']),
    ];
    const initializers = new Map<string, Tensor>([
      ['target', int64([1, 4, 2, 2])],
      ['w', randomTensor([3, 4, 2, 2], 1)],
    ]);
    const [input, output] = [
      ['x', [1, 4, 2, 2]],
      ['y', [1, 3, 1, 1]],
    ] as const;
    const model: Model = {
      irVersion: 8,
      opsets: new Map([['', 13]]),
      producer: 'tessera tests',
      metadata: new Map(),
      graph: {
        name: 'turned',
        inputs: [{ name: input[0], type: 'float32', dims: [...input[1]] }],
        outputs: [{ name: output[0], type: 'float32', dims: [...output[1]] }],
        nodes,
        initializers,
        valueInfo: new Map(),
      },
    };
    expect(withDynamicBatch(model).batch).toBe('fixed');
    const given = new Map([['x', [1, 8, 2, 2]]]);
    expect(() =>
      propagate({ ...model, graph: { ...model.graph, nodes: [{ ...nodes[2], inputs: ['x', 'w'] }] } }, given),
    ).toThrow('it is given 8 channels and has weights for 4.');
  });

  it('says when the model mixes the images of a batch', () => {
    const { model } = referenceModel('squeezenet_dyn20');
    const single = foldConstants(frozen(model), new Map());
    const [output] = single.graph.outputs;
    const flat = {
      ...single.graph.nodes[0],
      name: 'mix',
      opType: 'ReduceSum',
      inputs: [output.name, 'axes'],
      outputs: ['mixed'],
      attributes: new Map(),
    };
    const graph = {
      ...single.graph,
      nodes: [...single.graph.nodes, flat],
      initializers: new Map([...single.graph.initializers, ['axes', int64([0])] as const]),
      outputs: [{ ...output, name: 'mixed' }],
    };
    expect(withDynamicBatch({ ...single, graph }).batch).toBe('fixed');
  });

  it('gives a model of four images that cannot be freed the same one four times, and takes the first answer', async () => {
    const apart = randomTensor([4, 5], 2);
    const file = smallModel({ x: [4, 5] }, [['Add', ['x', 'apart'], ['out']]], { apart });
    const { model, batch } = withDynamicBatch(file);
    expect(batch).toBe('fixed');
    const x = randomTensor([1, 5], 3);
    const { out } = await runModel(model, { x });
    expect(out.dims).toEqual([1, 5]);
    expect([...(out.data as Float32Array)]).toEqual(
      [...x.data].map((value, i) => Math.fround(value + apart.data[i])),
    );
  });
});
