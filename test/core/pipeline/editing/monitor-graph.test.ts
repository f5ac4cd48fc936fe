import { describe, expect, it } from 'vitest';
import type { LayerRecord } from '../../../../core/concepts/explanation.ts';
import { fromRows, toRows } from '../../../../core/concepts/latent-rows.ts';
import { reconstruct } from '../../../../core/concepts/reconstruct.ts';
import { ownAmounts } from '../../../../core/concepts/own/own-direction.ts';
import { withAmounts } from '../../../../core/concepts/merged-concepts.ts';
import type { AmountColumns } from '../../../../core/editing/amount-graph.ts';
import { monitorModel } from '../../../../core/editing/monitor-graph.ts';
import { originalCut } from '../../../../core/editing/original-cut.ts';
import { chooseSteps } from '../../../../core/editing/step-choice.ts';
import { nnls } from '../../../../core/factorization/nnls.ts';
import { matrix, type Matrix } from '../../../../core/linalg/matrix.ts';
import { cutModel } from '../../../../core/onnx/cut-model.ts';
import type { Model } from '../../../../core/onnx/graph.ts';
import { makeNode } from '../../../../core/onnx/graph-edits.ts';
import { chooseContributions } from '../../../../core/pipeline/editing/contribution-rule.ts';
import { createRandom } from '../../../../core/random.ts';
import { float32, int64, type Tensor } from '../../../../core/tensor.ts';
import { ortSessions, runModel } from '../../onnx/ort-sessions.ts';

const [CHANNELS, POSITIONS, CONCEPTS, CLASS] = [12, 6, 4, 2];
const LAYERS = {
  NCHW: { shape: [1, CHANNELS, 2, 3], kind: 'spatial', channelAxis: 1, grid: [2, 3] },
  NHWC: { shape: [1, 2, 3, CHANNELS], kind: 'spatial', channelAxis: 3, grid: [2, 3] },
  tokens: { shape: [1, POSITIONS, CHANNELS], kind: 'tokens', channelAxis: 2, grid: [2, 3] },
  vector: { shape: [1, CHANNELS], kind: 'vector', channelAxis: 1, grid: [1, 1] },
} as const satisfies Record<string, Omit<LayerRecord, 'tensor' | 'computeShare'>>;

const random = createRandom(3);
const values = (length: number): Float32Array => Float32Array.from({ length }, () => random.normal());

/** Pictures x -> activations `a` of a layer -> three scores, affine in `a` or with a Relu between. */
function classifier(layer: LayerRecord, isAffine: boolean, opset: number): Model {
  const size = layer.shape.reduce((product, one) => product * one);
  const initializers = new Map<string, Tensor>([
    ['w1', float32(values(8 * size), [8, size])],
    ['flat', int64([-1, size])],
    ['shape', int64([-1, ...layer.shape.slice(1)])],
    ['w2', float32(values(size * 10), [size, 10])],
    ['b2', float32(values(10), [10])],
    ['w3', float32(values(30), [10, 3])],
  ]);
  return {
    irVersion: 4,
    opsets: new Map([['', opset]]),
    producer: '',
    metadata: new Map([['kept', 'yes']]),
    graph: {
      name: 'g',
      inputs: [{ name: 'x', type: 'float32', dims: ['N', 8] }],
      outputs: [{ name: 'scores', type: 'float32', dims: ['N', 3] }],
      nodes: [
        makeNode('MatMul', ['x', 'w1'], ['long']),
        makeNode('Relu', ['long'], ['positive']),
        makeNode('Reshape', ['positive', 'shape'], ['a']),
        makeNode('Reshape', ['a', 'flat'], ['again']),
        makeNode('Gemm', ['again', 'w2', 'b2'], ['hidden']),
        ...(isAffine ? [] : [makeNode('Relu', ['hidden'], ['bent'])]),
        makeNode('MatMul', [isAffine ? 'hidden' : 'bent', 'w3'], ['scores']),
      ],
      initializers,
      valueInfo: new Map(),
    },
  };
}

function randomBank(): Matrix {
  const bank = matrix(CONCEPTS, CHANNELS, values(CONCEPTS * CHANNELS).map(Math.abs));
  for (let k = 0; k < CONCEPTS; k++) {
    const row = bank.data.subarray(k * CHANNELS, (k + 1) * CHANNELS);
    const length = Math.hypot(...row);
    row.forEach((value, at) => (row[at] = value / length));
  }
  return bank;
}

async function monitored(layer: LayerRecord, isAffine: boolean, opset: number, columns?: AmountColumns) {
  const file = classifier(layer, isAffine, opset);
  const bank = randomBank();
  const inputDims = new Map([['x', [1, 8]]]);
  const x = float32(values(5 * 8), [5, 8]);
  const { latent, head } = cutModel(file, 'a', inputDims);
  const own = (await runModel(latent, { x })).a as Tensor<'float32'>;
  const rows = toRows(own, layer);
  const { steps } = await chooseSteps(rows, bank, { tolerance: 1e-5 });
  const given = { model: file, inputDims, head, hasFreeBatch: true, layer, classIndex: CLASS };
  const { rule } = await chooseContributions(given, bank, ortSessions(), { always: true });
  const cut = originalCut(file, layer, inputDims);
  const monitor = monitorModel({
    ...{ file, cut, layer, bank, steps },
    ...(columns && { columns }),
    ...(rule && { contributions: rule }),
  });
  return { file, x, bank, rows, head, rule, monitor, said: await runModel(monitor.model, { x }) };
}

/** Amounts, rests and contributions by the exact codes and by running the head without each concept. */
async function reference(
  layer: LayerRecord,
  bank: Matrix,
  rows: Matrix,
  head: Model,
  players = Array.from({ length: CONCEPTS }, (_, k) => [k]),
) {
  const { coefficients } = await nnls(rows, bank);
  const positions = rows.rows / 5;
  const amounts = new Float32Array(5 * CONCEPTS);
  coefficients.data.forEach((value, at) => {
    const place = Math.floor(at / CONCEPTS / positions) * CONCEPTS + (at % CONCEPTS);
    amounts[place] = Math.max(amounts[place], value);
  });
  const rebuilt = reconstruct(coefficients, bank);
  const [left, whole] = [new Float64Array(5), new Float64Array(5)];
  rows.data.forEach((value, at) => {
    const image = Math.floor(at / CHANNELS / positions);
    left[image] += (value - rebuilt.data[at]) ** 2;
    whole[image] += value ** 2;
  });
  const scoreOf = async (activations: Matrix): Promise<number[]> => {
    const { scores } = await runModel(head, { a: fromRows(activations, layer) });
    return Array.from({ length: 5 }, (_, image) => (scores.data as Float32Array)[image * 3 + CLASS]);
  };
  const full = await scoreOf(rows);
  const contributions = new Float32Array(5 * players.length);
  for (const [player, columns] of players.entries()) {
    const only = matrix(rows.rows, CONCEPTS);
    for (let row = 0; row < rows.rows; row++)
      for (const k of columns) only.data[row * CONCEPTS + k] = coefficients.data[row * CONCEPTS + k];
    const taken = reconstruct(only, bank);
    const without = await scoreOf(
      matrix(
        rows.rows,
        CHANNELS,
        rows.data.map((value, at) => value - taken.data[at]),
      ),
    );
    full.forEach((score, image) => (contributions[image * players.length + player] = score - without[image]));
  }
  return {
    coefficients,
    amounts,
    contributions,
    rests: left.map((value, image) => Math.sqrt(value / whole[image])),
  };
}

const CASES = (Object.keys(LAYERS) as (keyof typeof LAYERS)[]).flatMap((layout) =>
  [true, false].map((isAffine) => ({ layout, isAffine })),
);

describe('monitorModel()', () => {
  it.each(CASES)('says what the core says, in $layout, affine: $isAffine', async ({ layout, isAffine }) => {
    const layer: LayerRecord = { tensor: 'a', computeShare: 0.5, ...LAYERS[layout] };
    const { bank, rows, head, rule, monitor, said } = await monitored(layer, isAffine, 17);
    expect(rule?.kind).toBe(isAffine ? 'linear' : 'removal');
    const want = await reference(layer, bank, rows, head);
    expect(said[monitor.amounts].dims).toEqual([5, CONCEPTS]);
    expect(said[monitor.rest].dims).toEqual([5]);
    expect(said[monitor.amounts].data as Float32Array).toBeAllclose(want.amounts, { atol: 1e-4 });
    expect(said[monitor.rest].data as Float32Array).toBeAllclose(want.rests, { atol: 1e-4 });
    expect(said[monitor.contributions!].data as Float32Array).toBeAllclose(want.contributions, {
      atol: 3e-3,
    });
  });

  it.each(CASES)(
    'has one column for merged concepts, and one for an own one, in $layout, affine: $isAffine',
    async ({ layout, isAffine }) => {
      const layer: LayerRecord = { tensor: 'a', computeShare: 0.5, ...LAYERS[layout] };
      const players = [[2], [0, 3], [1]];
      const direction = values(CHANNELS).map(Math.abs);
      const own = [{ direction, border: 4, usual: 1.5 }];
      const made = await monitored(layer, isAffine, 9, { players, own });
      const { bank, rows, head, monitor, said } = made;
      const want = await reference(layer, bank, rows, head, players);
      const positions = rows.rows / 5;
      const joined = withAmounts(want.coefficients, bank, [[0, 3]]);
      const there = ownAmounts(rows, own[0]);
      const most = (image: number, valueAt: (row: number) => number): number =>
        Math.max(...Array.from({ length: positions }, (_, place) => valueAt(image * positions + place)));
      const amounts = Array.from({ length: 5 }, (_, image) => [
        most(image, (row) => joined.data[row * joined.cols + 2]),
        most(image, (row) => joined.data[row * joined.cols + CONCEPTS]),
        most(image, (row) => joined.data[row * joined.cols + 1]),
        most(image, (row) => there[row]),
      ]).flat();
      expect(there.some((value) => value === 0) && there.some((value) => value > 0)).toBe(true);
      expect(said[monitor.amounts].dims).toEqual([5, 4]);
      expect(said[monitor.contributions!].dims).toEqual([5, 3]);
      expect(said[monitor.amounts].data as Float32Array).toBeAllclose(amounts, { atol: 1e-4 });
      expect(said[monitor.contributions!].data as Float32Array).toBeAllclose(want.contributions, {
        atol: 3e-3,
      });
    },
  );

  it.each([7, 9, 13, 18, 21])(
    'is of operators that operator set %i has, and leaves the answers alone',
    async (opset) => {
      const layer: LayerRecord = { tensor: 'a', computeShare: 0.5, ...LAYERS.NCHW };
      const { file, x, bank, rows, head, monitor, said } = await monitored(layer, false, opset);
      expect(said.scores.data).toEqual((await runModel(file, { x })).scores.data);
      expect(monitor.model.opsets).toEqual(file.opsets);
      expect(monitor.model.graph.outputs.map(({ name }) => name)).toEqual([
        'scores',
        'concept_amounts',
        'concept_contributions',
        'concept_rest',
      ]);
      const want = await reference(layer, bank, rows, head);
      expect(said[monitor.rest].data as Float32Array).toBeAllclose(want.rests, { atol: 1e-4 });
    },
  );

  it('gives no rest where there are no activations', async () => {
    const layer: LayerRecord = { tensor: 'a', computeShare: 0.5, ...LAYERS.tokens };
    const { monitor } = await monitored(layer, true, 17);
    const said = await runModel(monitor.model, { x: float32(new Float32Array(16), [2, 8]) });
    expect([...(said[monitor.rest].data as Float32Array)]).toEqual([0, 0]);
    expect((said[monitor.amounts].data as Float32Array).every((value) => value === 0)).toBe(true);
  });
});

describe('chooseContributions()', () => {
  const layer: LayerRecord = { tensor: 'a', computeShare: 0.5, ...LAYERS.NCHW };

  it('leaves out what costs too much, and says what it costs', async () => {
    const file = classifier(layer, false, 17);
    const inputDims = new Map([['x', [1, 8]]]);
    const { head } = cutModel(file, 'a', inputDims);
    const given = { model: file, inputDims, head, hasFreeBatch: true, layer, classIndex: CLASS };
    const choice = await chooseContributions(given, randomBank(), ortSessions());
    expect(choice).toMatchObject({
      rule: undefined,
      reason: expect.stringMatching(/adds about \d+ %/) as string,
    });
    const fixed = await chooseContributions({ ...given, hasFreeBatch: false }, randomBank(), ortSessions(), {
      always: true,
    });
    expect(fixed).toMatchObject({
      rule: undefined,
      reason: expect.stringContaining('fixed number') as string,
    });
  });
});
