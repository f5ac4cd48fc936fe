import { describe, expect, it } from 'vitest';
import { foldConstants } from '../../../core/onnx/constant-folding.ts';
import { withDynamicBatch } from '../../../core/onnx/dynamic-batch.ts';
import type { Model } from '../../../core/onnx/graph.ts';
import { propagate } from '../../../core/onnx/propagate.ts';
import { float32, int64 } from '../../../core/tensor.ts';
import type { Tensor } from '../../../core/tensor.ts';
import { randomTensor, referenceModel, referenceNames } from './example-models.ts';
import { runModel } from './ort-sessions.ts';

/** The model as an exporter without dynamic axes would write it: all shapes, the batch too, are constants. */
function frozen(model: Model): Model {
  const [input] = model.graph.inputs;
  const dims = [1, ...(input.dims ?? []).slice(1).map(Number)];
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
      outputs: model.graph.outputs.map((info) => ({ ...info, dims: [1, ...(info.dims ?? []).slice(1)] })),
      nodes,
      initializers: new Map([...model.graph.initializers, ...constants]),
      valueInfo: new Map(),
    },
  };
}

async function expectBatchOfThree(model: Model, single: Model) {
  const [input] = single.graph.inputs;
  const item = [1, ...(input.dims ?? []).slice(1).map(Number)];
  const size = item.reduce((a, b) => a * b, 1);
  const all = randomTensor([3, ...item.slice(1)], 5);
  const [name] = single.graph.outputs.map((info) => info.name);
  const batched = (await runModel(model, { [input.name]: all }))[name];
  const rows: Tensor[] = [];
  for (let i = 0; i < 3; i++) {
    const feeds = { [input.name]: float32(all.data.slice(i * size, (i + 1) * size), item) };
    rows.push((await runModel(single, feeds))[name]);
  }
  // The runtime may sum in another order for another batch size.
  const want = rows.flatMap(({ data }) => [...(data as Float32Array)]);
  expect(batched.data as Float32Array).toBeCloseInNorm(want, 1e-5);
}

describe('withDynamicBatch()', () => {
  it.each(referenceNames)('lets %s, frozen to one image, run three as one by one', async (name) => {
    const single = frozen(referenceModel(name).model);
    const { model, batch } = withDynamicBatch(single);
    // This one picks "image 0" by a constant index when frozen: that cannot be told from a real choice.
    expect(batch).toBe(name === 'convnext_dyn20' ? 'fixed' : 'dynamic');
    if (batch === 'dynamic') await expectBatchOfThree(model, single);
  });

  it.each(referenceNames)('leaves the nodes of %s, whose batch is free, as they are', (name) => {
    const { model } = referenceModel(name);
    const batched = withDynamicBatch(model);
    expect(batched.batch).toBe('dynamic');
    expect(batched.model.graph.nodes).toEqual(model.graph.nodes);
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
});
