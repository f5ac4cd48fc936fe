import { describe, expect, it } from 'vitest';
import type { LayerRecord } from '../../../core/concepts/explanation.ts';
import { toRows } from '../../../core/concepts/latent-rows.ts';
import { codeGraph } from '../../../core/editing/code-graph.ts';
import { codeIteration } from '../../../core/editing/code-iteration.ts';
import { chooseSteps } from '../../../core/editing/step-choice.ts';
import { nnls } from '../../../core/factorization/nnls.ts';
import { matrix, type Matrix } from '../../../core/linalg/matrix.ts';
import type { Model } from '../../../core/onnx/graph.ts';
import { freshNames } from '../../../core/onnx/graph-edits.ts';
import { createRandom } from '../../../core/random.ts';
import { float32, sizeOf, type ElementType, type Tensor } from '../../../core/tensor.ts';
import { runModel } from '../onnx/ort-sessions.ts';

const LAYOUTS = {
  NCHW: { shape: [1, 24, 3, 5], kind: 'spatial', channelAxis: 1, grid: [3, 5] },
  NHWC: { shape: [1, 3, 5, 24], kind: 'spatial', channelAxis: 3, grid: [3, 5] },
  tokens: { shape: [1, 16, 24], kind: 'tokens', channelAxis: 2, grid: [3, 5] },
  vector: { shape: [1, 24], kind: 'vector', channelAxis: 1, grid: [1, 1] },
  'pooled map': { shape: [1, 24, 1, 1], kind: 'vector', channelAxis: 1, grid: [1, 1] },
} as const satisfies Record<string, Omit<LayerRecord, 'tensor' | 'computeShare'>>;

function layerOf(layout: keyof typeof LAYOUTS): LayerRecord {
  return { tensor: 'a', computeShare: 0.5, ...LAYOUTS[layout] };
}

function randomValues(length: number, seed: number, isSigned: boolean): Float32Array {
  const random = createRandom(seed);
  return Float32Array.from({ length }, () => (isSigned ? random.normal() : Math.max(0, random.normal())));
}

/** A bank whose directions are of the given length. */
function randomBank(rows: number, seed: number, { isSigned = false, length = 1 } = {}): Matrix {
  const bank = matrix(rows, 24, randomValues(rows * 24, seed, isSigned));
  for (let row = 0; row < rows; row++) {
    const own = bank.data.subarray(row * 24, (row + 1) * 24);
    const norm = Math.hypot(...own);
    own.forEach((value, at) => (own[at] = (value / norm) * length * (1 + row)));
  }
  return bank;
}

/** A model that takes activations and gives their codes. */
function modelOf(
  layer: LayerRecord,
  bank: Matrix,
  steps: number,
  { opset = 17, type = 'float32' }: { opset?: number; type?: ElementType } = {},
): Model {
  const dims = ['N', ...layer.shape.slice(1)];
  const empty: Model = {
    irVersion: 4,
    opsets: new Map([['', opset]]),
    producer: '',
    metadata: new Map(),
    graph: {
      name: 'g',
      inputs: [{ name: 'a', type, dims }],
      outputs: [],
      nodes: [],
      initializers: new Map(),
      valueInfo: new Map(),
    },
  };
  const site = { layer, type, fresh: freshNames(empty) };
  const codes = codeGraph('a', bank, steps, site);
  return {
    ...empty,
    graph: {
      ...empty.graph,
      outputs: [{ name: codes.output, type: 'float32', dims: undefined }],
      nodes: codes.nodes,
      initializers: codes.initializers,
    },
  };
}

async function compare(layer: LayerRecord, bank: Matrix, activations: Tensor<'float32'>, opset = 17) {
  const rows = toRows(activations, layer);
  const { steps, error, status } = await chooseSteps(rows, bank);
  const model = modelOf(layer, bank, steps, { opset });
  const got = await runModel(model, { a: activations });
  const { coefficients } = await nnls(rows, bank);
  return { status, error, codes: got[model.graph.outputs[0].name], exact: coefficients };
}

describe('codeGraph()', () => {
  it.each(Object.keys(LAYOUTS) as (keyof typeof LAYOUTS)[])(
    'gives the codes of nnls in the layout %s',
    async (layout) => {
      const layer = layerOf(layout);
      const dims = [4, ...layer.shape.slice(1)];
      const activations = float32(randomValues(sizeOf(dims), 5, false), dims);
      const { status, codes, exact } = await compare(layer, randomBank(6, 3), activations);
      expect(status).toBe('reached');
      expect(codes.dims).toEqual([exact.rows, exact.cols]);
      const largest = Math.max(...exact.data);
      expect(codes.data as Float32Array).toBeAllclose(exact.data, { atol: 1e-3 * largest });
    },
  );

  it.each([7, 9, 12, 13, 18, 21])('is of operators that operator set %i has', async (opset) => {
    const layer = layerOf('NCHW');
    const activations = float32(randomValues(2 * 360, 7, true), [2, 24, 3, 5]);
    const { codes, exact } = await compare(layer, randomBank(5, 1, { isSigned: true }), activations, opset);
    expect(codes.data as Float32Array).toBeAllclose(exact.data, { atol: 1e-3 * Math.max(...exact.data) });
  });

  it('takes activations of double precision and directions of any length', async () => {
    const layer = layerOf('tokens');
    const bank = randomBank(4, 9, { length: 3 });
    const model = modelOf(layer, bank, 30, { type: 'float64' });
    const values = randomValues(2 * 16 * 24, 11, false);
    const rows = matrix(32, 24, values);
    const a: Tensor = { type: 'float64', dims: [2, 16, 24], data: Float64Array.from(values) };
    const got = await runModel(model, { a });
    const { coefficients } = await nnls(rows, bank);
    const codes = got[model.graph.outputs[0].name];
    expect(codes.data as Float32Array).toBeAllclose(coefficients.data, { atol: 1e-4 });
  });
});

describe('chooseSteps()', () => {
  const rows = matrix(200, 24, randomValues(200 * 24, 2, false));

  it('takes more steps for less error, and few at all', async () => {
    const bank = randomBank(8, 4);
    const rough = await chooseSteps(rows, bank, { tolerance: 1e-2 });
    const fine = await chooseSteps(rows, bank, { tolerance: 1e-5 });
    expect(rough.steps).toBeLessThan(fine.steps);
    expect(fine.error).toBeLessThan(1e-5 / 3);
    expect(fine.steps).toBeLessThan(60);
    expect(codeIteration(bank).contraction).toBeLessThan(1);
  });

  it('says that a bank of nearly the same directions is out of reach', async () => {
    const bank = randomBank(3, 4);
    const twin = bank.data.slice(0, 24).map((value, at) => value * (1 + 1e-5 * (at % 3)));
    const { status, error } = await chooseSteps(
      rows,
      matrix(4, 24, Float32Array.from([...bank.data, ...twin])),
    );
    expect(status).toBe('not-reached');
    expect(error).toBeGreaterThan(1e-3);
  });

  it('refuses sparse concepts in words', async () => {
    await expect(chooseSteps(rows, { ...randomBank(8, 4), active: 3 })).rejects.toMatchObject({
      code: 'bad-usage',
      message: expect.stringContaining('at most 3 of 8 are in one place') as string,
    });
  });

  it('takes a limit that cannot bind for none', async () => {
    const bank = { ...randomBank(4, 4), active: 4 };
    expect((await chooseSteps(rows, bank)).status).toBe('reached');
  });
});
